namespace Fairlead.Server.Storage;

// What the tables hold of experiments and runs. Points, parameters and tags are many; they are written and read by
// prepared statements (Tracking/Storage) and have no references that the database would have to check for each.
// Times of runs and points are milliseconds since 1970, as their clients say them; all other instants are microseconds.

/// <summary>An experiment. A deleted one keeps its name until it is collected, and its number for ever.</summary>
internal sealed class ExperimentRow
{
    /// <summary>The number of the experiment that is there from the start.</summary>
    public const int Default = 0;

    public int Number { get; set; }

    public required string Name { get; set; }

    public string ArtifactLocation { get; set; } = "";

    public string Tags { get; set; } = "{}";

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public long? DeletedAt { get; set; }
}

/// <summary>A tracked training.</summary>
internal sealed class RunRow
{
    public long Number { get; set; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string Id { get; set; }

    public int Experiment { get; set; }

    public string Name { get; set; } = "";

    public string UserId { get; set; } = "";

    /// <summary>One of <see cref="Fairlead.Core.Tracking.RunStatus"/>.</summary>
    public int Status { get; set; }

    public long StartTime { get; set; }

    public long? EndTime { get; set; }

    public long CreatedAt { get; set; }

    public long? DeletedAt { get; set; }

    /// <summary>It went with its experiment, and comes back with it.</summary>
    public int DeletedWithExperiment { get; set; }

    /// <summary>The idempotency key under which it was made.</summary>
    public string? RequestKey { get; set; }
}

/// <summary>The name of a metric, which points know by its number.</summary>
internal sealed class MetricKeyRow
{
    public int Id { get; set; }

    public required string Name { get; set; }
}

/// <summary>One value of a metric. The same point is stored once.</summary>
internal sealed class MetricPointRow
{
    public long Run { get; set; }

    public int Key { get; set; }

    public long Timestamp { get; set; }

    public long Step { get; set; }

    public double Value { get; set; }

    /// <summary>1: the value is not a number, and <see cref="Value"/> is 0.</summary>
    public int Nan { get; set; }
}

/// <summary>The newest point of a metric by step, time and value.</summary>
internal sealed class LatestMetricRow
{
    public long Run { get; set; }

    public int Key { get; set; }

    /// <summary>The run's experiment, so that an order by the metric needs no other table.</summary>
    public int Experiment { get; set; }

    public double Value { get; set; }

    public int Nan { get; set; }

    public long Step { get; set; }

    public long Timestamp { get; set; }
}

internal sealed class RunParameterRow
{
    public long Run { get; set; }

    public required string Key { get; set; }

    public string Value { get; set; } = "";
}

internal sealed class RunTagRow
{
    public long Run { get; set; }

    public required string Key { get; set; }

    public string Value { get; set; } = "";
}

/// <summary>A dataset that runs of an experiment read.</summary>
internal sealed class RunDatasetRow
{
    public long Id { get; set; }

    public int Experiment { get; set; }

    public required string Name { get; set; }

    public required string Digest { get; set; }

    public string SourceType { get; set; } = "";

    public string Source { get; set; } = "";

    public string? Schema { get; set; }

    public string? Profile { get; set; }
}

/// <summary>A run read a dataset.</summary>
internal sealed class RunInputRow
{
    public long Run { get; set; }

    public long Dataset { get; set; }

    /// <summary>What the dataset was to the run, as JSON.</summary>
    public string Tags { get; set; } = "{}";
}

/// <summary>A run read or made a logged model.</summary>
internal sealed class RunModelRow
{
    public long Run { get; set; }

    public required string Model { get; set; }

    /// <summary>0: it read the model; 1: it made it.</summary>
    public int Output { get; set; }

    public long Step { get; set; }
}

/// <summary>A model that was logged and need not be registered.</summary>
internal sealed class LoggedModelRow
{
    /// <summary><c>m-</c> and 32 hexadecimal digits.</summary>
    public required string Id { get; set; }

    public int Experiment { get; set; }

    public string Name { get; set; } = "";

    public string ModelType { get; set; } = "";

    public string SourceRun { get; set; } = "";

    public string Status { get; set; } = "";

    public string Creator { get; set; } = "";

    public string Tags { get; set; } = "{}";

    public string Parameters { get; set; } = "{}";

    public long CreatedAt { get; set; }

    public long ChangedAt { get; set; }

    public long? DeletedAt { get; set; }
}

/// <summary>The newest value of a logged model's metric, by the run and the dataset that it was measured on.</summary>
internal sealed class LoggedModelMetricRow
{
    public required string Model { get; set; }

    public required string Key { get; set; }

    public required string Run { get; set; }

    public required string DatasetName { get; set; }

    public required string DatasetDigest { get; set; }

    public double Value { get; set; }

    public int Nan { get; set; }

    public long Step { get; set; }

    public long Timestamp { get; set; }
}

/// <summary>A file or folder that a run or a logged model left, below the root of all artifacts.</summary>
internal sealed class ArtifactPathRow
{
    /// <summary>Such as <c>0/RUN/artifacts/model/MLmodel</c>.</summary>
    public required string Path { get; set; }

    /// <summary>The folder that it lies in; empty for the uppermost.</summary>
    public required string Parent { get; set; }

    /// <summary>SHA-256 of the bytes; null for a folder.</summary>
    public string? Digest { get; set; }

    public long Size { get; set; }

    public long At { get; set; }
}

/// <summary>An upload in parts that is under way.</summary>
internal sealed class UploadRow
{
    /// <summary>256 random bits; whoever knows it may add parts.</summary>
    public required string Id { get; set; }

    public required string Path { get; set; }

    public int Parts { get; set; }

    public long StartedAt { get; set; }
}

/// <summary>A part of an upload that has come.</summary>
internal sealed class UploadPartRow
{
    public required string Upload { get; set; }

    public int Number { get; set; }

    public required string Digest { get; set; }

    public long Size { get; set; }
}
