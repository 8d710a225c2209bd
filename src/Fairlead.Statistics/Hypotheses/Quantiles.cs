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

    /// <summary>The quantile at level p by a definition of the caller's choice.</summary>
    /// <param name="sorted">The sample in rising order, without NaN.</param>
    /// <param name="p">The level, 0 to 1.</param>
    /// <param name="rule">The definition.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p, QuantileRule rule)
    {
        if (rule == QuantileRule.Linear || sorted.IsEmpty || !(p >= 0 && p <= 1))
            return OfSorted(sorted, p);

        // The place counts from 0; outside the sample it is the least or the greatest value.
        double n = sorted.Length;
        var place = (n - 1) * p;
        return rule switch
        {
            QuantileRule.Lower => sorted[(int)place],
            QuantileRule.Higher => sorted[(int)Math.Ceiling(place)],
            QuantileRule.Nearest => sorted[(int)Math.Round(place, MidpointRounding.ToEven)],
            QuantileRule.Midpoint => 0.5 * (sorted[(int)place] + sorted[(int)Math.Ceiling(place)]),
            QuantileRule.Hazen => At(sorted, n * p - 0.5),
            QuantileRule.Weibull => At(sorted, (n + 1) * p - 1),
            QuantileRule.MedianUnbiased => At(sorted, (n + 1.0 / 3) * p - 2.0 / 3),
            QuantileRule.InvertedCdf => sorted[Math.Max(0, (int)Math.Ceiling(n * p) - 1)],
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Not a definition of a quantile."),
        };
    }

    /// <summary>The quantile at level p of a sample in any order; see <see cref="OfSorted(ReadOnlySpan{double},
    /// double)"/>.</summary>
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
        var levels = Levels(sorted.Length, p, alpha, designEffect);
        return sorted.IsEmpty
            ? Undefined
            : Estimate(
                OfSorted(sorted, p), levels, OfSorted(sorted, levels.Low), OfSorted(sorted, levels.High), alpha);
    }

    /// <summary>
    /// Woodruff's interval where the sample itself is not kept, as for a sketch that merges: the quantile function and
    /// the number of values are enough. Without values it is undefined.
    /// </summary>
    /// <param name="quantileOf">The quantile at a level, rising in it.</param>
    /// <param name="count">Number of values behind it.</param>
    /// <param name="p">The level, strictly between 0 and 1.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <param name="designEffect">See the other form.</param>
    public static QuantileEstimate Woodruff(
        Func<double, double> quantileOf, long count, double p, double alpha, double designEffect = 1)
    {
        ArgumentNullException.ThrowIfNull(quantileOf);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var levels = Levels(count, p, alpha, designEffect);
        return count == 0
            ? Undefined
            : Estimate(quantileOf(p), levels, quantileOf(levels.Low), quantileOf(levels.High), alpha);
    }

    /// <summary>
    /// The difference treatment − control of one quantile of two independent arms, by the normal law with the standard
    /// errors that their intervals imply.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Difference(QuantileEstimate control, QuantileEstimate treatment, double alpha)
    {
        Require.Level(alpha);
        var error = Math.Sqrt(
            control.StandardError * control.StandardError + treatment.StandardError * treatment.StandardError);
        return EffectResult.Of(treatment.Value - control.Value, error, double.PositiveInfinity, alpha);
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

    private static QuantileEstimate Undefined =>
        new(double.NaN, double.NaN, double.NaN, Interval.Undefined, double.NaN);

    private static Interval Levels(long count, double p, double alpha, double designEffect)
    {
        Require.Level(p);
        Require.Level(alpha);
        Require.Positive(designEffect);
        var margin = Normal.UpperQuantile(alpha / 2) * Math.Sqrt(designEffect * p * (1 - p) / count);
        return Interval.Around(p, margin).Within(0, 1);
    }

    private static QuantileEstimate Estimate(double value, Interval levels, double low, double high, double alpha) =>
        new(value, levels.Low, levels.High, new(low, high), (high - low) / (2 * Normal.UpperQuantile(alpha / 2)));

    private static double At(ReadOnlySpan<double> sorted, double place)
    {
        place = Math.Clamp(place, 0, sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
