using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Facts;

/// <summary>
/// Sums of one metric by buckets of units, written by many requests at once. Buckets are guarded by a few locks, so
/// that requests of different units hardly ever meet.
/// </summary>
public sealed class BucketSums
{
    private const int Stripes = 16;

    private readonly double[] _records = new double[BucketTotals.Count];
    private readonly double[] _y = new double[BucketTotals.Count];
    private readonly double[] _x = new double[BucketTotals.Count];
    private readonly Lock[] _locks = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];

    /// <summary>Adds one request. A value that is not finite is left out.</summary>
    /// <param name="bucket">The bucket of its unit.</param>
    /// <param name="y">The numerator.</param>
    /// <param name="x">The denominator.</param>
    public void Add(int bucket, double y, double x)
    {
        if (!double.IsFinite(y) || !double.IsFinite(x))
            return;
        lock (_locks[bucket % Stripes])
        {
            _records[bucket]++;
            _y[bucket] += y;
            _x[bucket] += x;
        }
    }

    /// <summary>A copy in which every bucket belongs together.</summary>
    public BucketTotals Read()
    {
        var (records, y, x) = (new double[BucketTotals.Count], new double[BucketTotals.Count],
            new double[BucketTotals.Count]);
        for (var stripe = 0; stripe < Stripes; stripe++)
        {
            lock (_locks[stripe])
            {
                for (var bucket = stripe; bucket < BucketTotals.Count; bucket += Stripes)
                    (records[bucket], y[bucket], x[bucket]) = (_records[bucket], _y[bucket], _x[bucket]);
            }
        }

        return new BucketTotals(records, y, x);
    }
}
