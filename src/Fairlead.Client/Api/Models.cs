namespace Fairlead.Client.Api;

/// <summary>A model: a name with a history of versions.</summary>
public sealed record ModelInfo
{
    public required string Name { get; init; }

    public string Description { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    /// <summary>Each alias with the number of the version it points to.</summary>
    public IReadOnlyDictionary<string, int> Aliases { get; set; } = new Dictionary<string, int>();

    /// <summary>The greatest number of a version that still exists; null when there is none.</summary>
    public int? LatestVersion { get; init; }

    /// <summary>Versions that exist.</summary>
    public int VersionCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>Creates a model before its first version. Registering a version does so by itself.</summary>
public sealed record CreateModelRequest
{
    public required string Name { get; init; }

    public string Description { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Changes what is said about a model or a version. What is left out stays as it is.</summary>
public sealed record DescribeRequest
{
    public string? Description { get; init; }

    /// <summary>Sets these tags; a tag whose value is null is removed, the others stay.</summary>
    public IReadOnlyDictionary<string, string?>? Tags { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Moves an alias by compare-and-swap.</summary>
public sealed record SetAliasRequest
{
    /// <summary>The version to point to.</summary>
    public required int Version { get; init; }

    /// <summary>The version that the alias points to now; 0 or nothing: the alias must not exist yet.</summary>
    public int? Expected { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Where an alias points.</summary>
public sealed record AliasInfo(string Model, string Alias, int Version);
