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
        var since = step.Proposes ? state.Proposal?.At : null;
        return Counting(state.Approvals, state.Step, DigestOf(plan, state), step.NotByAuthor ? plan.Author : null,
            since, now);
    }

    /// <summary>Different people whose approval holds now, in the order of their names.</summary>
    /// <param name="approvals">Everything that was said.</param>
    /// <param name="step">The step that it must be for.</param>
    /// <param name="digest">What must have been approved.</param>
    /// <param name="notBy">Whose word does not count; null: everybody's does.</param>
    /// <param name="since">What was said before does not count; null: it does.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<string> Counting(
        IEnumerable<Approval> approvals, int step, string digest, string? notBy, DateTimeOffset? since,
        DateTimeOffset now) =>
        [
            .. approvals
                .Where(approval => approval.Step == step && approval.Digest == digest && approval.ExpiresAt > now
                    && !(approval.At < since) && approval.Who != notBy)
                .Select(approval => approval.Who)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
}
