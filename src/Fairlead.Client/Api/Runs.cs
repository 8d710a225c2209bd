namespace Fairlead.Client.Api;

/// <summary>An experiment: a group of runs.</summary>
public sealed record ExperimentInfo
{
    /// <summary>Its number, as a text.</summary>
    public required string Id { get; init; }

    public required string Name { get; init; }

    public string ArtifactLocation { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    public bool Deleted { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }
}

/// <summary>A value of a metric.</summary>
/// <param name="Value">Null where it is not a number.</param>
/// <param name="Step">The step of the training.</param>
/// <param name="At">When it was measured.</param>
public sealed record MetricValue(double? Value, long Step, DateTimeOffset At);

/// <summary>A tracked training.</summary>
public sealed record RunInfo
{
    public required string Id { get; init; }

    public string Name { get; set; } = "";

    /// <summary>The experiment's id.</summary>
    public string Experiment { get; set; } = "";

    public string User { get; set; } = "";

    /// <summary><c>RUNNING</c>, <c>SCHEDULED</c>, <c>FINISHED</c>, <c>FAILED</c> or <c>KILLED</c>.</summary>
    public string Status { get; set; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool Deleted { get; init; }

    public string ArtifactUri { get; set; } = "";

    /// <summary>The newest value of each metric.</summary>
    public IReadOnlyDictionary<string, MetricValue> Metrics { get; set; } = new Dictionary<string, MetricValue>();

    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    /// <summary>What people wrote about it, in Markdown.</summary>
    public string Note { get; set; } = "";
}

/// <summary>What is wanted of runs.</summary>
public sealed record RunFilter
{
    /// <summary>The experiment's id.</summary>
    public string Experiment { get; set; } = "0";

    /// <summary>Such as <c>metrics.acc > 0.9 AND params.model = 'tree'</c>; null: all.</summary>
    public string? Filter { get; init; }

    /// <summary>Such as <c>metrics.acc DESC</c>; null: newest first.</summary>
    public string? Order { get; init; }
}

/// <summary>Runs side by side; values stand in the order of the runs.</summary>
public sealed record RunComparison
{
    public IReadOnlyList<RunInfo> Runs { get; set; } = [];

    /// <summary>The parameters in which the runs differ.</summary>
    public IReadOnlyList<ComparedParameter> Parameters { get; set; } = [];

    /// <summary>How many parameters all runs have alike.</summary>
    public int EqualParameters { get; init; }

    public IReadOnlyList<ComparedMetric> Metrics { get; set; } = [];
}

/// <summary>A parameter of several runs; null where a run has none.</summary>
public sealed record ComparedParameter(string Name, IReadOnlyList<string?> Values);

/// <summary>A metric of several runs; null where a run never logged it.</summary>
public sealed record ComparedMetric(string Name, IReadOnlyList<MetricSummary?> Values);

/// <summary>A metric over the whole of a run.</summary>
public sealed record MetricSummary
{
    /// <summary>The newest value; null where it is not a number.</summary>
    public double? Last { get; init; }

    public double? Lowest { get; init; }

    public double? Highest { get; init; }

    /// <summary>How many values were logged.</summary>
    public long Count { get; init; }

    /// <summary>Values over the steps, thinned out evenly to at most 200; empty unless curves are asked for.</summary>
    public IReadOnlyList<MetricValue> Curve { get; set; } = [];
}

/// <summary>Writes about a run.</summary>
public sealed record RunNoteRequest
{
    /// <summary>Markdown; empty removes the note.</summary>
    public required string Text { get; init; }
}

/// <summary>A file or a folder of a run.</summary>
/// <param name="Path">From the run's root on.</param>
/// <param name="IsFolder">Has files of its own.</param>
/// <param name="Size">Bytes; null for a folder.</param>
/// <param name="Digest">SHA-256 of the bytes; null for a folder.</param>
public sealed record RunFileInfo(string Path, bool IsFolder, long? Size, string? Digest);
