using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>Distances between distribution functions F and G that know how far apart values are.</summary>
public static class Transport
{
    /// <summary>
    /// The Wasserstein distance of order 1, ∫ |F − G|: the least average way by which one sample becomes the other, in
    /// the unit of the values. 0 where a side is empty. L. N. Vaserstein 1969; in one dimension S. S. Vallender 1974.
    /// </summary>
    public static double Wasserstein(QuantileView reference, QuantileView current)
    {
        if (reference.Count == 0 || current.Count == 0)
            return 0;
        var sum = 0.0;
        var walk = new CdfWalk(reference, current);
        while (walk.MoveNext())
            sum += Math.Abs(Share(reference, walk.UpToX) - Share(current, walk.UpToY)) * walk.Gap;
        return sum;
    }

    /// <summary>The same of samples as they are.</summary>
    public static double Wasserstein(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Wasserstein(QuantileView.OfSample(reference), QuantileView.OfSample(current));

    /// <summary>The same where each value has a weight; the weights of a side are divided by their sum.</summary>
    /// <exception cref="ArgumentException">Values and weights differ in number, or a side has no weight.</exception>
    public static double Wasserstein(
        ReadOnlySpan<double> x, ReadOnlySpan<double> xWeights, ReadOnlySpan<double> y, ReadOnlySpan<double> yWeights)
    {
        var (xs, xUpTo) = Sorted(x, xWeights);
        var (ys, yUpTo) = Sorted(y, yWeights);
        var sum = 0.0;
        var walk = new CdfWalk(xs, ys);
        while (walk.MoveNext())
        {
            var f = walk.UpToX == 0 ? 0 : xUpTo[walk.UpToX - 1] / xUpTo[^1];
            var g = walk.UpToY == 0 ? 0 : yUpTo[walk.UpToY - 1] / yUpTo[^1];
            sum += Math.Abs(f - g) * walk.Gap;
        }

        return sum;
    }

    /// <summary>
    /// The Wasserstein distance in standard deviations of the reference (divided by n), which makes columns comparable.
    /// </summary>
    /// <param name="reference">The reference.</param>
    /// <param name="current">The current.</param>
    /// <param name="leastDeviation">Taken for a smaller deviation, above 0.</param>
    public static double NormalizedWasserstein(
        ReadOnlySpan<double> reference, ReadOnlySpan<double> current, double leastDeviation = 0.001)
    {
        Require.Positive(leastDeviation);
        var moments = Moments.Of(reference);
        var variance = moments.Count < 2 ? 0 : moments.Variance * (moments.Count - 1) / moments.Count;
        return Wasserstein(reference, current) / Math.Max(Math.Sqrt(variance), leastDeviation);
    }

    /// <summary>
    /// The energy distance, √(2 ∫ (F − G)²). 0 where a side is empty. G. J. Székely, M. L. Rizzo 2004; the form in one
    /// dimension M. L. Rizzo, G. J. Székely, WIREs Comput. Stat. 8 (2016).
    /// </summary>
    public static double Energy(QuantileView reference, QuantileView current)
    {
        if (reference.Count == 0 || current.Count == 0)
            return 0;
        var sum = 0.0;
        var walk = new CdfWalk(reference, current);
        while (walk.MoveNext())
        {
            var difference = Share(reference, walk.UpToX) - Share(current, walk.UpToY);
            sum += difference * difference * walk.Gap;
        }

        return Math.Sqrt(2 * sum);
    }

    /// <summary>The same of samples as they are.</summary>
    public static double Energy(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Energy(QuantileView.OfSample(reference), QuantileView.OfSample(current));

    internal static double Share(QuantileView view, int places) =>
        (double)view.UpTo(places) / view.Count;

    private static (double[] Values, double[] UpTo) Sorted(ReadOnlySpan<double> values, ReadOnlySpan<double> weights)
    {
        if (values.Length != weights.Length)
        {
            throw new ArgumentException(
                $"There are {values.Length} values and {weights.Length} weights.", nameof(weights));
        }

        var (sorted, upTo) = (values.ToArray(), weights.ToArray());
        Array.Sort(sorted, upTo);
        for (var i = 0; i < upTo.Length; i++)
        {
            Require.NotNegative(upTo[i], nameof(weights));
            upTo[i] += i == 0 ? 0 : upTo[i - 1];
        }

        return upTo.Length > 0 && upTo[^1] > 0
            ? (sorted, upTo)
            : throw new ArgumentException("The weights of a side must have a sum above 0.", nameof(weights));
    }
}
