namespace Fairlead.Core.Datasets;

/// <summary>Where a dataset's content comes from.</summary>
public enum DatasetSource
{
    /// <summary>A file.</summary>
    File,

    /// <summary>A folder of files.</summary>
    Folder,

    /// <summary>A pointer of DVC; the content was not looked at.</summary>
    Dvc,

    /// <summary>A pointer of Git LFS; the content was not looked at.</summary>
    GitLfs,
}

/// <summary>What the values of a column are in the file.</summary>
public enum DatasetColumnType
{
    /// <summary>Every row is without a value.</summary>
    Empty,

    /// <summary>Whole numbers.</summary>
    Integer,

    /// <summary>Numbers.</summary>
    Number,

    /// <summary>True and false, profiled as 1 and 0.</summary>
    Boolean,

    /// <summary>Texts, or values of several kinds.</summary>
    Text,

    /// <summary>Lists of numbers, profiled by their mean.</summary>
    List,
}

/// <summary>A column of a dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its values are.</param>
public sealed record DatasetColumn(string Name, DatasetColumnType Type);

/// <summary>What is said of a version of a dataset when it is registered.</summary>
public sealed record DatasetFacts
{
    /// <summary>By what its content is known, as <see cref="DatasetDigest"/> writes it.</summary>
    public required string Digest { get; init; }

    /// <summary>Where it comes from.</summary>
    public required DatasetSource Source { get; init; }

    /// <summary>Bytes of all files; null where a pointer does not say.</summary>
    public long? Bytes { get; init; }

    /// <summary>How many files; null where a pointer does not say.</summary>
    public long? Files { get; init; }

    /// <summary>How many rows; null where it is no table, or was not looked at.</summary>
    public long? Rows { get; init; }

    /// <summary>The columns of a table, in its order.</summary>
    public IReadOnlyList<DatasetColumn> Columns { get; init; } = [];

    /// <summary>The column that holds what is to be predicted.</summary>
    public string? Labels { get; init; }

    /// <summary>What the rows are for: <c>train</c>, <c>test</c>, …</summary>
    public string? Split { get; init; }

    /// <summary>Statistics of its columns came along.</summary>
    public bool HasProfile { get; init; }

    /// <summary>Why none did.</summary>
    public string? NoProfileBecause { get; init; }
}
