using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>Two areas under the ROC curve on the same examples.</summary>
/// <param name="Champion">Area of the champion.</param>
/// <param name="Challenger">Area of the challenger.</param>
/// <param name="VarianceChampion">Variance of the champion's area.</param>
/// <param name="VarianceChallenger">Variance of the challenger's area.</param>
/// <param name="Covariance">Covariance of the two.</param>
/// <param name="Z">(challenger − champion)/√(v₁ + v₂ − 2 cov); NaN when that variance is 0.</param>
/// <param name="P">Its p-values; "greater" means that the challenger ranks better.</param>
public readonly record struct DeLongResult(
    double Champion,
    double Challenger,
    double VarianceChampion,
    double VarianceChallenger,
    double Covariance,
    double Z,
    PValues P)
{
    /// <summary>Two-sided interval at level 1 − alpha of challenger − champion.</summary>
    public Interval Difference(double alpha)
    {
        Require.Level(alpha);
        var variance = VarianceChampion + VarianceChallenger - 2 * Covariance;
        return Interval.Around(
            Challenger - Champion, Normal.UpperQuantile(alpha / 2) * Math.Sqrt(Math.Max(0, variance)));
    }
}

/// <summary>
/// DeLong's test of two correlated areas under the ROC curve, from structural components, which follow from mid-ranks
/// in O(n log n).
/// <para>Sources: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44 (1988); X. Sun, W. Xu, IEEE Signal
/// Process. Lett. 21 (2014). Variances are NaN with fewer than two positives or two negatives, areas without one of
/// each.</para>
/// </summary>
public static class DeLong
{
    /// <summary>Components are shares, so what remains of a variance below this is rounding.</summary>
    private const double Rounding = 1e-24;

    /// <summary>Compares the scores of two models on the same labelled examples.</summary>
    /// <exception cref="ArgumentException">Lengths differ or a score is NaN.</exception>
    public static DeLongResult Compare(
        ReadOnlySpan<bool> positive, ReadOnlySpan<double> champion, ReadOnlySpan<double> challenger)
    {
        if (positive.Length != champion.Length || positive.Length != challenger.Length)
            throw new ArgumentException("There must be one label and two scores for each example.", nameof(positive));

        var first = Components.Of(positive, champion);
        var second = Components.Of(positive, challenger);
        var onPositives = Moments.Of(first.OfPositives, second.OfPositives);
        var onNegatives = Moments.Of(first.OfNegatives, second.OfNegatives);
        double m = onPositives.Count, n = onNegatives.Count;
        var v1 = onPositives.Variance / m + onNegatives.Variance / n;
        var v2 = onPositives.VarianceX / m + onNegatives.VarianceX / n;
        var covariance = onPositives.Covariance / m + onNegatives.Covariance / n;
        double a1 = onPositives.Mean, a2 = onPositives.MeanX;

        var variance = v1 + v2 - 2 * covariance;
        var z = variance > Rounding ? (a2 - a1) / Math.Sqrt(variance) : double.NaN;
        return new(a1, a2, v1, v2, covariance, z, PValues.OfNormal(z));
    }

    /// <summary>For each positive the share of negatives below it, and for each negative the share of positives above
    /// it; ties count half.</summary>
    private sealed record Components(double[] OfPositives, double[] OfNegatives)
    {
        internal static Components Of(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores)
        {
            List<double> high = [], low = [];
            for (var i = 0; i < scores.Length; i++)
            {
                if (double.IsNaN(scores[i]))
                    throw new ArgumentException($"The score of example {i} is NaN.", nameof(scores));
                (positive[i] ? high : low).Add(scores[i]);
            }

            double[] positives = [.. high], negatives = [.. low];
            var together = Ranks.Of([.. positives, .. negatives]);
            var amongPositives = Ranks.Of(positives);
            var amongNegatives = Ranks.Of(negatives);
            return new(
                [.. positives.Select((_, i) => (together[i] - amongPositives[i]) / negatives.Length)],
                [.. negatives.Select((_, i) =>
                    1 - (together[positives.Length + i] - amongNegatives[i]) / positives.Length)]);
        }
    }
}
