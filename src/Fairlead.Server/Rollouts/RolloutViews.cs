using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>Rollouts as the API shows them.</summary>
internal static class RolloutViews
{
    public static RolloutInfo Info(RolloutRow row) => Info(row, CheckViews.NoLooks);

    /// <summary>A rollout with looks of its checks, by their keys.</summary>
    public static RolloutInfo Info(RolloutRow row, IReadOnlyDictionary<string, List<RolloutLookRow>> looks)
    {
        var (plan, state) = RolloutStore.Read(row);
        return new RolloutInfo
        {
            Id = row.Id,
            Endpoint = row.Name,
            Phase = Words(state.Phase),
            Reason = state.Reason,
            Step = state.Step + 1,
            Attempt = state.Attempt,
            Plan = Plan(plan, state) with { Written = StoredJson.Read<RolloutRequest>(row.Request) },
            Arms = [.. state.Routing.Arms.Select(arm => new RolloutArmInfo(
                arm.Name.ToString(), Words(arm.Role), arm.Version.ToString(), arm.Weight, arm.Mirror))],
            Generation = state.Generation,
            Followed = state.Followed,
            Checks = [.. CheckViews.All(plan, state, looks)],
            Approvals = [.. state.Approvals.Select(each => new RolloutApprovalInfo(
                each.Who, each.At, each.Step + 1, each.Digest, each.ExpiresAt))],
            Proposal = ProposalViews.Info(row, plan, state),
            Winner = state.Winner?.ToString(),
            StartedAt = Instants.FromMicroseconds(row.StartedAt),
            EndedAt = Instants.FromMicroseconds(row.EndedAt),
            StepAt = state.StepAt,
            Observed = state.Observed,
            FrozenUntil = state.FrozenUntil,
            Author = row.Author,
            Revision = row.Revision,
        };
    }

    /// <summary>A plan; with a state, how far it is walked.</summary>
    public static RolloutPlanInfo Plan(RolloutPlan plan, RolloutState? state = null) => new()
    {
        Endpoint = plan.Endpoint.ToString(),
        StableVersion = plan.StableVersion.ToString(),
        Stable = plan.Stable.ToString(),
        Strategy = plan.Strategy,
        Author = plan.Author,
        Candidates = [.. plan.Candidates.Select(each => new CandidateInfo(
            each.Name.ToString(), each.Version.ToString(), each.Digest,
            state?.Dropped.FirstOrDefault(dropped => dropped.Name == each.Name)?.Why))],
        Steps = [.. plan.Steps.Select((step, i) => new RolloutStepInfo(
            i + 1, StepText.Of(step), StateOf(i, state),
            step is AnalyseStep analyse ? [.. analyse.Checks.Select(CheckText.Of)] : []))],
        Guards = [.. plan.Guards.Select(CheckText.Of)],
        Bake = plan.Bake,
        KeepWarm = plan.KeepWarm,
        ProgressDeadline = plan.ProgressDeadline,
        Alias = plan.Alias?.ToString(),
    };

    /// <summary>What the checks of a plan can tell at an endpoint's traffic.</summary>
    public static IReadOnlyList<CheckOutlookInfo> Outlook(RolloutPlan plan, PresentTraffic traffic) =>
    [
        .. RolloutOutlook.Of(plan, traffic).Select(each => new CheckOutlookInfo(
            each.Check, each.Step + 1, each.Share, each.Units, each.Takes?.TotalSeconds, RolloutOutlook.Power,
            each.Deviations, each.Difference, RolloutOutlook.Sentence(each))),
    ];

    public static RolloutEventInfo Event(RolloutEventRow row) => new()
    {
        Id = row.Id,
        When = Instants.FromMicroseconds(row.At),
        Kind = Words(Enum.Parse<RolloutEventKind>(row.Kind)),
        Text = row.Text,
        Who = row.Who,
        Reason = row.Reason,
        Step = row.Step + 1,
        Generation = row.Generation,
    };

    private static string StateOf(int step, RolloutState? state)
    {
        if (state is null || step > state.Step)
            return state?.Phase == RolloutPhase.RolledBack ? "left out" : "to come";
        if (step < state.Step)
            return "done";
        return state.IsOver ? "left out" : "current";
    }

    /// <summary>The name of a value as people say it: <c>StepBegan</c> becomes <c>step began</c>.</summary>
    public static string Words(Enum value) => string.Concat(value.ToString().Select((c, i) =>
        char.IsUpper(c) ? $"{(i > 0 ? " " : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
