using System.Collections.Immutable;
using System.Globalization;

namespace Fairlead.Core.Checks;

/// <summary>
/// Turns what was seen into a verdict with its numbers. Pure. What cannot be told is inconclusive, never passed.
/// </summary>
public static class CheckEvaluation
{
    /// <summary>Evaluates a check and returns what it remembers, the result in <see cref="CheckProgress.Latest"/>.
    /// </summary>
    /// <param name="check">The check; <see cref="CheckRules.Check"/> found no fault.</param>
    /// <param name="facts">What was seen.</param>
    /// <param name="before">What it remembers.</param>
    /// <param name="now">The time.</param>
    public static CheckProgress Evaluate(Check check, CheckFacts facts, CheckProgress before, DateTimeOffset now)
    {
        if (before is { Settled: not null, Latest: not null })
            return before;
        if (facts.Error is { } error)
            return before with { Latest = new CheckResult(CheckVerdict.Error, error) };

        var progress = before;
        var result = check.By is null
            ? Over(check, facts.Phases, facts, ref progress)
            : BySlice(check, facts, ref progress);
        if (result.CandidateUnits > 0 || facts.NoData is null && check.By is not null && facts.Slices.Count > 0)
            return progress with { Latest = result, WithoutDataSince = null };

        var since = before.WithoutDataSince ?? now;
        if (check.OnNoData != NoDataPolicy.Hold && now - since >= check.Patience)
        {
            var (verdict, word) = check.OnNoData == NoDataPolicy.Pass
                ? (CheckVerdict.Pass, "passed")
                : (CheckVerdict.Fail, "failed");
            result = result with
            {
                Verdict = verdict,
                Why = $"{result.Why}; counts as {word} after {Rollouts.StepText.Duration(check.Patience)}",
            };
        }

        return progress with { Latest = result, WithoutDataSince = since };
    }

    private static CheckResult BySlice(Check check, CheckFacts facts, ref CheckProgress progress)
    {
        if (facts.NoData is { } why)
            return new CheckResult(CheckVerdict.Inconclusive, why);

        // Slices are many looks at once: each gets its part of the error rate (Bonferroni). Scheduled looks are taken
        // per slice at any time, because slices grow at different speeds.
        CheckResult? worst = null;
        var judged = facts.Slices.Where(slice => Units(slice.Value) >= check.MinimumSamples).ToList();
        foreach (var (value, phases) in judged)
        {
            var narrowed = check with { By = null, Rule = Anytime(check.Rule, judged.Count) };
            var nothing = CheckProgress.Fresh;
            var result = Over(narrowed, phases, facts, ref nothing) with { Slice = value };
            if (worst is null || result.Verdict > worst.Verdict)
                worst = result with { Why = $"{check.By} = {value}: {result.Why}" };
        }

        return worst ?? new CheckResult(
            CheckVerdict.Inconclusive, $"no value of {check.By} has {check.MinimumSamples} samples yet");
    }

    private static CheckRule Anytime(CheckRule rule, int slices) => rule switch
    {
        CompareRule compare => compare with { Horizon = Horizon.Anytime, Alpha = compare.Alpha / slices },
        LimitRule limit => limit with { Alpha = limit.Alpha / slices },
        _ => rule,
    };

    private static double Units(ImmutableArray<PhaseFigures> phases) => phases.Sum(phase => phase.Candidate.Units);

    private static CheckResult Over(
        Check check, ImmutableArray<PhaseFigures> phases, CheckFacts facts, ref CheckProgress progress)
    {
        if (facts.NoData is { } why)
            return new CheckResult(CheckVerdict.Inconclusive, why);
        return check.Rule switch
        {
            LimitRule rule => LimitEvaluation.Evaluate(check, rule, phases, facts.Observed),
            CompareRule rule => CompareEvaluation.Evaluate(check, rule, phases, facts.Observed, ref progress),
            _ => new CheckResult(CheckVerdict.Error, "The check has no rule."),
        };
    }

    /// <summary>Says what is still missing; null when enough was seen.</summary>
    internal static string? WhyNotYet(Check check, double units, TimeSpan observed)
    {
        if (units < check.MinimumSamples)
            return string.Create(CultureInfo.InvariantCulture, $"{units:0} of {check.MinimumSamples} samples");
        return observed < check.MinimumDuration
            ? $"{Rollouts.StepText.Duration(observed)} of {Rollouts.StepText.Duration(check.MinimumDuration)} observed"
            : null;
    }
}
