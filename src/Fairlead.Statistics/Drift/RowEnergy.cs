using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// The energy distance of two samples of rows, 2E|X − Y| − E|X − X′| − E|Y − Y′| with Euclidean distances: 0 only
/// where the distributions are the same.
/// <para>Source: G. J. Székely, M. L. Rizzo, "Energy statistics", J. Stat. Plan. Inference 143 (2013). Time and memory
/// are of the square of the rows: the test takes at most so many of each side, drawn by the seed.</para>
/// </summary>
public static class RowEnergy
{
    /// <summary>The unbiased estimate, which can be below 0; NaN with fewer than two rows a side.</summary>
    public static double Distance(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current)
    {
        if (reference.Count < 2 || current.Count < 2)
            return double.NaN;
        return 2 * Across(reference, current) - Within(reference) - Within(current);
    }

    /// <summary>
    /// The share of the distance across that is not also within, E/2E|X − Y|: 0 for the same distribution, 1 for two
    /// different points. NaN where it is not defined.
    /// </summary>
    public static double Inhomogeneity(IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current) =>
        Distance(reference, current) / (2 * Across(reference, current));

    /// <summary>
    /// The test by permutations of the pooled rows. Where all rows are equal or a side has fewer than two there is
    /// nothing to compare (p = 1).
    /// </summary>
    /// <param name="reference">Rows of one length, finite.</param>
    /// <param name="current">Likewise.</param>
    /// <param name="seed">Draws the rows and the permutations.</param>
    /// <param name="permutations">The most; samples that are alike need few (Besag and Clifford 1991).</param>
    /// <param name="mostRows">At most so many rows a side.</param>
    public static TestOutcome Test(
        IReadOnlyList<double[]> reference, IReadOnlyList<double[]> current, ulong seed, int permutations = 199,
        int mostRows = 500)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permutations, 1);
        var random = new SplitMix64(seed);
        var x = KernelDiscrepancy.Draw(reference, mostRows, random);
        double[][] pooled = [.. x, .. KernelDiscrepancy.Draw(current, mostRows, random)];
        if (x.Length < 2 || pooled.Length - x.Length < 2)
            return TestOutcome.Nothing;
        double[][] likeness = [.. pooled.Select(a => pooled.Select(b => -Apart(a, b)).ToArray())];
        return likeness.All(row => row.All(each => each == 0))
            ? TestOutcome.Nothing
            : PermutationTest.Test(likeness, x.Length, random, permutations);
    }

    private static double Across(IReadOnlyList<double[]> x, IReadOnlyList<double[]> y) =>
        x.Sum(a => y.Sum(b => Apart(a, b))) / ((double)x.Count * y.Count);

    private static double Within(IReadOnlyList<double[]> x) =>
        x.Sum(a => x.Sum(b => Apart(a, b))) / ((double)x.Count * (x.Count - 1));

    private static double Apart(double[] a, double[] b) => Math.Sqrt(KernelDiscrepancy.Squared(a, b));
}
