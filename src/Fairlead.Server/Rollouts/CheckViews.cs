using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>Checks of rollouts as the API shows them.</summary>
internal static class CheckViews
{
    public static readonly Dictionary<string, List<RolloutLookRow>> NoLooks = [];

    /// <summary>Every check that is armed or was looked at, guards first and then step by step.</summary>
    public static IEnumerable<RolloutCheckInfo> All(
        RolloutPlan plan, RolloutState state, IReadOnlyDictionary<string, List<RolloutLookRow>> looks)
    {
        foreach (var candidate in plan.Candidates)
        {
            foreach (var guard in plan.Guards)
                yield return Armed(state, guard, null, candidate, looks);
            for (var step = 0; step < plan.Steps.Length; step++)
            {
                if (plan.Steps[step] is not AnalyseStep analyse)
                    continue;
                foreach (var check in analyse.Checks)
                    yield return Armed(state, check, step, candidate, looks);
            }
        }
    }

    /// <summary>Results by their keys, guards first and then step by step.</summary>
    public static IEnumerable<RolloutCheckInfo> Of(
        RolloutPlan plan, IEnumerable<KeyValuePair<string, CheckResult>> results) =>
        results.Select(each => Of(plan, each.Key, each.Value))
            .OrderBy(check => check.Step ?? 0).ThenBy(check => check.Name, StringComparer.Ordinal);

    /// <summary>
    /// One result by its key, with the rule as the plan has it; an edited plan may no longer have it.
    /// </summary>
    public static RolloutCheckInfo Of(RolloutPlan plan, string key, CheckResult result)
    {
        var (step, name, candidate) = RolloutState.ReadKey(key);
        var checks = step is not { } at ? plan.Guards
            : at < plan.Steps.Length && plan.Steps[at] is AnalyseStep analyse ? analyse.Checks : [];
        var known = checks.FirstOrDefault(check => check.Name == name);
        return With(result, new RolloutCheckInfo
        {
            Name = name,
            Candidate = candidate,
            Step = step + 1,
            Rule = known is null ? "" : CheckText.Of(known),
            DryRun = known?.DryRun ?? false,
        });
    }

    private static RolloutCheckInfo Armed(
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
        return latest is null ? shown : With(latest, shown);
    }

    private static RolloutCheckInfo With(CheckResult result, RolloutCheckInfo shown) => shown with
    {
        Verdict = RolloutViews.Words(result.Verdict),
        Why = result.Why,
        StableUnits = result.StableUnits,
        CandidateUnits = result.CandidateUnits,
        StableValue = StoredJson.Figure(result.Stable),
        CandidateValue = StoredJson.Figure(result.Candidate),
        Estimate = StoredJson.Figure(result.Estimate),
        Low = StoredJson.Figure(result.Low),
        High = StoredJson.Figure(result.High),
        Boundary = StoredJson.Figure(result.Boundary),
        Slice = result.Slice,
    };

    private static RolloutLookInfo Look(RolloutLookRow row) => new()
    {
        At = Instants.FromMicroseconds(row.At),
        Step = row.Step + 1,
        Verdict = RolloutViews.Words(Enum.Parse<CheckVerdict>(row.Verdict)),
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
}
