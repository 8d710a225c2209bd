using System.Globalization;
using System.Text.Json;
using Fairlead.Statistics.Series;
using Fairlead.Statistics.Tests.Cases;

namespace Fairlead.Statistics.Tests.Monitoring;

/// <summary>Burn rates of error budgets, and values against the days before.</summary>
internal sealed class AlertFamilies : ICaseFamilies
{
    public static IReadOnlyDictionary<string, KindRunner> Families { get; } = new Dictionary<string, KindRunner>
    {
        ["alerts.anomaly"] = Anomaly,
        ["alerts.slo"] = inputs => inputs.TryGetProperty("cases", out _) ? Fires(inputs) : Factor(inputs),
    };

    private static Dictionary<string, object?> Anomaly(JsonElement inputs)
    {
        var history = inputs.Numbers("history");
        var today = inputs.Numbers("today");
        var scale = RobustScale.Of(history);
        var moments = Moments.Of(history);
        var deviation = Math.Sqrt(moments.Variance);
        return new()
        {
            ["median"] = scale.Median,
            ["mad"] = scale.Mad,
            ["robust_z"] = today.Select(scale.Z).ToArray(),
            ["mean"] = moments.Mean,
            ["std_ddof1"] = deviation,
            ["z"] = today.Select(value => (value - moments.Mean) / deviation).ToArray(),
            ["pct_change"] = today.Select(value => value / moments.Mean - 1).ToArray(),
        };
    }

    private static BurnRate Objective(JsonElement inputs) => new(
        inputs.At("slo").GetDecimal(), TimeSpan.FromDays(inputs.Number("period_days", 30)));

    private static Dictionary<string, object?> Fires(JsonElement inputs)
    {
        var objective = Objective(inputs);
        return new()
        {
            ["fires"] = inputs.At("cases").EnumerateArray().Select(pair =>
                objective.Fires(pair[0].GetDouble(), pair[1].GetDouble(), inputs.Number("factor"))).ToArray(),
        };
    }

    private static Dictionary<string, object?> Factor(JsonElement inputs)
    {
        var objective = Objective(inputs);
        var windows = inputs.Text("windows").Split('/').Select(Duration).ToArray();
        var factor = objective.FactorOf(new(windows[0], windows[1], inputs.Number("budget_fraction")));
        return new()
        {
            ["burn_rate"] = factor,
            ["error_ratio_threshold"] = objective.ErrorRatioAt(factor),
            ["time_to_exhaustion_hours"] = objective.ExhaustedAfter(factor).TotalHours,
        };
    }

    private static TimeSpan Duration(string text)
    {
        var count = double.Parse(text[..^1], CultureInfo.InvariantCulture);
        return text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            _ => TimeSpan.FromDays(count),
        };
    }
}
