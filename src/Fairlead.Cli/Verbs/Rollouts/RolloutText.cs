using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>How rollouts look to a person.</summary>
internal static class RolloutText
{
    /// <summary>A rollout with its steps, traffic and checks.</summary>
    public static void Show(RolloutInfo rollout, Terminal to)
    {
        new Facts()
            .Add("rollout", rollout.Id)
            .Add("endpoint", rollout.Endpoint)
            .Add("phase", rollout.Phase)
            .Add("reason", rollout.Reason)
            .Add("frozen until", rollout.FrozenUntil)
            .Add("strategy", rollout.Plan?.Strategy)
            .Add("step", StepOf(rollout))
            .Add("generation", $"{rollout.Generation}{(rollout.Followed ? "" : ", not followed by every replica yet")}")
            .Add("observed", DurationText.Format(Seconds(rollout.Observed)))
            .Add("winner", rollout.Winner)
            .Add("proposal", rollout.Proposal is { } proposal ? ProposalOf(proposal) : null)
            .Add("started", rollout.StartedAt)
            .Add("by", rollout.Author)
            .Add("ended", rollout.EndedAt)
            .Write(to);
        if (rollout.Plan is { } plan)
        {
            to.Out.WriteLine();
            ShowSteps(plan, to);
        }

        to.Out.WriteLine();
        var arms = new Listing("arm", "role", "version", "traffic", "copies");
        foreach (var arm in rollout.Arms)
            arms.Add(arm.Name, arm.Role, arm.Version, Percent(arm.Weight), arm.Mirror > 0 ? Percent(arm.Mirror) : "");
        arms.Write(to);
        ShowChecks(rollout, to);
    }

    /// <summary>A plan before it is started.</summary>
    public static void ShowPlan(RolloutPlanInfo plan, Terminal to)
    {
        new Facts()
            .Add("endpoint", plan.Endpoint)
            .Add("strategy", plan.Strategy)
            .Add("from", $"{plan.StableVersion} ({plan.Stable})")
            .Add("to", plan.Candidates.Count == 0
                ? null
                : string.Join(", ", plan.Candidates.Select(each => $"{each.Version} ({each.Name})")))
            .Add("guards", plan.Guards.Count == 0 ? "none" : string.Join("; ", plan.Guards))
            .Add("bake", plan.Bake > TimeSpan.Zero ? DurationText.Format(plan.Bake) : null)
            .Add("keep warm", plan.KeepWarm > TimeSpan.Zero ? DurationText.Format(plan.KeepWarm) : null)
            .Add("alias", plan.Alias)
            .Write(to);
        to.Out.WriteLine();
        ShowSteps(plan, to);
        if (plan.Outlook.Count == 0)
            return;
        to.Out.WriteLine();
        foreach (var check in plan.Outlook)
            to.Out.WriteLine(check.Step is { } step ? $"step {step}, {check.Text}" : $"guard {check.Text}");
    }

    /// <summary>Such as <c>3 of 7</c>; empty once the steps are over.</summary>
    public static string StepOf(RolloutInfo rollout) =>
        rollout.Plan is { } plan && rollout.Step <= plan.Steps.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{rollout.Step} of {plan.Steps.Count}")
            : "";

    /// <summary>Such as <c>stable 95%, candidate 5%</c>.</summary>
    public static string Traffic(RolloutInfo rollout) =>
        string.Join(", ", rollout.Arms.Select(arm => $"{arm.Name} {Percent(arm.Weight)}"));

    private static string ProposalOf(ProposalInfo proposal)
    {
        var until = proposal is { Status: "open", ExpiresAt: { } end }
            ? string.Create(CultureInfo.InvariantCulture, $" until {end:u}")
            : "";
        return $"{proposal.Version}, {proposal.Status}{until}, {proposal.Approvals.Count} of {proposal.Needed} "
            + $"approvals of {proposal.Digest}";
    }

    private static void ShowSteps(RolloutPlanInfo plan, Terminal to)
    {
        var steps = new Listing("step", "", "what");
        foreach (var step in plan.Steps)
        {
            steps.Add(step.Number, step.State, step.Text);
            foreach (var check in step.Checks)
                steps.Add("", "", "  " + check);
        }

        steps.Write(to);
    }

    private static void ShowChecks(RolloutInfo rollout, Terminal to)
    {
        if (rollout.Checks.Count == 0)
            return;

        to.Out.WriteLine();
        var checks = new Listing("check", "of", "candidate", "verdict", "stable", "candidate's", "estimate", "why");
        foreach (var check in rollout.Checks)
        {
            checks.Add(check.Name, check.Step is { } step ? $"step {step}" : "guard", check.Candidate,
                check.DryRun ? $"{check.Verdict} (dry run)" : check.Verdict, Number(check.StableValue),
                Number(check.CandidateValue), Interval(check), check.Why);
        }

        checks.Write(to);
        ShowLooks(rollout, to);
    }

    /// <summary>How the estimates moved from look to look, one line a check.</summary>
    private static void ShowLooks(RolloutInfo rollout, Terminal to)
    {
        var looked = rollout.Checks.Where(check => check.Looks.Count > 0).ToList();
        if (looked.Count == 0)
            return;

        to.Out.WriteLine();
        var lines = new Listing("over time", "candidate", "from", "to", "lowest", "highest", "newest", "bound", "line");
        foreach (var check in looked)
        {
            var newest = check.Looks[^1];
            lines.Add(check.Name, check.Candidate, check.Looks[0].At, newest.At,
                Number(check.Looks.Min(look => look.Estimate)), Number(check.Looks.Max(look => look.Estimate)),
                Number(newest.Estimate), Number(newest.Boundary),
                Sparkline.Of([.. check.Looks.Select(look => look.Estimate)]));
        }

        lines.Write(to);
    }

    /// <summary>An estimate with its interval; empty where there is none.</summary>
    public static string Interval(CheckFigures check) => check.Estimate is { } estimate
        ? $"{Number(estimate)} [{Number(check.Low) ?? "-inf"}, {Number(check.High) ?? "inf"}]"
        : "";

    private static string? Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##}%");

    private static TimeSpan Seconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds));
}
