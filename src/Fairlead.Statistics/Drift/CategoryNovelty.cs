using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>Values whose category the reference does not have.</summary>
/// <param name="New">How many current values are of a category that is new.</param>
/// <param name="Share">Their share; 0 where there are no values.</param>
/// <param name="Expected">The share that new categories would have without any change, by Good and Turing.</param>
/// <param name="P">How likely so many are without any change; 1 where there are none.</param>
/// <param name="Categories">The new categories, the most frequent first, at most ten.</param>
public readonly record struct NoveltyResult(
    long New, double Share, double Expected, double P, IReadOnlyList<string> Categories);

/// <summary>
/// Category novelty: k of n current values are of categories that m values of the reference do not show, of whose
/// categories f₁ were seen once.
/// <para>Without any seen once the vocabulary looks closed, and what the reference missed can only be rare: names of a
/// share q together stay out of it with probability (1 − q)ᵐ, and k of them come with P(B(n, q) ≥ k). The p-value is
/// the greatest that the product of both becomes for any q: two values of a new name are telling against a reference of
/// thousands.</para>
/// <para>Otherwise a value seen once was new when it came, so the reference met new names at a rate of f₁ in m (I. J.
/// Good, Biometrika 40 (1953)). Two such counts are compared exactly by the binomial law of k given f₁ + k, with n/(n +
/// m) for a trial (J. Przyborowski, H. Wilenski, Biometrika 31 (1940)).</para>
/// <para>Of the level four fifths go to the first case and one fifth to the second, so that both together keep
/// it.</para>
/// </summary>
public static class CategoryNovelty
{
    private const double ClosedShare = 0.8;

    /// <summary>Compares the counts of the categories of both sides.</summary>
    public static NoveltyResult Test(
        IReadOnlyDictionary<string, long> reference, IReadOnlyDictionary<string, long> current)
    {
        var fresh = current.Where(pair => pair.Value > 0 && reference.GetValueOrDefault(pair.Key) == 0)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var (count, total, known) = (fresh.Sum(pair => pair.Value), current.Values.Sum(), reference.Values.Sum());
        if (known == 0 || total == 0)
            return new(count, total == 0 ? 0 : 1, 1, 1, []);

        var once = reference.Values.LongCount(value => value == 1);
        var p = count == 0 ? 1
            : once == 0 ? Unseen(count, total, known) / ClosedShare
            : Binomial.AtLeast(count, once + count, (double)total / (total + known)) / (1 - ClosedShare);
        return new(
            count, (double)count / total, (double)once / known, Math.Min(1, p),
            [.. fresh.Take(10).Select(pair => pair.Key)]);
    }

    /// <summary>The greatest (1 − q)ᵐ P(B(n, q) ≥ k) over q. Its logarithm is concave, so thirds of its stretch
    /// narrow it down.</summary>
    private static double Unseen(long k, long n, long m)
    {
        // It rises before k/(n + m), where the mass of k alone has its top, and falls after a share that expects k.
        var (low, high) = ((double)k / (n + m) / 2, Math.Min(1, (k + 1.0) / Math.Min(n, m)));
        for (var step = 0; step < 60; step++)
        {
            var (a, b) = (low + (high - low) / 3, high - (high - low) / 3);
            if (Log(a) < Log(b))
                low = a;
            else
                high = b;
        }

        return Math.Exp(Log((low + high) / 2));

        double Log(double q) => m * Elementary.LogOnePlus(-q) + Math.Log(Binomial.AtLeast(k, n, q));
    }
}
