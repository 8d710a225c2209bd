using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>Rollouts as the API shows them.</summary>
internal static class RolloutViews
{
    private static readonly Dictionary<string, List<RolloutLookRow>> NoLooks = [];

    public static RolloutInfo Info(RolloutRow row) => Info(row, NoLooks);

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
            Checks = [.. Checks(plan, state, looks)],
            Approvals = [.. state.Approvals.Select(each => new RolloutApprovalInfo(
                each.Who, each.At, each.Step + 1, each.Digest, each.ExpiresAt))],
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

    /// <summary>Every check that is armed or was looked at, guards first and then step by step.</summary>
    private static IEnumerable<RolloutCheckInfo> Checks(
        RolloutPlan plan, RolloutState state, IReadOnlyDictionary<string, List<RolloutLookRow>> looks)
    {
        foreach (var candidate in plan.Candidates)
        {
            foreach (var guard in plan.Guards)
                yield return Check(state, guard, null, candidate, looks);
            for (var step = 0; step < plan.Steps.Length; step++)
            {
                if (plan.Steps[step] is not AnalyseStep analyse)
                    continue;
                foreach (var check in analyse.Checks)
                    yield return Check(state, check, step, candidate, looks);
            }
        }
    }

    private static RolloutCheckInfo Check(
        RolloutState state, Check check, int? step, Candidate candidate,
        IReadOnlyDictionary<string, List<RolloutLookRow>> looks)
    {
        var key = RolloutState.KeyOf(step, check.Name, candidate.Name);
        var latest = state.Checks.GetValueOrDefault(key)?.Latest;
        var shown = new RolloutCheckInfo
        {
            Name = check.Name,
            Candidate = candidate.Name.ToString(),
            Step = step + 1,
            Rule = CheckText.Of(check),
            DryRun = check.DryRun,
            Verdict = "not looked at",
            Looks = looks.TryGetValue(key, out var kept) ? [.. kept.Select(Look)] : [],
        };
        return latest is null
            ? shown
            : shown with
            {
                Verdict = Words(latest.Verdict),
                Why = latest.Why,
                StableUnits = latest.StableUnits,
                CandidateUnits = latest.CandidateUnits,
                StableValue = Known(latest.Stable),
                CandidateValue = Known(latest.Candidate),
                Estimate = Known(latest.Estimate),
                Low = Known(latest.Low),
                High = Known(latest.High),
                Boundary = Known(latest.Boundary),
                Slice = latest.Slice,
            };
    }

    private static RolloutLookInfo Look(RolloutLookRow row) => new()
    {
        At = Instants.FromMicroseconds(row.At),
        Step = row.Step + 1,
        Verdict = Words(Enum.Parse<CheckVerdict>(row.Verdict)),
        StableUnits = row.StableUnits,
        CandidateUnits = row.CandidateUnits,
        StableValue = row.StableValue,
        CandidateValue = row.CandidateValue,
        Estimate = row.Estimate,
        Low = row.Low,
        High = row.High,
        Boundary = row.Boundary,
        Slice = row.Slice,
    };

    /// <summary>A figure that JSON can say; null for one that is unknown or unbounded.</summary>
    private static double? Known(double value) => double.IsFinite(value) ? value : null;

    /// <summary>The name of a value as people say it: <c>StepBegan</c> becomes <c>step began</c>.</summary>
    private static string Words(Enum value) => string.Concat(value.ToString().Select((c, i) =>
        char.IsUpper(c) ? $"{(i > 0 ? " " : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
