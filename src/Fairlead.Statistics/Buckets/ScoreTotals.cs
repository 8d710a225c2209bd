using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Buckets;

/// <summary>
/// How one arm ranked: counts of positives and negatives by the bin of their score (<see cref="ScoreBins"/>) and by the
/// bucket of their unit (<see cref="BucketTotals"/>). Counts add over replicas and time, and what turned out to have
/// been wrong is subtracted again. At most 1,024 × 768 cells, and never more than records.
/// <para>
/// The area under the ROC curve is Σ over positives of the share of negatives that score lower, ties counting half. Its
/// variance is taken between buckets of units: with F the share of negatives below a score and S the share of positives
/// above it, a bucket's residual is e_b = Σ_{its positives}(F − A)/P + Σ_{its negatives}(S − A)/N, and Var A = m/(m −
/// 1) · Σ e_b² over the m filled buckets: DeLong's variance where every unit has one record, and right where units have
/// many (E. R. DeLong et al., Biometrics 44 (1988); N. A. Obuchowski, Biometrics 53 (1997)).
/// </para>
/// </summary>
public sealed class ScoreTotals
{
    private readonly Dictionary<int, Cell> _cells = [];

    /// <summary>Adds records; a negative count takes them back.</summary>
    /// <param name="bucket">From <see cref="BucketTotals.BucketOf"/>.</param>
    /// <param name="bin">From <see cref="ScoreBins.Of"/>; 0 to <see cref="ScoreBins.Count"/> − 1.</param>
    /// <param name="positive">What they turned out to be.</param>
    /// <param name="count">How many.</param>
    public void Add(int bucket, int bin, bool positive, double count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bucket);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bucket, BucketTotals.Count);
        ArgumentOutOfRangeException.ThrowIfNegative(bin);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(bin, ScoreBins.Count);
        ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(_cells, bucket * ScoreBins.Count + bin, out _);
        cell = positive
            ? cell with { Positives = cell.Positives + count }
            : cell with { Negatives = cell.Negatives + count };
    }

    /// <summary>Adds the totals of another replica or window.</summary>
    public void Add(ScoreTotals other)
    {
        foreach (var (key, added) in other._cells)
        {
            ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(_cells, key, out _);
            cell = new Cell(cell.Positives + added.Positives, cell.Negatives + added.Negatives);
        }
    }

    /// <summary>
    /// The area under the ROC curve; NaN without a positive and a negative. Its variance is NaN with fewer than
    /// <see cref="BucketTotals.FewestForVariance"/> filled buckets.
    /// </summary>
    public BucketFigure Auc()
    {
        var (positives, negatives, p, n) = ByBin();
        if (!(p > 0) || !(n > 0))
            return new BucketFigure(p + n, double.NaN, double.NaN);

        // Of each bin: the share of negatives that score lower, and of positives that score higher; ties count half.
        var (below, above) = (new double[ScoreBins.Count], new double[ScoreBins.Count]);
        double area = 0, lower = 0, passed = 0;
        for (var bin = 0; bin < ScoreBins.Count; bin++)
        {
            below[bin] = (lower + negatives[bin] / 2) / n;
            passed += positives[bin];
            above[bin] = (p - passed + positives[bin] / 2) / p;
            area += positives[bin] * below[bin] / p;
            lower += negatives[bin];
        }

        return new BucketFigure(p + n, area, Variance(area, below, above, p, n));
    }

    /// <summary>
    /// The most by which <see cref="Auc"/> can differ from the area of the scores themselves, because scores of one bin
    /// count as equal: half the share of the pairs of a positive and a negative that share a bin. NaN without such
    /// pairs.
    /// </summary>
    public double LargestBinningError()
    {
        var (positives, negatives, p, n) = ByBin();
        var ties = 0.0;
        for (var bin = 0; bin < ScoreBins.Count; bin++)
            ties += positives[bin] * negatives[bin];
        return p > 0 && n > 0 ? ties / (2 * p * n) : double.NaN;
    }

    private double Variance(double area, double[] below, double[] above, double p, double n)
    {
        var (residuals, records) = (new double[BucketTotals.Count], new double[BucketTotals.Count]);
        foreach (var (key, cell) in _cells)
        {
            var (bucket, bin) = Math.DivRem(key, ScoreBins.Count);
            records[bucket] += cell.Positives + cell.Negatives;
            residuals[bucket] += cell.Positives * (below[bin] - area) / p + cell.Negatives * (above[bin] - area) / n;
        }

        var filled = records.Count(each => each > 0);
        return filled < BucketTotals.FewestForVariance
            ? double.NaN
            : residuals.Sum(residual => residual * residual) * filled / (filled - 1);
    }

    private (double[] Positives, double[] Negatives, double P, double N) ByBin()
    {
        var (positives, negatives) = (new double[ScoreBins.Count], new double[ScoreBins.Count]);
        foreach (var (key, cell) in _cells)
        {
            positives[key % ScoreBins.Count] += cell.Positives;
            negatives[key % ScoreBins.Count] += cell.Negatives;
        }

        return (positives, negatives, positives.Sum(), negatives.Sum());
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Cell(double Positives, double Negatives);
}
