using System.Text.Json;

namespace Fairlead.Client.Api;

/// <summary>One recorded change of the control plane.</summary>
public sealed record AuditEntry
{
    public long Id { get; init; }

    public DateTimeOffset When { get; init; }

    /// <summary>The name of the key, or <c>local</c> while access control is off.</summary>
    public string Who { get; set; } = "";

    /// <summary>The key's number; 0 without one.</summary>
    public long KeyId { get; init; }

    /// <summary>What was done, such as <c>endpoint.put</c>.</summary>
    public string What { get; set; } = "";

    /// <summary>What it was done to, such as <c>endpoints/credit</c>.</summary>
    public string Subject { get; set; } = "";

    public string? Reason { get; init; }

    public JsonElement? Before { get; init; }

    public JsonElement? After { get; init; }
}

/// <summary>Which entries of the audit log are wanted; what is left out does not filter. Newest first.</summary>
public sealed record AuditFilter
{
    public string? Who { get; init; }

    public string? What { get; init; }

    public string? Subject { get; init; }

    /// <summary>From this instant on.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Before this instant.</summary>
    public DateTimeOffset? Until { get; init; }
}

/// <summary>How the installation is.</summary>
public sealed record ServerStatus
{
    /// <summary>The program's version.</summary>
    public string Version { get; set; } = "";

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public string Storage { get; set; } = "";

    /// <summary>The database answers.</summary>
    public bool StorageReachable { get; init; }

    /// <summary>Where artifacts are stored, as the replica that answers sees it; null: not told.</summary>
    public ArtifactStorageInfo? Artifacts { get; init; }

    /// <summary>The name of the replica that answers.</summary>
    public string Replica { get; set; } = "";

    /// <summary>Callers need a key.</summary>
    public bool AccessControl { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public double UptimeSeconds { get; init; }

    /// <summary>How the replica that answers shares its processors; null where nothing is served.</summary>
    public ThreadPlanInfo? Threads { get; init; }

    /// <summary>Versions that are loaded in the replica that answers.</summary>
    public IReadOnlyList<LoadedVersionInfo> Loaded { get; set; } = [];

    public IReadOnlyList<ReplicaInfo> Replicas { get; set; } = [];

    /// <summary>For administrators: the settings of the replica that answers, as they are in force.</summary>
    public IReadOnlyList<SettingInfo> Settings { get; set; } = [];
}

/// <summary>Where artifacts are stored.</summary>
public sealed record ArtifactStorageInfo
{
    /// <summary><c>folder</c> or <c>bucket</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The bucket's address, without its settings; null for a folder.</summary>
    public string? Location { get; init; }

    /// <summary>It answered when it was last asked.</summary>
    public bool Reachable { get; set; } = true;

    /// <summary>Why it does not answer, as the end of a sentence; null when it does.</summary>
    public string? Fault { get; init; }

    /// <summary>Bytes of copies on the replica's disk; null for a folder.</summary>
    public long? CachedBytes { get; init; }

    /// <summary>Most bytes of copies; null for a folder.</summary>
    public long? CacheBytes { get; init; }
}

/// <summary>A setting as it is in force.</summary>
/// <param name="Name">As it is given at the start, or in words where the start cannot change it.</param>
/// <param name="Value">In words; of what is secret only whether it is set.</param>
public sealed record SettingInfo(string Name, string Value);

/// <summary>How a process shares its processors among all models.</summary>
/// <param name="Processors">Processors that the process may use.</param>
/// <param name="ConcurrentRuns">Most model runs at once, short ones apart.</param>
/// <param name="PoolThreads">Threads of the pool for variants that ask for more than one a run.</param>
public sealed record ThreadPlanInfo(int Processors, int ConcurrentRuns, int PoolThreads);

/// <summary>A version that is loaded in a process, once for all variants that use it alike.</summary>
public sealed record LoadedVersionInfo
{
    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary>Threads that each of its runs may use.</summary>
    public int ThreadsPerRun { get; set; } = 1;

    /// <summary>Memory that it is accounted with, as its probe measured.</summary>
    public long ResidentBytes { get; init; }
}

/// <summary>One process of the installation.</summary>
public sealed record ReplicaInfo
{
    public required string Name { get; init; }

    public string Version { get; set; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset HeartbeatAt { get; init; }

    /// <summary>Its last heartbeat is within the lease.</summary>
    public bool Live { get; init; }
}
