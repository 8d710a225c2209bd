using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>What a χ² test says.</summary>
/// <param name="Statistic">The statistic.</param>
/// <param name="P">Its p-value; 1 without degrees of freedom.</param>
/// <param name="Degrees">Degrees of freedom.</param>
/// <param name="Expected">What each cell expects under the null hypothesis.</param>
public readonly record struct ContingencyResult(double Statistic, double P, int Degrees, double[][] Expected)
{
    internal static ContingencyResult Nothing { get; } = new(0, 1, 0, []);
}

/// <summary>
/// Tests of counts by category. One category says nothing: statistic 0 and p = 1, where others give NaN.
/// <para>Sources: K. Pearson 1900; F. Yates 1934; S. S. Wilks 1938 for G. Valid where cells expect about five or
/// more.</para>
/// </summary>
public static class Contingency
{
    /// <summary>
    /// Pearson's χ² of independence of a table: one row a sample, one column a category. Categories and samples without
    /// any count are left out, so a category that is new or gone is one cell like any other.
    /// </summary>
    /// <param name="table">Counts, 0 or above; rows of one length.</param>
    /// <param name="yates">With one degree of freedom, moves each count towards what is expected by ½, at most all the
    /// way.</param>
    public static ContingencyResult Independence(IReadOnlyList<double[]> table, bool yates)
    {
        var rows = table.Where(row => row.Sum() > 0).ToArray();
        if (rows.Length == 0)
            return ContingencyResult.Nothing;
        if (rows.Any(row => row.Length != rows[0].Length))
            throw new ArgumentException("The rows of the table differ in length.", nameof(table));
        var columns = Enumerable.Range(0, rows[0].Length).Where(j => rows.Sum(row => row[j]) > 0).ToArray();
        var degrees = (rows.Length - 1) * (columns.Length - 1);
        var total = rows.Sum(row => row.Sum());
        var expected = rows.Select(row =>
            columns.Select(j => row.Sum() * (rows.Sum(other => other[j]) / total)).ToArray()).ToArray();
        if (degrees < 1)
            return new(0, 1, 0, expected);

        var statistic = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < columns.Length; j++)
            {
                var difference = Math.Abs(rows[i][columns[j]] - expected[i][j]);
                if (yates && degrees == 1)
                    difference -= Math.Min(0.5, difference);
                statistic += difference * difference / expected[i][j];
            }
        }

        return new(statistic, ChiSquare.UpperTail(statistic, degrees), degrees, expected);
    }

    /// <summary>
    /// Pearson's χ² of goodness of fit, Σ (o − e)²/e with the expected counts scaled to the observed sum. A cell that
    /// expects nothing but has something makes it ∞ and p 0.
    /// </summary>
    public static ContingencyResult Goodness(ReadOnlySpan<double> observed, ReadOnlySpan<double> expected) =>
        Fit(observed, expected, (o, e) => o == e ? 0 : (o - e) * (o - e) / e);

    /// <summary>The G test of goodness of fit, 2 Σ o ln(o/e), likewise.</summary>
    public static ContingencyResult G(ReadOnlySpan<double> observed, ReadOnlySpan<double> expected) =>
        Fit(observed, expected, (o, e) => o == 0 ? 0 : 2 * o * Math.Log(o / e));

    private static ContingencyResult Fit(
        ReadOnlySpan<double> observed, ReadOnlySpan<double> expected, Func<double, double, double> cell)
    {
        var (q, p) = Divergences.Shares(observed, expected);
        if (q.Length < 2)
            return ContingencyResult.Nothing;
        double total = 0, statistic = 0;
        foreach (var count in observed)
            total += count;
        var scaled = p.Select(share => share * total).ToArray();
        for (var i = 0; i < q.Length; i++)
            statistic += cell(observed[i], scaled[i]);
        statistic = Math.Max(0, statistic);
        var tail = double.IsPositiveInfinity(statistic) ? 0 : ChiSquare.UpperTail(statistic, q.Length - 1);
        return new(statistic, tail, q.Length - 1, [scaled]);
    }
}
