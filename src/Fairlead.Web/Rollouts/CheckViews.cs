using Fairlead.Client.Api;
using Fairlead.Web.Charts;
using Fairlead.Web.Components;

namespace Fairlead.Web.Rollouts;

/// <summary>Checks as lines: the estimate with its interval, and what the interval must lie beyond. Pure.</summary>
public static class CheckViews
{
    /// <summary>What must be seen comes first.</summary>
    public static int Weight(RolloutCheckInfo check) => check.Verdict switch
    {
        "fail" => 0,
        "error" => 1,
        "inconclusive" => 2,
        "pass" => 3,
        _ => 4,
    };

    /// <summary>The estimates over time, oldest first.</summary>
    public static ChartSeries Line(RolloutCheckInfo check) => new(
        "estimate", [.. check.Looks.Select(look => new ChartPoint(
            look.At.ToUnixTimeMilliseconds() / 1000d, look.Estimate, look.Low, look.High))]);

    /// <summary>The boundary of the newest look.</summary>
    public static IReadOnlyList<ChartThreshold> Levels(RolloutCheckInfo check)
    {
        List<ChartThreshold> levels = [];
        if (check.Boundary is { } boundary)
            levels.Add(new ChartThreshold("boundary", boundary));
        if (IsDifference(check))
            levels.Add(new ChartThreshold("no difference", 0, Bad: false));
        return levels;
    }

    /// <summary>The estimate is of a difference, and not of the candidate's own figure.</summary>
    private static bool IsDifference(RolloutCheckInfo check) =>
        check is { StableValue: not null, CandidateValue: { } candidate, Estimate: { } estimate }
        && Math.Abs(candidate - estimate) > 1e-12;

    /// <summary>How figures of the check are written, from what its rule is about.</summary>
    public static Func<double, string> Format(RolloutCheckInfo check)
    {
        if (check.Rule.Contains("relative", StringComparison.Ordinal))
            return value => Words.Percent(value);
        if (Is(check, "latency") || Is(check, "compute"))
            return value => value < 0 ? "−" + Words.Time(-value) : Words.Time(value);
        return Is(check, "error_rate") || Is(check, "disagreement") || Is(check, "accuracy") || Is(check, "_rate")
            || Is(check, "recall") || Is(check, "precision")
            ? value => Words.Percent(value)
            : value => Words.Number(value);
    }

    private static bool Is(RolloutCheckInfo check, string metric) =>
        check.Rule.Contains(metric, StringComparison.Ordinal);
}
