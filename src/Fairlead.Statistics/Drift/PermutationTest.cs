using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// The test of two samples of rows by permutations of the pooled rows, for any statistic that is made of the mean
/// likeness of rows within and across the samples.
/// <para>It stops as soon as <see cref="Enough"/> permutations reached the statistic, p = h/l at the l-th, and
/// otherwise p = (g + 1)/(N + 1): J. Besag, P. Clifford, "Sequential Monte Carlo p-values", Biometrika 78 (1991). So
/// samples that are alike cost a few dozen permutations, and thousands are drawn only where p is small.</para>
/// </summary>
internal static class PermutationTest
{
    /// <summary>So many permutations that reach the statistic say that p is not small.</summary>
    public const int Enough = 20;

    /// <summary>Tests.</summary>
    /// <param name="likeness">Of each pooled row to each, symmetric.</param>
    /// <param name="first">How many of the rows are of the first sample; at least two on both sides.</param>
    /// <param name="random">Draws the permutations.</param>
    /// <param name="permutations">The most.</param>
    public static TestOutcome Test(double[][] likeness, int first, SplitMix64 random, int permutations)
    {
        int[] order = [.. Enumerable.Range(0, likeness.Length)];
        double[] sums = [.. likeness.Select((row, i) => row.Sum() - row[i])];
        var all = sums.Sum();
        var statistic = Of(order);
        for (int i = 1, reached = 0; i <= permutations; i++)
        {
            KernelDiscrepancy.Shuffle(order, random);
            reached += Of(order) >= statistic ? 1 : 0;
            if (reached == Enough)
                return new(statistic, (double)reached / i);
            if (i == permutations)
                return new(statistic, (1.0 + reached) / (1 + permutations));
        }

        return TestOutcome.Nothing;

        // All pairs less those of the first rows say what is across, so only the first rows are gone through.
        double Of(int[] rows)
        {
            double within = 0, ofFirst = 0;
            for (var i = 0; i < first; i++)
            {
                var row = likeness[rows[i]];
                ofFirst += sums[rows[i]];
                for (var j = 0; j < i; j++)
                    within += row[rows[j]];
            }

            var across = ofFirst - 2 * within;
            var other = all / 2 - within - across;
            double n = first, m = rows.Length - first;
            return 2 * within / (n * (n - 1)) + 2 * other / (m * (m - 1)) - 2 * across / (n * m);
        }
    }
}
