namespace Fairlead.Server.Tracking;

/// <summary>A value of a metric; NaN is kept as such.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
internal readonly record struct LoggedPoint(string Key, double Value, long Timestamp, long Step)
{
    /// <summary>The logged model that was measured, if one was.</summary>
    public LoggedModelPoint? Model { get; init; }
}

/// <summary>What a point says of a logged model.</summary>
internal sealed record LoggedModelPoint(string Id, string DatasetName, string DatasetDigest);

/// <summary>A parameter or a tag.</summary>
internal readonly record struct LoggedPair(string Key, string Value);

/// <summary>What one request logs; kept whole or not at all.</summary>
internal sealed record LoggedBatch
{
    public IReadOnlyList<LoggedPoint> Points { get; init; } = [];

    public IReadOnlyList<LoggedPair> Parameters { get; init; } = [];

    public IReadOnlyList<LoggedPair> Tags { get; init; } = [];
}

/// <summary>A run's own columns.</summary>
internal sealed record StoredRun
{
    public long Number { get; init; }

    public required string Id { get; init; }

    public int Experiment { get; init; }

    public string Name { get; init; } = "";

    public string UserId { get; init; } = "";

    public Core.Tracking.RunStatus Status { get; init; }

    public long StartTime { get; init; }

    public long? EndTime { get; init; }

    public bool IsDeleted { get; init; }

    /// <summary>Where the run's artifacts are, as clients are told.</summary>
    public string ArtifactUri { get; init; } = "";
}

/// <summary>The newest value of a metric, or one of its history.</summary>
internal readonly record struct StoredPoint(string Key, double Value, long Timestamp, long Step);

/// <summary>All that is shown of a run beside its own columns.</summary>
internal sealed record RunData
{
    public List<StoredPoint> Metrics { get; } = [];

    public List<LoggedPair> Parameters { get; } = [];

    public List<LoggedPair> Tags { get; } = [];

    public List<RunDataset> Datasets { get; } = [];

    /// <summary>Logged models that the run read.</summary>
    public List<string> ModelsIn { get; } = [];

    /// <summary>Logged models that the run made, with the step.</summary>
    public List<(string Model, long Step)> ModelsOut { get; } = [];
}

/// <summary>A dataset that a run read.</summary>
internal sealed record RunDataset
{
    public required string Name { get; init; }

    public required string Digest { get; init; }

    public string SourceType { get; init; } = "";

    public string Source { get; init; } = "";

    public string? Schema { get; init; }

    public string? Profile { get; init; }

    /// <summary>What the dataset was to the run, such as <c>mlflow.data.context</c> = <c>training</c>.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
