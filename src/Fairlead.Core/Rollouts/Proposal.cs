using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;

namespace Fairlead.Core.Rollouts;

/// <summary>What became of a proposal.</summary>
public enum ProposalStatus
{
    /// <summary>It waits for people.</summary>
    Open,

    /// <summary>Enough people approved it: the winner goes on.</summary>
    Approved,

    /// <summary>Somebody declined it: the rollout went back to stable.</summary>
    Declined,

    /// <summary>Nobody decided in time; the rollout is paused, and resuming it proposes anew.</summary>
    Expired,

    /// <summary>The rollout ended, or somebody went past it, before it was decided.</summary>
    Withdrawn,
}

/// <summary>
/// A win that people have to approve before it is promoted. It is about the very files that won, and holds the numbers
/// that it rests on as they were when it was made.
/// </summary>
/// <param name="Candidate">The arm that won.</param>
/// <param name="Version">Its version.</param>
/// <param name="Digest">Digest of the version's manifest; only approvals of it count.</param>
/// <param name="At">When it was made; approvals from before do not count.</param>
/// <param name="ExpiresAt">When it can no longer be approved; null: never.</param>
public sealed record Proposal(
    VariantName Candidate, VersionId Version, string Digest, DateTimeOffset At, DateTimeOffset? ExpiresAt)
{
    public ProposalStatus Status { get; init; }

    /// <summary>The newest result of every check of the winner, by <see cref="RolloutState.KeyOf"/>.</summary>
    public ImmutableSortedDictionary<string, CheckResult> Evidence { get; init; } =
        ImmutableSortedDictionary.Create<string, CheckResult>(StringComparer.Ordinal);

    /// <summary>Who decided it; null while it is open, and where nobody did.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it was decided so, in a sentence.</summary>
    public string? Why { get; init; }

    /// <summary>It can be approved at this moment.</summary>
    public bool IsOpen(DateTimeOffset now) => Status == ProposalStatus.Open && !(ExpiresAt <= now);
}
