using Fairlead.Statistics.Metrics;

namespace Fairlead.Statistics.Series;

/// <summary>The same feature of the same things, computed at training and at serving time.</summary>
/// <param name="Matched">Keys that both sides have.</param>
/// <param name="OnlyTraining">Keys that only training has.</param>
/// <param name="OnlyServing">Keys that only serving has.</param>
/// <param name="MissingDiffers">Matched keys whose value is missing on one side only.</param>
/// <param name="Unequal">Matched keys whose values differ by more than the tolerance, missing on one side
/// included.</param>
/// <param name="Difference">Mean of serving − training over keys that have both, with its interval.</param>
/// <param name="Greatest">The greatest |serving − training|.</param>
/// <param name="WorstKeys">The keys that differ most, at most <see cref="FeatureSkew.WorstKept"/>.</param>
public sealed record SkewReport(
    long Matched, long OnlyTraining, long OnlyServing, long MissingDiffers, Proportion Unequal,
    MetricEstimate Difference, double Greatest, IReadOnlyList<string> WorstKeys);

/// <summary>
/// Training–serving skew: not whether two distributions look alike, but whether the very same key got the very same
/// value. NaN stands for a missing value and equals itself.
/// </summary>
public static class FeatureSkew
{
    /// <summary>How many of the worst keys are named.</summary>
    public const int WorstKept = 10;

    /// <summary>Compares by key.</summary>
    /// <param name="training">The values that training saw.</param>
    /// <param name="serving">The values that serving saw.</param>
    /// <param name="relative">Values are equal within this share of the larger of the two; 0 or more.</param>
    /// <param name="absolute">And within this.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    public static SkewReport Compare(
        IReadOnlyDictionary<string, double> training, IReadOnlyDictionary<string, double> serving,
        double relative = 1e-6, double absolute = 1e-9, double alpha = 0.05)
    {
        Require.NotNegative(relative);
        Require.NotNegative(absolute);
        long matched = 0, missing = 0, unequal = 0;
        Moments differences = default;
        PriorityQueue<string, double> worst = new();
        var greatest = 0.0;
        foreach (var (key, then) in training.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!serving.TryGetValue(key, out var now))
                continue;
            matched++;
            if (double.IsNaN(then) != double.IsNaN(now))
                missing++;
            if (double.IsFinite(then) && double.IsFinite(now))
                differences += Moments.Of(now - then);

            var apart = Apart(then, now);
            if (apart <= absolute || apart <= relative * Math.Max(Math.Abs(then), Math.Abs(now)))
                continue;
            unequal++;
            greatest = Math.Max(greatest, apart);
            worst.Enqueue(key, apart);
            if (worst.Count > WorstKept)
                worst.Dequeue();
        }

        return new(
            matched, training.Count - matched, serving.Count - matched, missing, new(unequal, matched),
            MetricEstimate.OfMean(differences, alpha), greatest,
            [.. worst.UnorderedItems.OrderByDescending(item => item.Priority)
                .ThenBy(item => item.Element, StringComparer.Ordinal).Select(item => item.Element)]);
    }

    private static double Apart(double then, double now) =>
        then.Equals(now) ? 0 : double.IsNaN(then) || double.IsNaN(now) ? double.PositiveInfinity : Math.Abs(now - then);
}
