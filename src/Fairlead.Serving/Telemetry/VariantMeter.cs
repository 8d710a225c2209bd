using Fairlead.Inference.Batching;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Telemetry;

/// <summary>What is counted of one variant: never sampled and never dropped.</summary>
public sealed class VariantMeter
{
    /// <summary>Upper bounds of the batch-size buckets in rows; a last bucket without a bound follows.</summary>
    public static readonly int[] BatchBounds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

    private readonly long[] _outcomes = new long[FailureTable.Count];
    private readonly long[] _batches = new long[BatchBounds.Length + 1];
    private readonly long[] _reasons = new long[Enum.GetValues<DispatchReason>().Length];
    private long _batchRows;
    private long _rows;
    private long _processorTicks;

    /// <summary>From the arrival of the request to the written answer.</summary>
    public LatencyHistogram Total { get; } = new();

    /// <summary>From admission to the beginning of the run.</summary>
    public LatencyHistogram Queue { get; } = new();

    /// <summary>The run of the model.</summary>
    public LatencyHistogram Compute { get; } = new();

    /// <summary>Writing the answer's body.</summary>
    public LatencyHistogram Encode { get; } = new();

    /// <summary>Rows answered.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Rows of all runs, for the mean batch size.</summary>
    public long BatchRows => Volatile.Read(ref _batchRows);

    /// <summary>Processor time of the model's runs.</summary>
    public TimeSpan ProcessorTime => TimeSpan.FromTicks(Volatile.Read(ref _processorTicks));

    public void Outcome(PredictFailure outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    public long Count(PredictFailure outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>Runs that began for a reason.</summary>
    public long Runs(DispatchReason reason) => Volatile.Read(ref _reasons[(int)reason]);

    /// <summary>Counts rows that were answered without a run.</summary>
    public void Answered(int rows) => Interlocked.Add(ref _rows, rows);

    /// <summary>Counts a finished run item; the run itself is counted once, under the item that leads it.</summary>
    public void Ran(RunItem item)
    {
        Interlocked.Add(ref _rows, item.Rows);
        Interlocked.Add(ref _processorTicks, item.ProcessorTime.Ticks);
        if (!item.LeadsBatch)
            return;

        var bucket = 0;
        while (bucket < BatchBounds.Length && item.BatchRows > BatchBounds[bucket])
            bucket++;
        Interlocked.Increment(ref _batches[bucket]);
        Interlocked.Increment(ref _reasons[(int)item.Reason]);
        Interlocked.Add(ref _batchRows, item.BatchRows);
    }

    /// <summary>Copies the counts of the batch-size buckets, not cumulated; the last one has no bound.</summary>
    public void ReadBatches(Span<long> counts)
    {
        for (var i = 0; i < _batches.Length; i++)
            counts[i] = Volatile.Read(ref _batches[i]);
    }
}
