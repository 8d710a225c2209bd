using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// The maximum mean discrepancy of two samples of rows under the kernel exp(−|x − y|²/2σ²): 0 only where all moments
/// agree, so it finds changes of dependence that no column shows.
/// <para>Source: A. Gretton et al., J. Mach. Learn. Res. 13 (2012). Time and memory are of the square of the rows: the
/// test takes at most so many of each side, drawn by the seed.</para>
/// </summary>
public static class KernelDiscrepancy
{
    /// <summary>The unbiased estimate of MMD², their Lemma 6; may be below 0. NaN with fewer than two rows a
    /// side.</summary>
    public static double Unbiased(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current, double sigma)
    {
        Require.Positive(sigma);
        if (reference.Count < 2 || current.Count < 2)
            return double.NaN;
        var kernel = Kernel([.. reference, .. current], sigma);
        return Estimate(kernel, [.. Enumerable.Range(0, kernel.Length)], reference.Count);
    }

    /// <summary>
    /// The biased estimate of MMD² in one dimension or more, means over all pairs, a value with itself included.
    /// </summary>
    public static double Biased(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current, double sigma)
    {
        Require.Positive(sigma);
        return Mean(reference, reference, sigma) + Mean(current, current, sigma) - 2 * Mean(reference, current, sigma);
    }

    /// <summary>
    /// The median heuristic, √(½ · median of the squared distances of different rows). The median is the lower one of
    /// an even number, over the ordered pairs.
    /// </summary>
    public static double MedianSigma(IReadOnlyList<double[]> rows)
    {
        var distances = SquaredDistances(rows);
        return distances.Length == 0 ? 0 : Math.Sqrt(0.5 * distances[(distances.Length - 1) / 2]);
    }

    /// <summary>The same with the median over all ordered pairs, those of a row with itself included.</summary>
    public static double MedianSigmaWithSelf(IReadOnlyList<double[]> rows)
    {
        // Each different pair twice, each row with itself once.
        double[] all = [.. SquaredDistances(rows).SelectMany(d => new[] { d, d }), .. new double[rows.Count]];
        Array.Sort(all);
        return all.Length == 0 ? 0 : Math.Sqrt(0.5 * Hypotheses.Quantiles.OfSorted(all, 0.5));
    }

    /// <summary>
    /// The test by permutations of the pooled rows, p = (1 + those at least as great)/(1 + all), which ends early where
    /// the rows are alike (Besag and Clifford 1991). Where all rows are equal or a side has fewer than two there is
    /// nothing to compare (p = 1).
    /// </summary>
    /// <param name="reference">Rows of one length, finite.</param>
    /// <param name="current">Likewise.</param>
    /// <param name="seed">Draws the rows and the permutations.</param>
    /// <param name="permutations">The most.</param>
    /// <param name="mostRows">At most so many rows a side.</param>
    public static TestOutcome Test(
        IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current, ulong seed, int permutations = 199,
        int mostRows = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        var random = new SplitMix64(seed);
        var (x, y) = (Draw(reference, mostRows, random), Draw(current, mostRows, random));
        if (x.Length < 2 || y.Length < 2)
            return TestOutcome.Nothing;
        double[][] pooled = [.. x, .. y];
        var sigma = MedianSigma(pooled);
        if (!(sigma > 0))
            return TestOutcome.Nothing;

        return PermutationTest.Test(Kernel(pooled, sigma), x.Length, random, permutations);
    }

    /// <summary>So many rows drawn without order; all of them, in another order, where there are no more.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="most">How many, at most.</param>
    /// <param name="random">Draws them.</param>
    public static IReadOnlyList<double[]> Sample(IReadOnlyList<double[]> rows, int most, SplitMix64 random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(most);
        most = Math.Min(most, rows.Count);
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        for (var i = 0; i < most; i++)
        {
            var other = i + random.NextIndex(order.Length - i);
            (order[i], order[other]) = (order[other], order[i]);
        }

        return [.. order.Take(most).Select(i => rows[i])];
    }

    /// <summary>The same, and as they are where there are no more.</summary>
    internal static double[][] Draw(IReadOnlyList<double[]> rows, int most, SplitMix64 random) =>
        rows.Count <= most ? [.. rows] : [.. Sample(rows, most, random)];

    internal static void Shuffle(int[] order, SplitMix64 random)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.NextIndex(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    private static double Estimate(double[][] kernel, int[] order, int first)
    {
        double within = 0, across = 0, other = 0;
        for (var i = 0; i < order.Length; i++)
        {
            var row = kernel[order[i]];
            for (var j = 0; j < i; j++)
            {
                if (i < first)
                    within += row[order[j]];
                else if (j < first)
                    across += row[order[j]];
                else
                    other += row[order[j]];
            }
        }

        double n = first, m = order.Length - first;
        return 2 * within / (n * (n - 1)) + 2 * other / (m * (m - 1)) - 2 * across / (n * m);
    }

    private static double[][] Kernel(double[][] rows, double sigma) =>
        [.. rows.Select(a => rows.Select(b => Math.Exp(-Squared(a, b) / (2 * sigma * sigma))).ToArray())];

    private static double Mean(IReadOnlyList<double[]> x, IReadOnlyList<double[]> y, double sigma) =>
        x.Sum(a => y.Sum(b => Math.Exp(-Squared(a, b) / (2 * sigma * sigma)))) / ((double)x.Count * y.Count);

    private static double[] SquaredDistances(IReadOnlyList<double[]> rows)
    {
        var distances = new double[(long)rows.Count * (rows.Count - 1) / 2];
        var at = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = 0; j < i; j++)
                distances[at++] = Squared(rows[i], rows[j]);
        }

        Array.Sort(distances);
        return distances;
    }

    internal static double Squared(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
