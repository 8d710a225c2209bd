using System.Collections.Immutable;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// How requests of one variant are put together into batches. Only versions that the probe found batchable are ever
/// batched; for the others these settings have no effect, and the endpoint's status says so.
/// </summary>
public sealed record BatchSettings
{
    /// <summary>Default of <see cref="MaxRows"/>.</summary>
    public const int DefaultMaxRows = 32;

    /// <summary>Upper bound of <see cref="MaxRows"/>.</summary>
    public const int LimitMaxRows = 4096;

    /// <summary>Upper bound of <see cref="MaxDelay"/>.</summary>
    public static readonly TimeSpan LimitMaxDelay = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Most rows of a batch; 1 switches batching off. Default 32, at most 4,096. A larger single request runs alone.
    /// </summary>
    public int MaxRows { get; init; } = DefaultMaxRows;

    /// <summary>
    /// Longest time that the oldest waiting request is held back for others to join. Default zero: nobody waits for
    /// company, and batches form only from requests that wait for a free processor anyway. At most 1 s.
    /// </summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;

    /// <summary>
    /// Row counts at which a batch leaves at once, the largest that is filled first. Empty: only <see cref="MaxRows"/>.
    /// </summary>
    public ImmutableArray<int> PreferredRows { get; init; } = [];

    public bool Equals(BatchSettings? other) =>
        other is not null && MaxRows == other.MaxRows && MaxDelay == other.MaxDelay
        && PreferredRows.SequenceEqual(other.PreferredRows);

    public override int GetHashCode() => HashCode.Combine(MaxRows, MaxDelay, PreferredRows.Length);
}

/// <summary>The runtime settings of one variant.</summary>
public sealed record VariantSettings
{
    /// <summary>How requests are batched.</summary>
    public BatchSettings Batching { get; init; } = new();

    /// <summary>
    /// Threads that one run may use. 0, the default, leaves it to the plan made from the machine's cores (one thread a
    /// run, as many runs at once as there are cores).
    /// </summary>
    public int ThreadsPerRun { get; init; }

    /// <summary>
    /// Most requests of this variant in the endpoint at once, running or waiting; 0: its share is not limited below the
    /// endpoint's bound.
    /// </summary>
    public int MaxInFlight { get; init; }
}

/// <summary>The bounds of an endpoint.</summary>
public sealed record EndpointLimits
{
    /// <summary>Default of <see cref="MaxInFlight"/>.</summary>
    public const int DefaultMaxInFlight = 1024;

    /// <summary>Default of <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most requests in the endpoint at once, running or waiting; the next is refused with 429. Default 1,024, 1 to
    /// 1,000,000.
    /// </summary>
    public int MaxInFlight { get; init; } = DefaultMaxInFlight;

    /// <summary>
    /// Longest time from the arrival of a request to its answer. Default 30 s, 1 ms to 10 min. A caller may ask for
    /// less.
    /// </summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}
