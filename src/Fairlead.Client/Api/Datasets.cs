namespace Fairlead.Client.Api;

/// <summary>A dataset: a name with versions.</summary>
public sealed record DatasetInfo
{
    public required string Name { get; init; }

    /// <summary>The greatest number of a version.</summary>
    public int LatestVersion { get; init; }

    /// <summary>Versions that exist.</summary>
    public int VersionCount { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its latest version was registered.</summary>
    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>integer</c>, <c>number</c>, <c>boolean</c>, <c>text</c>, <c>list</c> (of numbers, profiled by
/// their mean) or <c>empty</c>.</param>
public sealed record DatasetColumnInfo(string Name, string Type);

/// <summary>
/// Registers a version of a dataset. Its content stays where it is; content that is registered under this name already
/// keeps its number.
/// </summary>
public sealed record RegisterDatasetRequest
{
    /// <summary>
    /// <c>sha256:</c> and 64 hexadecimal digits: of a file's bytes, or of the lines of a folder's files; <c>md5:</c>
    /// where a pointer of DVC says no more.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary><c>file</c>, <c>folder</c>, <c>dvc</c> or <c>git-lfs</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Where the content lies: a path or an address, for people.</summary>
    public string? Address { get; init; }

    /// <summary>Bytes of all files.</summary>
    public long? Bytes { get; init; }

    /// <summary>How many files.</summary>
    public long? Files { get; init; }

    /// <summary>How many rows, of a table.</summary>
    public long? Rows { get; init; }

    /// <summary>The columns of a table.</summary>
    public IReadOnlyList<DatasetColumnInfo> Columns { get; set; } = [];

    /// <summary>The column that holds what is to be predicted.</summary>
    public string? Labels { get; init; }

    /// <summary>What the rows are for: <c>train</c>, <c>test</c>, …</summary>
    public string? Split { get; init; }

    /// <summary>
    /// SHA-256 of the artifact that holds statistics of its columns: the stored form of a window, compressed by Brotli.
    /// It was uploaded before.
    /// </summary>
    public string? Profile { get; init; }

    /// <summary>Why there is none; one of the two is given.</summary>
    public string? NoProfileBecause { get; init; }

    public string Description { get; set; } = "";

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>A version of a dataset.</summary>
public sealed record DatasetVersionInfo
{
    public required string Name { get; init; }

    public required int Number { get; init; }

    /// <summary>By what its content is known.</summary>
    public required string Digest { get; init; }

    /// <summary><c>file</c>, <c>folder</c>, <c>dvc</c> or <c>git-lfs</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Where the content lay when it was registered.</summary>
    public string? Address { get; init; }

    /// <summary>Bytes of all files; null where a pointer does not say.</summary>
    public long? Bytes { get; init; }

    /// <summary>How many files; null where a pointer does not say.</summary>
    public long? Files { get; init; }

    /// <summary>How many rows; null where it is no table, or was not looked at.</summary>
    public long? Rows { get; init; }

    /// <summary>The columns of a table.</summary>
    public IReadOnlyList<DatasetColumnInfo> Columns { get; set; } = [];

    /// <summary>The column that holds what is to be predicted.</summary>
    public string? Labels { get; init; }

    /// <summary>What the rows are for.</summary>
    public string? Split { get; init; }

    /// <summary>SHA-256 of the artifact with the statistics of its columns; null where there are none.</summary>
    public string? Profile { get; init; }

    /// <summary>Why there are none.</summary>
    public string? NoProfileBecause { get; init; }

    public string Description { get; set; } = "";

    /// <summary>Statistics of each column; only where one version is asked for.</summary>
    public IReadOnlyList<ColumnInfo> Statistics { get; set; } = [];

    /// <summary>Model versions that name it, at most 100; only where one version is asked for.</summary>
    public IReadOnlyList<DatasetUseInfo> UsedBy { get; set; } = [];

    /// <summary>In the answer to a registration: the content was registered before and kept its number.</summary>
    public bool WasKnown { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; set; } = "";
}

/// <summary>A model version that names a dataset.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">Its version.</param>
/// <param name="Role">What the dataset was to it, such as <c>training</c>.</param>
public sealed record DatasetUseInfo(string Model, int Version, string Role);

/// <summary>What differs between two versions of data.</summary>
public sealed record DatasetDiffInfo
{
    /// <summary><c>credit/1</c>.</summary>
    public required string From { get; init; }

    /// <summary><c>credit/2</c>.</summary>
    public required string To { get; init; }

    /// <summary>Both are known by the same digest.</summary>
    public bool SameContent { get; init; }

    /// <summary>Rows of the first; null where they are not known.</summary>
    public long? FromRows { get; init; }

    /// <summary>Rows of the second; null where they are not known.</summary>
    public long? ToRows { get; init; }

    /// <summary>Columns that only the second has.</summary>
    public IReadOnlyList<DatasetColumnInfo> Added { get; set; } = [];

    /// <summary>Columns that only the first has.</summary>
    public IReadOnlyList<DatasetColumnInfo> Removed { get; set; } = [];

    /// <summary>Columns of both whose type is another.</summary>
    public IReadOnlyList<DatasetColumnChange> Changed { get; set; } = [];

    /// <summary>
    /// <c>drift</c>, <c>ok</c> or <c>insufficient_data</c> of the distributions of columns that both have; null where
    /// they could not be compared.
    /// </summary>
    public string? State { get; init; }

    /// <summary>Why distributions could not be compared.</summary>
    public string? NotComparedBecause { get; init; }

    /// <summary>Every comparison, drift first.</summary>
    public IReadOnlyList<DriftFindingInfo> Findings { get; set; } = [];
}

/// <summary>A column whose type is another in another version.</summary>
/// <param name="Name">The column.</param>
/// <param name="From">Its type in the first.</param>
/// <param name="To">Its type in the second.</param>
public sealed record DatasetColumnChange(string Name, string From, string To);
