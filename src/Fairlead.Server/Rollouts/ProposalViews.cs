using Fairlead.Client.Api;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>Proposals as the API shows them.</summary>
internal static class ProposalViews
{
    /// <summary>The proposal of a rollout that has one.</summary>
    public static ProposalInfo Info(RolloutRow row)
    {
        var (plan, state) = RolloutStore.Read(row);
        return Info(row, plan, state)!;
    }

    /// <summary>The newest proposal of a rollout; null where none was made.</summary>
    public static ProposalInfo? Info(RolloutRow row, RolloutPlan plan, RolloutState state)
    {
        if (state.Proposal is not { } proposal)
            return null;

        var step = plan.Steps.OfType<ApproveStep>().LastOrDefault(each => each.Proposes);
        return new ProposalInfo
        {
            Rollout = row.Id,
            Endpoint = row.Name,
            Status = RolloutViews.Words(proposal.Status),
            Candidate = proposal.Candidate.ToString(),
            Version = proposal.Version.ToString(),
            StableVersion = plan.StableVersion.ToString(),
            Digest = proposal.Digest,
            ProposedAt = proposal.At,
            ExpiresAt = proposal.ExpiresAt,
            Needed = step?.Count ?? 0,
            NotByAuthor = step?.NotByAuthor ?? false,
            Author = plan.Author,
            Approvals = [.. state.Approvals
                .Where(each => each.Digest == proposal.Digest && each.At >= proposal.At)
                .Select(each => each.Who).Distinct(StringComparer.Ordinal)],
            Evidence = [.. CheckViews.Of(plan, proposal.Evidence)],
            DecidedBy = proposal.DecidedBy,
            DecidedAt = proposal.DecidedAt,
            Why = proposal.Why,
        };
    }
}
