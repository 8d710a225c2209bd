namespace Fairlead.Client.Api;

/// <summary>A win that people are asked to approve before it is promoted.</summary>
public sealed record ProposalInfo
{
    /// <summary>The rollout that it belongs to; it is approved and declined by this number.</summary>
    public required long Rollout { get; init; }

    public required string Endpoint { get; init; }

    /// <summary><c>open</c>, <c>approved</c>, <c>declined</c>, <c>expired</c> or <c>withdrawn</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The arm that won.</summary>
    public string Candidate { get; set; } = "";

    /// <summary>Its version, such as <c>credit/2</c>.</summary>
    public string Version { get; set; } = "";

    /// <summary>The version that is stable.</summary>
    public string StableVersion { get; set; } = "";

    /// <summary>SHA-256 of the winner's manifest: only approvals of it count.</summary>
    public string Digest { get; set; } = "";

    public DateTimeOffset ProposedAt { get; init; }

    /// <summary>When it can no longer be approved.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How many people must approve.</summary>
    public int Needed { get; init; }

    /// <summary>Who started the rollout does not count.</summary>
    public bool NotByAuthor { get; init; }

    /// <summary>Who started the rollout.</summary>
    public string Author { get; set; } = "";

    /// <summary>Who approved it so far.</summary>
    public IReadOnlyList<string> Approvals { get; set; } = [];

    /// <summary>The winner's checks with their numbers, as they were when the proposal was made.</summary>
    public IReadOnlyList<RolloutCheckInfo> Evidence { get; set; } = [];

    /// <summary>Who decided; null while nobody has.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Why it was decided so.</summary>
    public string? Why { get; init; }
}

/// <summary>Which proposals to list.</summary>
public sealed record ProposalFilter
{
    public string? Endpoint { get; init; }

    /// <summary>Also those that are decided.</summary>
    public bool All { get; init; }
}

/// <summary>What a version was in a rollout and what became of it there.</summary>
public sealed record VersionRolloutInfo
{
    public required long Rollout { get; init; }

    public required string Endpoint { get; init; }

    /// <summary><c>candidate</c>, or <c>stable</c> for the version that was there before.</summary>
    public required string Role { get; init; }

    /// <summary>
    /// <c>under way</c>; of a candidate <c>won</c>, <c>lost</c> (another candidate won), <c>rolled back</c>,
    /// <c>declined</c>, <c>aborted</c> or <c>superseded</c>; of stable <c>replaced</c> or <c>kept</c>.
    /// </summary>
    public required string Outcome { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>The reason with its numbers.</summary>
    public string? Why { get; init; }

    /// <summary>The check that decided, with its numbers; null where no single one did.</summary>
    public RolloutCheckInfo? DecidedBy { get; init; }

    /// <summary>The version's checks in that rollout, with their last numbers.</summary>
    public IReadOnlyList<RolloutCheckInfo> Checks { get; set; } = [];

    /// <summary>Who started the rollout.</summary>
    public string Author { get; set; } = "";
}
