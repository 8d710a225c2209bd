using System.Threading.Channels;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;

namespace Fairlead.Serving.Facts;

/// <summary>
/// What a row of an answer leaves behind, so that what turns out later can be joined to it.
/// </summary>
/// <param name="Id">The prediction's id.</param>
/// <param name="Unit">The hash of its unit.</param>
/// <param name="Observation">Names the labels and slices.</param>
/// <param name="Labels">The predicted values, aligned with the observation's labels; null: there is none.</param>
/// <param name="Slices">The values of its fields, aligned with the observation's slices.</param>
public sealed record AnswerRecord(
    PredictionId Id, ulong Unit, Observation Observation, IReadOnlyList<string?> Labels, IReadOnlyList<string?> Slices)
{
    /// <summary>Its unit is of those that enter the endpoint's value.</summary>
    public bool Sampled { get; init; } = true;

    /// <summary>
    /// An arm was drawn by the unit. What named a version, or had no unit, takes no part in what arms are compared by.
    /// </summary>
    public bool IsAssigned { get; init; } = true;

    /// <summary>Which row of the request, from 0.</summary>
    public ushort Row { get; init; }

    /// <summary>The scores, aligned with the observation's; NaN: not one row. Empty: none are observed.</summary>
    public IReadOnlyList<double> Scores { get; init; } = [];

    /// <summary>The numbers of the row, as many as are kept; empty: none are observed.</summary>
    public IReadOnlyList<double> Features { get; init; } = [];
}

/// <summary>
/// Records on their way from the requests to whoever stores them. Bounded: when nobody takes them, new ones are dropped
/// and counted, and no request waits.
/// </summary>
public sealed class AnswerRecords
{
    /// <summary>Most records that wait.</summary>
    public const int Capacity = 65_536;

    /// <summary>Most rows of one request that leave records; those behind them are counted.</summary>
    public const int MostRows = 256;

    private readonly Channel<AnswerRecord> _waiting = Channel.CreateBounded<AnswerRecord>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    private long _dropped;
    private long _leftOut;

    /// <summary>Records that were dropped since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Rows of requests with more than <see cref="MostRows"/> that left no record, since the start.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>Counts rows that leave no record.</summary>
    public void LeaveOut(int rows) => Interlocked.Add(ref _leftOut, rows);

    /// <summary>Where they are taken from, by one reader.</summary>
    public ChannelReader<AnswerRecord> Reader => _waiting.Reader;

    /// <summary>Adds a record; false, and counted, when there is no room.</summary>
    public bool TryAdd(AnswerRecord record)
    {
        if (_waiting.Writer.TryWrite(record))
            return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }
}
