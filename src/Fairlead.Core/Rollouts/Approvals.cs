namespace Fairlead.Core.Rollouts;

/// <summary>Which approvals count.</summary>
public static class Approvals
{
    /// <summary>What is approved: the digests of all candidates, so that none can be exchanged afterwards.</summary>
    public static string DigestOf(RolloutPlan plan) =>
        string.Join("+", plan.Candidates.Select(candidate => candidate.Digest));

    /// <summary>Different people whose approval of the present step holds now.</summary>
    public static int Counting(RolloutPlan plan, RolloutState state, ApproveStep step, DateTimeOffset now) =>
        state.Approvals
            .Where(approval => approval.Step == state.Step && approval.Digest == DigestOf(plan)
                && approval.ExpiresAt > now && !(step.NotByAuthor && approval.Who == plan.Author))
            .Select(approval => approval.Who)
            .Distinct(StringComparer.Ordinal)
            .Count();
}
