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
/// Category novelty. A reference has not seen everything: the chance that the next value is of a category it has not
/// seen is about the share of its categories that it saw once.
/// <para>Source: I. J. Good, Biometrika 40 (1953). The p-value is binomial at the upper 95 % bound of that share, (f₁ +
/// 1.64√(f₁ + 1) + 1)/n with f₁ the categories seen once, so that a small reference does not cry at each new
/// name.</para>
/// </summary>
public static class CategoryNovelty
{
    /// <summary>Compares the counts of the categories of both sides.</summary>
    public static NoveltyResult Test(
        IReadOnlyDictionary<string, long> reference, IReadOnlyDictionary<string, long> current)
    {
        var fresh = current.Where(pair => pair.Value > 0 && reference.GetValueOrDefault(pair.Key) == 0)
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        var (count, total, known) = (fresh.Sum(pair => pair.Value), current.Values.Sum(), reference.Values.Sum());
        if (known == 0 || total == 0)
            return new(count, total == 0 ? 0 : 1, 1, 1, []);

        double once = reference.Values.Count(value => value == 1);
        var bound = Math.Min(1, (once + 1.64 * Math.Sqrt(once + 1) + 1) / known);
        return new(
            count,
            (double)count / total,
            once / known,
            count == 0 ? 1 : Binomial.AtLeast(count, total, bound),
            [.. fresh.Take(10).Select(pair => pair.Key)]);
    }
}
