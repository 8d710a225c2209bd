using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Core.Checks;

/// <summary>The candidate alone against a limit.</summary>
internal static class LimitEvaluation
{
    public static CheckResult Evaluate(
        Check check, LimitRule rule, ImmutableArray<PhaseFigures> phases, TimeSpan observed)
    {
        var figure = Pooled.Of(phases.Select(phase => phase.Candidate));
        var result = new CheckResult(CheckVerdict.Inconclusive, "no data")
        {
            CandidateUnits = figure.Units,
            Candidate = figure.Value,
            Estimate = figure.Value,
            Boundary = rule.Limit,
        };
        if (!(figure.Units > 0) || double.IsNaN(figure.Value))
            return result;
        if (CheckEvaluation.WhyNotYet(check, check.Metric.IsExternal ? double.MaxValue : figure.Units, observed)
            is { } missing)
        {
            return result with { Why = missing };
        }

        // One number from elsewhere says nothing of its uncertainty, and is taken as it is.
        var half = check.Metric.IsExternal || rule.Alpha == 0
            ? 0
            : HalfWidth(figure, Math.Max(2, check.MinimumSamples), rule.Alpha);
        if (double.IsNaN(half))
            return result with { Why = "the uncertainty cannot be told yet" };

        var (low, high) = (figure.Value - half, figure.Value + half);
        var verdict = rule.AtMost
            ? Verdict(bad: low > rule.Limit, good: high <= rule.Limit, inside: figure.Value <= rule.Limit)
            : Verdict(bad: high < rule.Limit, good: low >= rule.Limit, inside: figure.Value >= rule.Limit);
        var sign = rule.AtMost ? "at most" : "at least";
        return result with
        {
            Verdict = verdict,
            Low = low,
            High = high,
            Why = half > 0
                ? string.Create(CultureInfo.InvariantCulture,
                    $"{figure.Value:G4} (between {low:G4} and {high:G4}), {sign} {rule.Limit:G4} is wanted")
                : string.Create(CultureInfo.InvariantCulture,
                    $"{figure.Value:G4}, {sign} {rule.Limit:G4} is wanted"),
        };
    }

    private static double HalfWidth(ArmFigure figure, double tuneAt, double alpha)
    {
        var interval = AsymptoticSequence.Interval(
            0, Math.Sqrt(figure.Variance), figure.Units, tuneAt, alpha, Sides.One);
        return double.IsFinite(interval.Low) ? -interval.Low : double.NaN;
    }

    /// <summary>A figure whose interval holds the limit passes when it lies on the good side: the limit is a bound to
    /// be kept, and only evidence that it is broken fails.</summary>
    private static CheckVerdict Verdict(bool bad, bool good, bool inside) =>
        bad ? CheckVerdict.Fail : good || inside ? CheckVerdict.Pass : CheckVerdict.Inconclusive;
}
