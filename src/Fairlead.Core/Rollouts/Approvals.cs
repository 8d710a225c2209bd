namespace Fairlead.Core.Rollouts;

/// <summary>Which approvals count.</summary>
public static class Approvals
{
    /// <summary>
    /// What is approved, so that it cannot be exchanged afterwards: at a proposal the digest of the winner, before that
    /// the digests of all candidates.
    /// </summary>
    public static string DigestOf(RolloutPlan plan, RolloutState state) =>
        state.Proposal is { Status: ProposalStatus.Open or ProposalStatus.Approved } proposal
            ? proposal.Digest
            : string.Join("+", plan.Candidates.Select(candidate => candidate.Digest));

    /// <summary>Different people whose approval of the present step holds now, in the order of their names.</summary>
    public static IReadOnlyList<string> Counting(
        RolloutPlan plan, RolloutState state, ApproveStep step, DateTimeOffset now)
    {
        var digest = DigestOf(plan, state);
        var since = step.Proposes ? state.Proposal?.At : null;
        return [.. state.Approvals
            .Where(approval => approval.Step == state.Step && approval.Digest == digest && approval.ExpiresAt > now
                && !(approval.At < since) && !(step.NotByAuthor && approval.Who == plan.Author))
            .Select(approval => approval.Who)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];
    }
}
