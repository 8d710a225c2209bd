using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Rollouts;

/// <summary>Says whether a plan may be carried out. Pure; every fault is reported, not only the first.</summary>
public static class RolloutRules
{
    /// <summary>Most candidates of one rollout.</summary>
    public const int MaxCandidates = 16;

    /// <summary>Most steps of one plan.</summary>
    public const int MaxSteps = 200;

    /// <summary>Most guards of a plan, and most checks of one analysis.</summary>
    public const int MaxChecks = 50;

    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(3650);

    /// <summary>Finds the faults of a plan; an empty list means that it is good.</summary>
    public static IReadOnlyList<Refusal> Check(RolloutPlan plan)
    {
        var faults = new List<Refusal>();
        CheckCandidates(plan, faults);
        if (plan.Steps.IsDefaultOrEmpty)
            faults.Add(Fault("no_steps", "steps", "A rollout needs at least one step."));
        else if (plan.Steps.Length > MaxSteps)
            faults.Add(Fault("too_many_steps", "steps", $"A rollout has at most {MaxSteps} steps."));
        else
            CheckSteps(plan, faults);

        CheckRules.Check(plan.Guards, "guards", faults);
        for (var i = 0; i < plan.Freezes.Length; i++)
        {
            if (plan.Freezes[i].WhyNot() is { } why)
                faults.Add(Fault("invalid_freeze", $"freezes[{i}]", $"{why}."));
        }

        CheckTime(plan.Bake, "bake", faults);
        CheckTime(plan.KeepWarm, "keepWarm", faults);
        if (plan.LookEvery < TimeSpan.FromMilliseconds(100) || plan.LookEvery > TimeSpan.FromSeconds(20))
            faults.Add(Fault("invalid_duration", "lookEvery", "lookEvery is 100 ms to 20 s."));
        if (plan.ProgressDeadline < TimeSpan.FromSeconds(1) || plan.ProgressDeadline > TimeSpan.FromDays(1))
            faults.Add(Fault("invalid_duration", "progressDeadline", "progressDeadline is 1 s to 1 d."));
        return faults;
    }

    private static void CheckCandidates(RolloutPlan plan, List<Refusal> faults)
    {
        if (plan.Holdout is not null)
        {
            if (plan.Candidates.Length > 0 || plan.Steps is not [HoldOutStep])
            {
                faults.Add(Fault("invalid_candidates", "candidates",
                    "A control group is rolled out without candidates."));
            }

            return;
        }

        if (plan.Candidates.IsDefaultOrEmpty || plan.Candidates.Length > MaxCandidates)
        {
            faults.Add(Fault("invalid_candidates", "candidates", $"A rollout has 1 to {MaxCandidates} candidates."));
            return;
        }

        for (var i = 0; i < plan.Candidates.Length; i++)
        {
            var candidate = plan.Candidates[i];
            var at = $"candidates[{i}]";
            if (candidate.Version == plan.StableVersion)
            {
                faults.Add(Fault("already_stable", $"{at}.version",
                    $"{candidate.Version} is the endpoint's stable version already."));
            }

            if (candidate.Name == plan.Stable || candidate.Name == RolloutRouting.PreviousArm
                || candidate.Name == RolloutRouting.ControlArm)
            {
                faults.Add(Fault("reserved_name", $"{at}.name",
                    $"'{candidate.Name}' is the name of another arm; choose another one."));
            }

            if (plan.Candidates[..i].Any(earlier => earlier.Name == candidate.Name))
                faults.Add(Fault("duplicate_variant", $"{at}.name", $"There are two candidates '{candidate.Name}'."));
        }
    }

    private static void CheckSteps(RolloutPlan plan, List<Refusal> faults)
    {
        var exposure = Exposure.None;
        var decided = plan.Candidates.Length == 1 || plan.Holdout is not null;
        for (var i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            var at = $"steps[{i}]";
            CheckStep(plan, step, at, faults);
            if (step is ApproveStep { Proposes: true })
                CheckProposal(plan, i, faults);
            if (step is AnalyseStep analyse)
            {
                CheckExposure(analyse, exposure, at, faults);
                decided |= exposure == Exposure.Answers && analyse.Checks.Any(check => check.Rule is CompareRule);
            }

            decided |= step is AdaptStep;
            if (step is SwitchStep && !decided)
            {
                faults.Add(Fault("winner_unknown", at, "There are several candidates, and nothing before this step "
                    + "says which one goes on; add an analysis with a comparison, or a bandit."));
            }

            exposure = step switch
            {
                MirrorStep => Exposure.Copies,
                WeightStep { Weight: > 0 } or AdaptStep or SwitchStep => Exposure.Answers,
                WeightStep or PreviewStep => Exposure.None,
                _ => exposure,
            };
        }

        if (!decided && !plan.Steps.Any(step => step is SwitchStep))
        {
            faults.Add(Fault("winner_unknown", "steps", "There are several candidates, and no step says which one goes "
                + "on; add an analysis with a comparison, or a bandit."));
        }
    }

    private static void CheckStep(RolloutPlan plan, RolloutStep step, string at, List<Refusal> faults)
    {
        switch (step)
        {
            case MirrorStep mirror when !(mirror.Share > 0 && mirror.Share <= 1):
                faults.Add(Fault("invalid_share", $"{at}.mirror", "A share to mirror is above 0 and at most 1."));
                break;
            case WeightStep weight:
                CheckWeight(plan, weight, at, faults);
                break;
            case AdaptStep adapt:
                CheckAdapt(plan, adapt, at, faults);
                break;
            case PauseStep { For: { } time }:
                CheckTime(time, $"{at}.pause", faults);
                break;
            case ApproveStep approve:
                if (approve.Count is < 1 or > 10)
                    faults.Add(Fault("invalid_count", $"{at}.count", "1 to 10 people approve."));
                CheckTime(approve.Within ?? TimeSpan.Zero, $"{at}.within", faults);
                break;
            case AnalyseStep analyse:
                CheckTime(analyse.For, $"{at}.for", faults);
                CheckRules.Check(analyse.Checks, $"{at}.checks", faults);
                if (analyse.Checks.IsDefault || analyse.Checks.All(check => check.DryRun))
                {
                    faults.Add(Fault("no_checks", $"{at}.checks",
                        "An analysis needs at least one check that is no dry run; without one it would pass unseen."));
                }

                break;
        }
    }

    private static void CheckProposal(RolloutPlan plan, int index, List<Refusal> faults)
    {
        if (index < plan.Steps.Length - 1)
        {
            faults.Add(Fault("proposal_not_last", $"steps[{index}]", "A proposal ends the steps; approve or decline "
                + "the one that was made before the plan goes on."));
        }

        if (plan.Steps[..index].All(step => step is not (AnalyseStep or AdaptStep)))
        {
            faults.Add(Fault("nothing_to_propose", "promote", "Nothing before the proposal says that a candidate won; "
                + "add an analysis or a bandit, or leave 'promote: propose' out."));
        }
    }

    private static void CheckWeight(RolloutPlan plan, WeightStep step, string at, List<Refusal> faults)
    {
        var arms = plan.Candidates.Length + (step.Control ? 1 : 0);
        if (!(step.Weight >= 0 && step.Weight <= 1))
            faults.Add(Fault("invalid_weight", $"{at}.weight", "A weight is a share from 0 to 1."));
        else if (step.Weight * arms > 1 + 1e-9)
        {
            faults.Add(Fault("invalid_weight", $"{at}.weight",
                $"{arms} arms of {StepText.Percent(step.Weight)} are more than everything."));
        }
    }

    private static void CheckAdapt(RolloutPlan plan, AdaptStep step, string at, List<Refusal> faults)
    {
        if (step.Metric.Kind != MetricKind.Outcome)
            faults.Add(Fault("invalid_metric", $"{at}.metric", "A bandit follows an outcome: 'outcome:click'."));
        if (!(step.Floor >= 0 && step.Floor * (plan.Candidates.Length + 1) <= 1))
            faults.Add(Fault("invalid_share", $"{at}.floor", "The floors of all arms together are at most 100 %."));
        if (step.Interval < TimeSpan.FromSeconds(1) || step.Interval > LongestTime)
            faults.Add(Fault("invalid_duration", $"{at}.interval", "The interval is at least 1 s."));
        if (!(step.Confidence is > 0.5 and <= 1))
            faults.Add(Fault("invalid_confidence", $"{at}.confidence", "The confidence is above 0.5 and at most 1."));
    }

    private static void CheckExposure(AnalyseStep analyse, Exposure exposure, string at, List<Refusal> faults)
    {
        for (var i = 0; i < analyse.Checks.Length; i++)
        {
            var metric = analyse.Checks[i].Metric;
            if (metric.IsExternal || exposure == Exposure.Answers)
                continue;
            if (exposure == Exposure.None)
            {
                faults.Add(Fault("nothing_to_analyse", $"{at}.checks[{i}]",
                    $"Candidates get no requests at this step, so '{metric}' has nothing to look at; put a mirror or a "
                    + "weight step before it."));
            }
            else if (!metric.ShadowSuffices && metric.Kind is not (MetricKind.ErrorRate or MetricKind.Latency))
            {
                faults.Add(Fault("shadow_not_enough", $"{at}.checks[{i}]",
                    $"Copies of requests do not show '{metric}': nobody acts on the candidate's answers. Use it "
                    + "after a weight step."));
            }
        }
    }

    private static void CheckTime(TimeSpan time, string at, List<Refusal> faults)
    {
        if (time < TimeSpan.Zero || time > LongestTime)
            faults.Add(Fault("invalid_duration", at, "A duration is 0 to 10 years."));
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };

    private enum Exposure
    {
        None,
        Copies,
        Answers,
    }
}
