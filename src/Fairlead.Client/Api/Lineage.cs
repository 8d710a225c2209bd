namespace Fairlead.Client.Api;

/// <summary>What is asked of lineage: exactly one of them.</summary>
public sealed record LineageQuestion
{
    /// <summary>The id of a prediction.</summary>
    public string? Prediction { get; init; }

    /// <summary>A version, as <c>MODEL/NUMBER</c>.</summary>
    public string? Version { get; init; }

    /// <summary>The digest of a dataset, or a registered one as <c>NAME/VERSION</c>.</summary>
    public string? Dataset { get; init; }

    /// <summary>The id of a training run.</summary>
    public string? Run { get; init; }

    /// <summary>A commit of training code, or its first 7 or more digits.</summary>
    public string? Commit { get; init; }

    /// <summary>The SHA-256 of a file.</summary>
    public string? File { get; init; }
}

/// <summary>Where something came from and where it went.</summary>
public sealed record LineageInfo
{
    /// <summary>What was asked for: <c>prediction</c>, <c>version</c>, <c>dataset</c>, <c>run</c>, … </summary>
    public string Kind { get; set; } = "";

    public string Value { get; set; } = "";

    /// <summary>The prediction, where one was asked for.</summary>
    public PredictionLineage? Prediction { get; init; }

    /// <summary>The versions that it is about, each with all that is known of it; at most 500.</summary>
    public IReadOnlyList<LineageVersion> Versions { get; set; } = [];

    /// <summary>There are more versions than are shown.</summary>
    public bool More { get; init; }

    /// <summary>Versions that this caller may not see.</summary>
    public int Hidden { get; init; }
}

/// <summary>Who answered a prediction, by its id alone.</summary>
public sealed record PredictionLineage
{
    public string Id { get; set; } = "";

    public DateTimeOffset At { get; init; }

    public string Endpoint { get; set; } = "";

    public long Generation { get; init; }

    /// <summary>The arm that answered.</summary>
    public string Arm { get; set; } = "";

    /// <summary>The rollout that had made the generation; null where none had.</summary>
    public long? Rollout { get; init; }

    /// <summary>The step of the rollout, counted from 1; 0: before the first one.</summary>
    public int? Step { get; init; }

    /// <summary>The version that answered, as <c>MODEL/NUMBER</c>; null for an arm without a model.</summary>
    public string? Version { get; init; }

    /// <summary>What an arm without a model answered: <c>none</c>, <c>constant</c> or <c>rule</c>.</summary>
    public string? Answer { get; init; }
}

/// <summary>A version with where it came from and where it answered. It is kept when the version is deleted.</summary>
public sealed record LineageVersion
{
    /// <summary>The version as it was registered, without its aliases and rollouts.</summary>
    public required VersionInfo Version { get; init; }

    /// <summary>
    /// How it is reached from what was asked: <c>asked</c>, <c>data</c>, <c>run</c>, <c>commit</c>, <c>file</c>, or
    /// <c>parent MODEL/NUMBER</c> for one that continues a version that is reached.
    /// </summary>
    public string Via { get; set; } = "";

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Aliases that point to it now.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>Where and when it answered, oldest first; at most 1,000.</summary>
    public IReadOnlyList<LineagePeriod> Periods { get; set; } = [];

    /// <summary>The keys that signed it.</summary>
    public IReadOnlyList<string> SignedBy { get; set; } = [];
}

/// <summary>A time in which a version was behind an arm of an endpoint.</summary>
public sealed record LineagePeriod
{
    public string Endpoint { get; set; } = "";

    public string Arm { get; set; } = "";

    /// <summary><c>answered</c>, <c>mirrored</c> (its answers went to nobody) or <c>loaded</c>.</summary>
    public string Role { get; set; } = "";

    public DateTimeOffset From { get; init; }

    public long FromGeneration { get; init; }

    /// <summary>Who began it.</summary>
    public string FromWho { get; set; } = "";

    /// <summary>Null while it lasts.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The generation that ended it.</summary>
    public long? UntilGeneration { get; init; }

    /// <summary>Who ended it.</summary>
    public string? UntilWho { get; init; }
}

/// <summary>A move of an alias.</summary>
public sealed record AliasMove
{
    public string Alias { get; set; } = "";

    /// <summary>Where it pointed from then on; null: it was removed.</summary>
    public int? Version { get; init; }

    /// <summary>Where it had pointed; null: it was new.</summary>
    public int? Before { get; init; }

    public DateTimeOffset When { get; init; }

    public string Who { get; set; } = "";

    public string? Reason { get; init; }
}
