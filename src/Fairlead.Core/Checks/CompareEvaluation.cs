using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Core.Checks;

/// <summary>
/// The candidate against stable. Differences are taken within phases and combined. Harm is looked for at any time
/// (confidence sequence); success is looked for when the horizon allows it. Half of the error rate goes to each.
/// </summary>
internal static class CompareEvaluation
{
    public static CheckResult Evaluate(
        Check check, CompareRule rule, ImmutableArray<PhaseFigures> phases, TimeSpan observed,
        ref CheckProgress progress)
    {
        var stable = Pooled.Of(phases.Select(phase => phase.Stable));
        var candidate = Pooled.Of(phases.Select(phase => phase.Candidate));
        var difference = Pooled.Difference(phases);
        var result = new CheckResult(CheckVerdict.Inconclusive, "no data")
        {
            StableUnits = stable.Units,
            CandidateUnits = candidate.Units,
            Stable = stable.Value,
            Candidate = candidate.Value,
            Estimate = difference.Value,
            Boundary = Boundary(rule, stable.Value),
        };
        if (!(candidate.Units > 0) || !(stable.Units > 0))
        {
            var why = candidate.Units > 0 ? "nothing of stable to compare" : "no data";
            return result with { CandidateUnits = 0, Why = why };
        }

        if (CheckEvaluation.WhyNotYet(check, Math.Min(candidate.Units, stable.Units), observed) is { } missing)
            return result with { Why = missing };
        if (!(difference.Units > 0))
            return result with { Why = "both arms show no spread, so the uncertainty cannot be told yet" };

        var looked = new Comparison(check, rule, stable, candidate, difference);
        return rule.Horizon switch
        {
            Horizon.Anytime => looked.Anytime(result, rule.Alpha),
            Horizon.Fixed => looked.Scheduled(result, [1.0], ref progress),
            _ => looked.Scheduled(
                result, [.. Enumerable.Range(1, rule.Looks).Select(look => (double)look / rule.Looks)], ref progress),
        };
    }

    /// <summary>The margin on the axis of the difference: what is better lies below it, or above.</summary>
    private static double Boundary(CompareRule rule, double stable)
    {
        var margin = rule.Relative ? rule.Margin * Math.Abs(stable) : rule.Margin;
        return rule.LowerIsBetter ? margin : -margin;
    }
}

/// <summary>One comparison at one look.</summary>
internal sealed class Comparison(
    Check check, CompareRule rule, ArmFigure stable, ArmFigure candidate, ArmFigure difference)
{
    private readonly double _error = Math.Sqrt(difference.Variance);
    private readonly double _margin = rule.Relative ? rule.Margin * Math.Abs(stable.Value) : rule.Margin;

    /// <summary>How much worse the candidate is: above 0 is worse, whatever the direction of the metric.</summary>
    private double Harm => rule.LowerIsBetter ? difference.Value : -difference.Value;

    public CheckResult Anytime(CheckResult result, double alpha)
    {
        var half = HalfWidth(alpha);
        if (double.IsNaN(half))
            return result with { Why = "the uncertainty cannot be told yet" };

        result = Between(result, half);
        if (Harm - half > _margin)
            return result with { Verdict = CheckVerdict.Fail, Why = Sentence("worse", half) };
        return Harm + half < _margin
            ? result with { Verdict = CheckVerdict.Pass, Why = Sentence("good enough", half) }
            : result with { Why = Sentence("not told apart yet", half) };
    }

    /// <summary>Looks for harm at any time, and for success at the planned looks only.</summary>
    /// <param name="result">What is known so far.</param>
    /// <param name="plan">The information fractions of the planned looks, rising to 1.</param>
    /// <param name="progress">The looks that were taken, and whether the plan is over.</param>
    public CheckResult Scheduled(CheckResult result, ImmutableArray<double> plan, ref CheckProgress progress)
    {
        var alpha = rule.Alpha / 2;
        var harm = HalfWidth(alpha);
        if (double.IsFinite(harm) && Harm - harm > _margin)
        {
            progress = progress with { Settled = CheckVerdict.Fail };
            return Between(result, harm) with { Verdict = CheckVerdict.Fail, Why = Sentence("worse", harm) };
        }

        var fraction = Math.Min(1, candidate.Units / rule.PlannedSamples);
        var due = Passed(plan, fraction);
        if (progress.Looks.IsEmpty ? due == 0 : due == Passed(plan, progress.Looks[^1]))
        {
            return Between(result, harm) with
            {
                Why = string.Create(CultureInfo.InvariantCulture,
                    $"{candidate.Units:0} of {rule.PlannedSamples} planned samples; look {due + 1} of {plan.Length} at "
                    + $"{plan[due] * rule.PlannedSamples:0}"),
            };
        }

        // Looks that were passed over are not made up for: their error rate is spent by this one.
        progress = progress with { Looks = progress.Looks.Add(fraction) };
        var bound = GroupSequential.Bounds(
            SpendingFunction.ObrienFleming, alpha, Sides.One, progress.Looks)[^1].Z;
        var half = bound * _error;
        result = Between(result, half);
        if (Harm + half < _margin)
        {
            progress = progress with { Settled = CheckVerdict.Pass };
            return result with { Verdict = CheckVerdict.Pass, Why = Sentence("good enough", half) };
        }

        if (fraction < 1)
            return result with { Why = Sentence($"not shown at look {due} of {plan.Length}", half) };
        progress = progress with { Settled = CheckVerdict.Fail };
        return result with
        {
            Verdict = CheckVerdict.Fail,
            Why = Sentence($"not shown within {rule.PlannedSamples} samples", half),
        };
    }

    private static int Passed(ImmutableArray<double> plan, double fraction) =>
        plan.Count(look => look <= fraction + 1e-12);

    private double HalfWidth(double alpha)
    {
        var interval = AsymptoticSequence.Interval(
            Harm, _error, candidate.Units, Math.Max(2, rule.PlannedSamples), alpha, Sides.One);
        return double.IsFinite(interval.Low) ? interval.Estimate - interval.Low : double.NaN;
    }

    private CheckResult Between(CheckResult result, double half) => double.IsFinite(half)
        ? result with { Low = difference.Value - half, High = difference.Value + half }
        : result;

    private string Sentence(string verdict, double half)
    {
        var allowed = _margin >= 0 ? "worse by at most" : "better by at least";
        return string.Create(CultureInfo.InvariantCulture,
            $"{verdict}: {check.Metric} {candidate.Value:G4} against {stable.Value:G4}, difference "
            + $"{difference.Value:G3} ± {half:G2}, {allowed} {Math.Abs(_margin):G3} is wanted "
            + $"({candidate.Units:0} and {stable.Units:0} units)");
    }
}
