namespace Fairlead.Client.Api;

/// <summary>A stored artifact: the SHA-256 of its bytes in hexadecimal digits, and their number.</summary>
public sealed record ArtifactInfo(string Digest, long Size);

/// <summary>An artifact as the parts that it can be sent in, each an artifact of its own.</summary>
public sealed record ArtifactPartsInfo
{
    public required string Digest { get; init; }

    /// <summary>Bytes of each part but the last.</summary>
    public required long PartSize { get; init; }

    /// <summary>SHA-256 of each part, in their order.</summary>
    public required IReadOnlyList<string> Parts { get; init; }
}

/// <summary>Stores an artifact from parts that were stored before.</summary>
public sealed record PutArtifactPartsRequest
{
    /// <summary>SHA-256 of each part, in their order; 1 to 10,000.</summary>
    public required IReadOnlyList<string> Parts { get; init; }
}

/// <summary>One file of a version.</summary>
/// <param name="Path">Where the file lies inside the version, with <c>/</c> between folders.</param>
/// <param name="Digest">SHA-256 of its bytes, 64 hexadecimal digits.</param>
/// <param name="Size">Its length in bytes.</param>
public sealed record VersionFile(string Path, string Digest, long Size);

/// <summary>What a version was made from.</summary>
public sealed record VersionLineage
{
    /// <summary>Digests or addresses of the data sets, by name.</summary>
    public IReadOnlyDictionary<string, string> Datasets { get; set; } = new Dictionary<string, string>();

    /// <summary>The registered datasets that it was made with; written by the server.</summary>
    public IReadOnlyList<VersionDataset> Registered { get; set; } = [];

    /// <summary>The commit of the training code.</summary>
    public string? CodeCommit { get; init; }

    /// <summary>The training run.</summary>
    public string? Run { get; init; }

    /// <summary>The version of the same model that this one continues.</summary>
    public int? Parent { get; init; }

    /// <summary>Data that the training run read, as it was tracked; written by the server.</summary>
    public IReadOnlyList<LineageInput> Inputs { get; set; } = [];

    /// <summary>The training code; null where nothing is known of it.</summary>
    public CodeLineage? Code { get; init; }

    /// <summary>What the training ran in; null where nothing is known of it.</summary>
    public EnvironmentLineage? Environment { get; init; }
}

/// <summary>A registered dataset that a version was made with.</summary>
/// <param name="Name">The dataset.</param>
/// <param name="Version">Its version.</param>
/// <param name="Role">What it was to the version, such as <c>training</c>.</param>
/// <param name="Digest">By what its content is known.</param>
public sealed record VersionDataset(string Name, int Version, string Role, string Digest);

/// <summary>Registers a version from files that are in the store already.</summary>
public sealed record RegisterVersionRequest
{
    public required IReadOnlyList<VersionFile> Files { get; init; }

    /// <summary>Path of the model file; left out: the only <c>.onnx</c> file, or <c>model.onnx</c>.</summary>
    public string? Entry { get; init; }

    public string Description { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    public VersionLineage? Lineage { get; init; }

    /// <summary>
    /// Registered datasets, each as <c>NAME/VERSION</c>, for training, or <c>NAME/VERSION:role</c>.
    /// </summary>
    public IReadOnlyList<string> Datasets { get; set; } = [];

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>One input or output of a version.</summary>
/// <param name="Datatype">Name of the element type in the Open Inference Protocol, such as <c>FP32</c>.</param>
/// <param name="Shape">Sizes with the batch dimension; −1 varies.</param>
public sealed record TensorInfo(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    /// <summary>Names of the columns, where rows of named fields can fill the tensor.</summary>
    public IReadOnlyList<string> Fields { get; set; } = [];

    /// <summary>May be left out of a request.</summary>
    public bool Optional { get; init; }

    /// <summary>What the tensor stands for in the model: <c>tensor</c>, <c>mapScores</c>, <c>mapKeys</c>, …</summary>
    public string Kind { get; set; } = "tensor";
}

/// <summary>An immutable version of a model.</summary>
public sealed record VersionInfo
{
    public required string Model { get; init; }

    public required int Number { get; init; }

    public string Description { get; set; } = "";

    public IReadOnlyDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, double> Metrics { get; set; } = new Dictionary<string, double>();

    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    public VersionLineage Lineage { get; set; } = new();

    public IReadOnlyList<VersionFile> Files { get; set; } = [];

    /// <summary>Path of the model file.</summary>
    public string Entry { get; set; } = "";

    /// <summary>Key of the runtime, such as <c>onnx</c>.</summary>
    public string Runtime { get; set; } = "";

    /// <summary>What it would need to be served; null for a version that can be.</summary>
    public string? Needs { get; init; }

    public IReadOnlyList<TensorInfo> Inputs { get; set; } = [];

    public IReadOnlyList<TensorInfo> Outputs { get; set; } = [];

    /// <summary>What the trial run in a child process found.</summary>
    public ProbeInfo Probe { get; set; } = new();

    /// <summary>Aliases that point here.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>
    /// The rollouts that it took part in, newest first and at most 50; only where one version is asked for.
    /// </summary>
    public IReadOnlyList<VersionRolloutInfo> Rollouts { get; set; } = [];

    /// <summary>Bytes of all files together.</summary>
    public long Size { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; set; } = "";
}

/// <summary>What the trial run of a version found.</summary>
public sealed record ProbeInfo
{
    /// <summary>Memory that loading the version takes.</summary>
    public long ResidentBytes { get; init; }

    public double LoadMilliseconds { get; init; }

    /// <summary>Answers of several rows at once equal those of each row alone.</summary>
    public bool Batchable { get; init; }

    public string? NotBatchableBecause { get; init; }
}

/// <summary>What a garbage collection removed, or would remove.</summary>
public sealed record GarbageCollectionInfo
{
    public bool DryRun { get; init; }

    public int Artifacts { get; init; }

    public long Bytes { get; init; }

    /// <summary>At most the first 1,000 digests.</summary>
    public IReadOnlyList<string> Digests { get; set; } = [];
}

/// <summary>Says whether a quarantine was lifted.</summary>
public sealed record ReleaseInfo(string Model, int Version, bool WasQuarantined);
