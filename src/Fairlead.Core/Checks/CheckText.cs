using System.Globalization;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Checks;

/// <summary>Checks in words, for plans and people.</summary>
public static class CheckText
{
    /// <summary>One line that says what a check demands.</summary>
    public static string Of(Check check) =>
        $"{check.Name}: {check.Metric} {Rule(check)}{(check.By is { } field ? $", for every {field}" : "")}"
        + $", from {check.MinimumSamples} samples{(check.DryRun ? ", dry run" : "")}";

    private static string Rule(Check check) => check.Rule switch
    {
        LimitRule limit => $"{(limit.AtMost ? "at most" : "at least")} {Figure(check.Metric, limit.Limit)}"
            + (limit.Alpha > 0 ? $" (alpha {Number(limit.Alpha)})" : " (the bare figure)"),
        CompareRule compare => $"{Margin(check.Metric, compare)}, looked at {Looked(compare)}, alpha "
            + Number(compare.Alpha),
        _ => throw new ArgumentOutOfRangeException(nameof(check), check.Rule, "An unknown rule."),
    };

    private static string Margin(Metric metric, CompareRule rule)
    {
        var size = rule.Relative ? StepText.Percent(Math.Abs(rule.Margin)) + " of stable's"
            : Figure(metric, Math.Abs(rule.Margin));
        var direction = rule.LowerIsBetter ? "lower is better" : "higher is better";
        return rule.Margin switch
        {
            > 0 => $"worse than stable by less than {size} ({direction})",
            0 => $"no worse than stable ({direction})",
            _ => $"better than stable by at least {size} ({direction})",
        };
    }

    private static string Looked(CompareRule rule) => rule.Horizon switch
    {
        Horizon.Fixed => $"once at {rule.PlannedSamples} samples",
        Horizon.Scheduled => $"{rule.Looks} times up to {rule.PlannedSamples} samples",
        _ => "at any time",
    };

    /// <summary>Rates read as per cent; everything else is a plain number in the metric's unit.</summary>
    private static string Figure(Metric metric, double value) => metric.Kind switch
    {
        MetricKind.ErrorRate or MetricKind.Accuracy or MetricKind.Precision or MetricKind.Recall
            or MetricKind.FalsePositiveRate or MetricKind.Disagreement => StepText.Percent(value),
        MetricKind.Latency or MetricKind.Compute => Number(value) + " s",
        _ => Number(value),
    };

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
