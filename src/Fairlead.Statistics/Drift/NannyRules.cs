using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>What NannyML would show for a chunk of a column.</summary>
/// <param name="Value">The distance or statistic.</param>
/// <param name="P">The p-value of its χ² test; NaN for the others, which have none.</param>
/// <param name="Bins">The bins of a numeric column, where the method has any.</param>
public readonly record struct NannyScore(double Value, double P, Bins? Bins);

/// <summary>
/// The univariate rules of NannyML 0.13, for those who come from it and to compare with. Numbers are told apart by
/// Doane's bins of the reference alone, with one more bin for what lies outside; nothing is added to empty cells.
/// Kolmogorov–Smirnov and Wasserstein are computed exactly here for any size, where it estimates them from 10,000 bins
/// above 10,000 reference rows.
/// </summary>
public static class NannyRules
{
    /// <summary>The value of a numeric column.</summary>
    /// <param name="method"><c>jensen_shannon</c>, <c>hellinger</c>, <c>kolmogorov_smirnov</c> or
    /// <c>wasserstein</c>.</param>
    /// <param name="reference">Values; what is not finite is left out.</param>
    /// <param name="current">Likewise.</param>
    /// <exception cref="ArgumentException">Another method.</exception>
    public static NannyScore Continuous(string method, ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        var (x, y) = (CleanSample.Of(reference).Values, CleanSample.Of(current).Values);
        switch (method)
        {
            case "kolmogorov_smirnov":
                return new(
                    KolmogorovSmirnov.Statistic(QuantileView.OfSample(x), QuantileView.OfSample(y)), double.NaN, null);
            case "wasserstein":
                return new(Transport.Wasserstein(x, y), double.NaN, null);
            case "jensen_shannon" or "hellinger":
                var bins = Drift.Bins.Of(x, BinRule.Doane);
                return Binned(method, bins, bins.CountsOf(x), y);
            default:
                throw new ArgumentException($"There is no method '{method}' for numbers.", nameof(method));
        }
    }

    /// <summary>The value of a chunk against a reference whose bins and counts are known, which is quicker.</summary>
    public static NannyScore Binned(string method, Bins bins, double[] referenceCounts, ReadOnlySpan<double> current)
    {
        var counts = bins.CountsOf(current);
        return Cells(method, [.. referenceCounts, 0], [.. counts, current.Length - counts.Sum()], bins);
    }

    /// <summary>The value of a column of categories.</summary>
    /// <param name="method"><c>jensen_shannon</c>, <c>hellinger</c>, <c>l_infinity</c> or <c>chi2</c>.</param>
    /// <param name="reference">Values, none missing.</param>
    /// <param name="current">Likewise.</param>
    /// <exception cref="ArgumentException">Another method.</exception>
    public static NannyScore Categorical(string method, IEnumerable<string> reference, IEnumerable<string> current)
    {
        var cells = AlignedCategories.Of(reference, current);
        switch (method)
        {
            case "chi2":
                var test = Contingency.Independence([cells.Reference, cells.Current], yates: true);
                return new(test.Statistic, test.P, null);
            case "l_infinity":
                return new(cells.LInfinity().Distance, double.NaN, null);
            case "jensen_shannon" or "hellinger":
                // What the reference does not have is one cell together.
                var known = Enumerable.Range(0, cells.Names.Count).Where(i => cells.Reference[i] > 0).ToArray();
                return Cells(
                    method,
                    [.. known.Select(i => cells.Reference[i]), 0],
                    [.. known.Select(i => cells.Current[i]), cells.Current.Sum() - known.Sum(i => cells.Current[i])],
                    null);
            default:
                throw new ArgumentException($"There is no method '{method}' for categories.", nameof(method));
        }
    }

    /// <summary>
    /// Its default alarm: outside mean ± so many standard deviations (divided by n) of the values of the reference's
    /// own chunks; NaN ones are left out.
    /// </summary>
    public static Interval Threshold(ReadOnlySpan<double> values, double multiplier = 3)
    {
        var moments = Moments.Of(CleanSample.Of(values).Values);
        if (moments.Count == 0)
            return Interval.Undefined;
        var variance = moments.Count < 2 ? 0 : moments.Variance * (moments.Count - 1) / moments.Count;
        return Interval.Around(moments.Mean, multiplier * Math.Sqrt(variance));
    }

    private static NannyScore Cells(string method, double[] p, double[] q, Bins? bins) => new(
        method == "hellinger" ? Divergences.Hellinger(p, q) : Divergences.JensenShannonDistance(p, q, LogBase.Two),
        double.NaN,
        bins);
}
