namespace Fairlead.Server.Storage;

/// <summary>A dataset: a name with versions.</summary>
internal sealed class DatasetRow
{
    public required string Name { get; set; }

    public int NextVersion { get; set; } = 1;

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }
}

/// <summary>A version of a dataset. Its content is elsewhere; an artifact holds statistics of it.</summary>
internal sealed class DatasetVersionRow
{
    public required string Name { get; set; }

    public int Number { get; set; }

    /// <summary>By what the content is known, with the name of the hash before it.</summary>
    public required string Digest { get; set; }

    public required string Source { get; set; }

    public string? Address { get; set; }

    public long? Bytes { get; set; }

    public long? Files { get; set; }

    public long? Rows { get; set; }

    /// <summary>A JSON list of its columns.</summary>
    public string Columns { get; set; } = "[]";

    public string? Labels { get; set; }

    public string? Split { get; set; }

    /// <summary>SHA-256 of the artifact that holds the statistics of its columns.</summary>
    public string? Profile { get; set; }

    public string? NoProfileBecause { get; set; }

    public string Description { get; set; } = "";

    public long CreatedAt { get; set; }

    public string CreatedBy { get; set; } = "";
}

/// <summary>Says that a model version was made with a dataset, and as what.</summary>
internal sealed class VersionDatasetRow
{
    public required string Model { get; set; }

    public int Number { get; set; }

    public required string Dataset { get; set; }

    public int DatasetVersion { get; set; }

    public required string Role { get; set; }
}
