using System.Numerics;

namespace Fairlead.Serving.Facts;

/// <summary>
/// Counts durations finely enough for quantiles to be compared: eight buckets to each doubling, from 1 µs to about
/// 2 minutes, so that a quantile is known to 9 %. Mergeable by addition; recording is one atomic addition.
/// </summary>
public sealed class TimeHistogram
{
    /// <summary>Number of buckets. Part of the stored form: it never changes.</summary>
    public const int Buckets = 27 * 8 + 1;

    private readonly long[] _counts = new long[Buckets];

    /// <summary>The counts, not cumulated.</summary>
    public long Count(int bucket) => Volatile.Read(ref _counts[bucket]);

    public void Record(TimeSpan duration) => Interlocked.Increment(ref _counts[BucketOf(duration.Ticks)]);

    /// <summary>Adds counts of another replica.</summary>
    public void Add(int bucket, long count) => Interlocked.Add(ref _counts[bucket], count);

    /// <summary>
    /// The q-quantile in seconds, within its bucket by interpolation between the bounds; NaN when nothing was counted.
    /// </summary>
    public double Quantile(double q)
    {
        long total = 0;
        foreach (var count in _counts)
            total += count;
        if (total == 0)
            return double.NaN;

        var rank = Math.Clamp(q, 0, 1) * total;
        double below = 0;
        for (var i = 0; i < Buckets; i++)
        {
            if (_counts[i] > 0 && below + _counts[i] >= rank)
                return LowerBound(i) + (LowerBound(i + 1) - LowerBound(i)) * ((rank - below) / _counts[i]);
            below += _counts[i];
        }

        return LowerBound(Buckets);
    }

    /// <summary>Number of durations.</summary>
    public long Total()
    {
        long total = 0;
        for (var i = 0; i < Buckets; i++)
            total += Count(i);
        return total;
    }

    private static int BucketOf(long ticks)
    {
        var tenths = Math.Max(ticks, 10);
        if (tenths >= 10L << 27)
            return Buckets - 1;

        // The octave is the doubling of 10 ticks (1 µs); within it, eight equal parts.
        var octave = BitOperations.Log2((ulong)tenths / 10);
        var part = (int)((tenths - (10L << octave)) * 8 / (10L << octave));
        return octave * 8 + part;
    }

    private static double LowerBound(int bucket) =>
        (10L << (bucket / 8)) * (1 + bucket % 8 / 8.0) / TimeSpan.TicksPerSecond;
}
