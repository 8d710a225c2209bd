using System.Text.Json;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Tests.Cases;

/// <summary>The judge and the score of Kayenta, in its own words.</summary>
internal static class KayentaKinds
{
    internal static IReadOnlyDictionary<string, object?> Judge(JsonElement inputs)
    {
        var effect = inputs.Numbers("effect_thresholds");
        var critical = inputs.Numbers("critical_thresholds");
        var judgement = KayentaJudge.Judge(inputs.Numbers("control"), inputs.Numbers("experiment"), new()
        {
            Confidence = inputs.Number("conf", 0.98),
            Tolerance = inputs.Number("tolerance", 0.25),
            Effect = new(effect[0], effect[1]),
            Critical = new(critical[0], critical[1]),
            IsCritical = inputs.Truth("is_critical"),
            Direction = Enum.Parse<WatchedDirection>(inputs.Text("direction", "either"), ignoreCase: true),
            Measure = inputs.Text("measure", "meanRatio") switch
            {
                "meanRatio" => EffectMeasure.MeanRatio,
                "cles" => EffectMeasure.CommonLanguage,
                var other => throw new NotSupportedException($"unknown measure '{other}'"),
            },
            Missing = inputs.Text("nan_strategy", "remove") == "replace"
                ? MissingValues.ReplaceByZero
                : MissingValues.Remove,
        });
        return new Dictionary<string, object?>
        {
            ["label"] = Label(judgement.Label),
            ["critical"] = judgement.Critical,
            ["effect_size"] = judgement.EffectSize,
        };
    }

    internal static IReadOnlyDictionary<string, object?> Score(JsonElement inputs)
    {
        var score = KayentaScore.Of(
            [.. inputs.At("metrics").EnumerateArray().Select(metric => new ScoredMetric(
                Label(metric.Text("label")), metric.Texts("groups"), metric.Truth("critical")))],
            inputs.At("group_weights").EnumerateObject()
                .ToDictionary(pair => pair.Name, pair => pair.Value.GetDouble()),
            inputs.Number("pass_threshold"),
            inputs.Number("marginal_threshold"));
        return new Dictionary<string, object?>
        {
            ["score"] = score.Score,
            ["classification"] = score.Class.ToString(),
        };
    }

    private static string Label(MetricLabel label) => label switch
    {
        MetricLabel.NoData => "Nodata",
        MetricLabel.NoDataFails => "NodataFailMetric",
        _ => label.ToString(),
    };

    private static MetricLabel Label(string label) => label switch
    {
        "Nodata" => MetricLabel.NoData,
        "NodataFailMetric" => MetricLabel.NoDataFails,
        _ => Enum.Parse<MetricLabel>(label),
    };
}
