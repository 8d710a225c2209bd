using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>What the signed-rank test says of paired differences.</summary>
/// <param name="Pairs">Differences that are not 0.</param>
/// <param name="W">The lesser of the rank sums of positive and negative differences.</param>
/// <param name="PExact">Two-sided exact p-value; NaN above <see cref="WilcoxonSignedRank.LargestExact"/> pairs.</param>
/// <param name="PAsymptotic">Two-sided p-value by the normal law with tie correction; NaN without pairs.</param>
public readonly record struct WilcoxonResult(int Pairs, double W, double PExact, double PAsymptotic);

/// <summary>
/// Wilcoxon's signed-rank test: are paired differences symmetric around 0?
/// <para>Source: F. Wilcoxon, Biometrics 1 (1945). Differences of 0 are left out, as he did. Equal differences share
/// their ranks; the exact law is the one without ties, as in the printed tables.</para>
/// </summary>
public static class WilcoxonSignedRank
{
    /// <summary>
    /// Greatest number of pairs for which the exact law is computed; 2^52 signs are still counted exactly.
    /// </summary>
    public const int LargestExact = 50;

    /// <summary>Tests challenger − champion on the same requests.</summary>
    /// <exception cref="ArgumentException">The spans differ in length, or a difference is NaN.</exception>
    public static WilcoxonResult Test(ReadOnlySpan<double> champion, ReadOnlySpan<double> challenger)
    {
        var differences = Differences(champion, challenger).Where(difference => difference != 0).ToArray();
        if (differences.Any(double.IsNaN))
            throw new ArgumentException("A difference is NaN; remove its pair first.", nameof(challenger));
        if (differences.Length == 0)
            return new(0, 0, 1, double.NaN);

        double n = differences.Length;
        var ranks = Ranks.Of(differences.Select(Math.Abs).ToArray(), out var tieTerm);
        var positive = differences.Zip(ranks).Where(pair => pair.First > 0).Sum(pair => pair.Second);
        var w = Math.Min(positive, n * (n + 1) / 2 - positive);
        var deviation = Math.Sqrt(n * (n + 1) * (2 * n + 1) / 24 - tieTerm / 48);
        return new(
            differences.Length,
            w,
            n <= LargestExact ? ExactTwoSided(differences.Length, w) : double.NaN,
            Normal.TwoSided((w - n * (n + 1) / 4) / deviation));
    }

    /// <summary>
    /// Tests the mean differences of buckets of units: rows of one unit go together and are no pairs of their own,
    /// while buckets are independent. The exact law up to <see cref="LargestExact"/> filled buckets, else the normal
    /// one; NaN without any.
    /// </summary>
    /// <param name="differences">Differences challenger − champion (y) and their number (x).</param>
    public static double BetweenUnits(BucketTotals differences)
    {
        var means = new List<double>();
        for (var bucket = 0; bucket < BucketTotals.Count; bucket++)
        {
            if (differences.X[bucket] > 0)
                means.Add(differences.Y[bucket] / differences.X[bucket]);
        }

        if (means.Count == 0)
            return double.NaN;
        var test = Test(new double[means.Count], means.ToArray());
        return double.IsNaN(test.PExact) ? test.PAsymptotic : test.PExact;
    }

    internal static double[] Differences(ReadOnlySpan<double> champion, ReadOnlySpan<double> challenger)
    {
        if (champion.Length != challenger.Length)
        {
            throw new ArgumentException(
                $"There are {champion.Length} values of the champion and {challenger.Length} of the challenger.",
                nameof(challenger));
        }

        var differences = new double[champion.Length];
        for (var i = 0; i < differences.Length; i++)
            differences[i] = challenger[i] - champion[i];
        return differences;
    }

    private static double ExactTwoSided(int n, double w)
    {
        // Subsets of {1 … n} by their sum: those whose ranks got a positive sign.
        var ways = new double[n * (n + 1) / 2 + 1];
        ways[0] = 1;
        for (var rank = 1; rank <= n; rank++)
        {
            for (var sum = ways.Length - 1; sum >= rank; sum--)
                ways[sum] += ways[sum - rank];
        }

        var tail = 0.0;
        for (var sum = 0; sum <= w; sum++)
            tail += ways[sum];
        return Math.Min(1, 2 * tail / Math.Pow(2, n));
    }
}
