using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>A sample quantile with its interval.</summary>
/// <param name="Value">The quantile.</param>
/// <param name="LowerLevel">The level that the lower end of the interval is the quantile of.</param>
/// <param name="UpperLevel">Likewise for the upper end.</param>
/// <param name="Interval">Two-sided interval at level 1 − alpha.</param>
/// <param name="StandardError">The standard error that the interval implies, (high − low)/2z.</param>
public readonly record struct QuantileEstimate(
    double Value, double LowerLevel, double UpperLevel, Interval Interval, double StandardError);

/// <summary>Quantiles of a sample. Of an empty sample they are NaN; levels outside [0, 1] throw.</summary>
public static class Quantiles
{
    /// <summary>
    /// The quantile at level p by linear interpolation at rank (n − 1)p + 1: definition 7 of R. J. Hyndman, Y. Fan, Am.
    /// Stat. 50 (1996).
    /// </summary>
    /// <param name="sorted">The sample in rising order, without NaN.</param>
    /// <param name="p">The level, 0 to 1.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p)
    {
        if (!(p >= 0 && p <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "Must lie between 0 and 1.");
        if (sorted.IsEmpty)
            return double.NaN;

        var place = (sorted.Length - 1) * p;
        var below = Math.Min((int)place, sorted.Length - 1);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] == sorted[above]
            ? sorted[below]
            : sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>The quantile at level p of a sample in any order; see <see cref="OfSorted"/>.</summary>
    public static double Of(ReadOnlySpan<double> sample, double p) => OfSorted(Sorted(sample), p);

    /// <summary>
    /// Woodruff's interval: the quantiles at the levels p ± z √(D·p(1 − p)/n), cut to [0, 1].
    /// <para>Source: R. S. Woodruff, J. Am. Stat. Assoc. 47 (1952). Valid where n·p and n·(1 − p) are above about
    /// ten.</para>
    /// </summary>
    /// <param name="sorted">The sample in rising order, without NaN.</param>
    /// <param name="p">The level, strictly between 0 and 1.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <param name="designEffect">D, by how much the variance of a proportion exceeds that of independent values: above
    /// 1 where one unit gives many values. See <see cref="DesignEffect"/>.</param>
    public static QuantileEstimate Woodruff(
        ReadOnlySpan<double> sorted, double p, double alpha, double designEffect = 1)
    {
        Require.Level(p);
        Require.Level(alpha);
        Require.Positive(designEffect);
        if (sorted.IsEmpty)
            return new(double.NaN, double.NaN, double.NaN, Interval.Undefined, double.NaN);

        var z = Normal.UpperQuantile(alpha / 2);
        var margin = z * Math.Sqrt(designEffect * p * (1 - p) / sorted.Length);
        double low = Math.Max(0, p - margin), high = Math.Min(1, p + margin);
        var interval = new Interval(OfSorted(sorted, low), OfSorted(sorted, high));
        return new(OfSorted(sorted, p), low, high, interval, (interval.High - interval.Low) / (2 * z));
    }

    /// <summary>
    /// The design effect of a proportion whose values come in clusters: the variance of the ratio Σy/Σx over units,
    /// with y of one unit its values above the quantile and x all its values, over p(1 − p)/Σx. Never below 1; NaN
    /// below two units or where the proportion does not vary.
    /// <para>Source: L. Kish, "Survey Sampling" (1965), section 8.2.</para>
    /// </summary>
    public static double DesignEffect(Moments units)
    {
        var rate = units.SumY.Value / units.SumX.Value;
        return Math.Max(1, RatioMetric.Of(units).Variance * units.SumX.Value / (rate * (1 - rate)));
    }

    internal static double[] Sorted(ReadOnlySpan<double> sample)
    {
        var sorted = sample.ToArray();
        Array.Sort(sorted);
        return sorted;
    }
}
