namespace Fairlead.Serving.Telemetry;

/// <summary>
/// Counts durations in fixed buckets, from 50 µs to 30 s. Recording is two or three atomic additions and never waits.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Upper bounds of the buckets in seconds; a last bucket without a bound follows.</summary>
    public static readonly double[] Bounds =
    [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ];

    private static readonly long[] BoundTicks = [.. Bounds.Select(bound => (long)(bound * TimeSpan.TicksPerSecond))];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _sumTicks;

    public void Record(TimeSpan duration)
    {
        var ticks = Math.Max(0, duration.Ticks);
        var bucket = 0;
        while (bucket < BoundTicks.Length && ticks > BoundTicks[bucket])
            bucket++;
        Interlocked.Increment(ref _counts[bucket]);
        Interlocked.Add(ref _sumTicks, ticks);
    }

    /// <summary>Copies the counts of the buckets (not cumulated) and returns their number and sum in seconds.</summary>
    public (long Count, double SumSeconds) Read(Span<long> counts)
    {
        long total = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            counts[i] = Volatile.Read(ref _counts[i]);
            total += counts[i];
        }

        return (total, Volatile.Read(ref _sumTicks) / (double)TimeSpan.TicksPerSecond);
    }
}
