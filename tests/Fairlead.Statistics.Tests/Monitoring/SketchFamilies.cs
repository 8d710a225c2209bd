using System.Text.Json;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Sketches;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>The errors that sketches state, and the quantiles that they are measured against.</summary>
internal sealed class SketchFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["sketch.ddsketch"] = Latency,
        ["sketch.hll"] = inputs => new Dictionary<string, object?>
        {
            ["rse_hip"] = Precisions(inputs).Select(DistinctSketch.GrownErrorOf).ToArray(),
            ["rse_composite"] = Precisions(inputs).Select(DistinctSketch.MergedErrorOf).ToArray(),
        },
        ["sketch.kll"] = inputs => new Dictionary<string, object?>
        {
            ["single_sided"] = inputs.Counts("k").Select(k => QuantileSketch.RankErrorOf((int)k)).ToArray(),
            ["double_sided_pmf"] = inputs.Counts("k").Select(k => QuantileSketch.UniformErrorOf((int)k)).ToArray(),
        },
        ["sketch.quantile"] = SampleQuantiles,
    };

    private static IEnumerable<int> Precisions(JsonElement inputs) => inputs.Counts("lg_k").Select(p => (int)p);

    private static Dictionary<string, object?> Latency(JsonElement inputs)
    {
        var sketch = new LatencySketch(inputs.Number("alpha"));
        var values = inputs.Numbers("values");
        var bins = values.Select(sketch.Bin).ToArray();
        return new()
        {
            ["gamma"] = sketch.Gamma,
            ["index_ceil"] = bins,
            ["representative"] = bins.Select(sketch.Representative).ToArray(),
            ["max_relative_error"] =
                values.Select((value, i) => Math.Abs(sketch.Representative(bins[i]) - value) / value).ToArray(),
        };
    }

    private static Dictionary<string, object?> SampleQuantiles(JsonElement inputs)
    {
        var sorted = inputs.Numbers("values").Order().ToArray();
        var levels = inputs.Numbers("q");
        return Enum.GetValues<QuantileRule>().ToDictionary(
            rule => JsonNamingPolicy.SnakeCaseLower.ConvertName(rule.ToString()),
            rule => (object?)levels.Select(p => Quantiles.OfSorted(sorted, p, rule)).ToArray());
    }
}
