using System.Collections.Concurrent;
using System.Collections.Frozen;
using Fairlead.Core.Endpoints;

namespace Fairlead.Serving.Facts;

/// <summary>What one arm did under one generation: never sampled and never dropped.</summary>
public sealed class ArmFacts
{
    private readonly Observation _observation;
    private readonly FrozenDictionary<string, BucketSums> _outputs;
    private readonly ConcurrentDictionary<(string Field, string Value), ArmFacts>? _slices;
    private readonly Lock _pairsLock = new();
    private readonly PairSums _pairs = new();
    private int _sliceCount;
    private long _slicesDropped;
    private long _recordsDropped;

    public ArmFacts(Observation observation)
        : this(observation, sliced: observation.Slices.Length > 0)
    {
    }

    private ArmFacts(Observation observation, bool sliced)
    {
        _observation = observation;
        _outputs = observation.Outputs.ToFrozenDictionary(
            output => output.Metric, _ => new BucketSums(), StringComparer.Ordinal);
        _slices = sliced ? new() : null;
    }

    /// <summary>Requests (x) and those that were not answered (y), by buckets of units.</summary>
    public BucketSums Requests { get; } = new();

    /// <summary>From arrival to answer.</summary>
    public TimeHistogram Latency { get; } = new();

    /// <summary>The model's run, by row.</summary>
    public TimeHistogram Compute { get; } = new();

    /// <summary>Copies that stable's and this arm's answers were compared of (x) and that differed (y).</summary>
    public BucketSums Disagreements { get; } = new();

    /// <summary>Of the copies: the worst differences to what was answered.</summary>
    public WorstExamples Worst { get; } = new();

    /// <summary>Sums of the observed outputs by metric.</summary>
    public IReadOnlyDictionary<string, BucketSums> Outputs => _outputs;

    /// <summary>Figures by the value of a field.</summary>
    public IEnumerable<KeyValuePair<(string Field, string Value), ArmFacts>> Slices => _slices ?? [];

    /// <summary>Requests whose slice could not be kept apart any more.</summary>
    public long SlicesDropped => Volatile.Read(ref _slicesDropped);

    /// <summary>Payload records that were dropped; output metrics of a window with more than 1 % are no data.</summary>
    public long RecordsDropped => Volatile.Read(ref _recordsDropped);

    internal void RecordDropped() => Interlocked.Increment(ref _recordsDropped);

    /// <summary>Counts an answer's observed outputs.</summary>
    internal void Output(string metric, int bucket, double sum, double rows) => _outputs[metric].Add(bucket, sum, rows);

    /// <summary>Adds to the pairs of answers, or reads them, while nobody else does.</summary>
    internal void WithPairs(Action<PairSums> use)
    {
        lock (_pairsLock)
            use(_pairs);
    }

    /// <summary>The figures of one slice; null when there are too many already.</summary>
    internal ArmFacts? Slice(string field, string value)
    {
        if (_slices!.TryGetValue((field, value), out var known))
            return known;
        if (Interlocked.Increment(ref _sliceCount) > Observation.MaxSlices * _observation.Slices.Length)
        {
            Interlocked.Decrement(ref _sliceCount);
            Interlocked.Increment(ref _slicesDropped);
            return null;
        }

        var made = new ArmFacts(_observation, sliced: false);
        var kept = _slices.GetOrAdd((field, value), made);
        if (kept != made)
            Interlocked.Decrement(ref _sliceCount);
        return kept;
    }
}
