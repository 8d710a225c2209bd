using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Buckets;

/// <summary>A figure of one arm with the variance of the figure itself.</summary>
/// <param name="Records">Records behind it.</param>
/// <param name="Value">The figure; NaN when there is nothing to divide by.</param>
/// <param name="Variance">Its variance between units; NaN when too few buckets are filled to tell.</param>
public readonly record struct BucketFigure(double Records, double Value, double Variance)
{
    /// <summary>The figure as the tests of means take it.</summary>
    public MeanEstimate Estimate => new(Value, Variance);

    /// <summary>The difference to another arm's figure, and the variance of the difference.</summary>
    public BucketFigure Minus(BucketFigure control) =>
        new(Records + control.Records, Value - control.Value, Variance + control.Variance);

    /// <summary>
    /// The relative difference (this − control) / control, with its variance by the delta method.
    /// </summary>
    public BucketFigure RelativeTo(BucketFigure control)
    {
        var ratio = Value / control.Value;
        return new BucketFigure(Records + control.Records, ratio - 1,
            (Variance + ratio * ratio * control.Variance) / (control.Value * control.Value));
    }
}

/// <summary>
/// Sums of one metric in one arm and phase, kept apart in 1,024 buckets of units: every unit hashes into one bucket,
/// and each bucket keeps n, Σy and Σx. Many records of one unit are not independent; buckets of units are, so variances
/// are taken between buckets, and stay right with any number of records a unit, in memory that does not grow.
/// <para>
/// Sums add: over replicas, over time and in any order; what was added can be subtracted again when it turns out to
/// have been wrong.
/// </para>
/// <para>
/// With R = Σy/Σx and the residuals e_b = y_b − R·x_b, Var R = m/(m − 1) · Σe_b² / (Σx)² over the m filled buckets (the
/// delta method; A. Deng, U. Knoblich, J. Lu, KDD 2018).
/// </para>
/// </summary>
public sealed class BucketTotals
{
    /// <summary>Number of buckets. Part of every stored window: it never changes.</summary>
    public const int Count = 1024;

    /// <summary>Filled buckets below which no variance is told.</summary>
    public const int FewestForVariance = 10;

    private readonly double[] records;
    private readonly double[] y;
    private readonly double[] x;

    /// <summary>Empty totals.</summary>
    public BucketTotals() => (records, y, x) = (new double[Count], new double[Count], new double[Count]);

    /// <summary>Totals read back from where they were stored, 1,024 values each.</summary>
    public BucketTotals(ReadOnlySpan<double> records, ReadOnlySpan<double> y, ReadOnlySpan<double> x)
    {
        if (records.Length != Count || y.Length != Count || x.Length != Count)
            throw new ArgumentException(
                $"Stored totals have {Count} buckets, not {records.Length}, {y.Length} and {x.Length}.");
        (this.records, this.y, this.x) = (records.ToArray(), y.ToArray(), x.ToArray());
    }

    /// <summary>Number of records of each bucket.</summary>
    public ReadOnlySpan<double> Records => records;

    /// <summary>Σy of each bucket.</summary>
    public ReadOnlySpan<double> Y => y;

    /// <summary>Σx of each bucket.</summary>
    public ReadOnlySpan<double> X => x;

    /// <summary>
    /// The bucket of a unit by its hash (<see cref="Assignment.UnitHash"/>): the top bits of a product with 2⁶⁴/φ. The
    /// draws that assign arms mix the hash in another way, so buckets and arms are independent.
    /// </summary>
    public static int BucketOf(ulong unit) => (int)((unit * 0x9E3779B97F4A7C15UL) >> 54);

    /// <summary>Adds to a bucket: one record by default.</summary>
    /// <param name="bucket">From <see cref="BucketOf"/>.</param>
    /// <param name="valueY">The metric's numerator: an error, an amount, a click. Must be finite.</param>
    /// <param name="valueX">Its denominator where it is a ratio of two sums, else left out. Must be finite.</param>
    /// <param name="count">Records added; negative to take back.</param>
    public void Add(int bucket, double valueY, double valueX = 1, double count = 1)
    {
        // One infinity would spoil the sums for ever.
        if (!double.IsFinite(valueY) || !double.IsFinite(valueX))
            throw new ArgumentOutOfRangeException(nameof(valueY), (valueY, valueX), "Only finite values add up.");
        records[bucket] += count;
        y[bucket] += valueY;
        x[bucket] += valueX;
    }

    /// <summary>Adds the totals of another replica or window.</summary>
    public void Add(BucketTotals other)
    {
        for (var bucket = 0; bucket < Count; bucket++)
        {
            records[bucket] += other.records[bucket];
            y[bucket] += other.y[bucket];
            x[bucket] += other.x[bucket];
        }
    }

    /// <summary>The mean of y over the records.</summary>
    public BucketFigure MeanOfRecords() => Figure(records);

    /// <summary>The ratio Σy/Σx.</summary>
    public BucketFigure Ratio() => Figure(x);

    private BucketFigure Figure(double[] denominators)
    {
        double sumY = 0, sumX = 0, sumRecords = 0;
        var filled = 0;
        for (var bucket = 0; bucket < Count; bucket++)
        {
            sumRecords += records[bucket];
            sumY += y[bucket];
            sumX += denominators[bucket];
            filled += records[bucket] > 0 ? 1 : 0;
        }

        if (sumX == 0)
            return new BucketFigure(sumRecords, double.NaN, double.NaN);
        var ratio = sumY / sumX;
        if (filled < FewestForVariance)
            return new BucketFigure(sumRecords, ratio, double.NaN);

        var squares = 0.0;
        for (var bucket = 0; bucket < Count; bucket++)
        {
            var residual = y[bucket] - ratio * denominators[bucket];
            squares += residual * residual;
        }

        return new BucketFigure(sumRecords, ratio, squares * filled / (filled - 1) / (sumX * sumX));
    }
}
