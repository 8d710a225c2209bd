using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>Units that a two-sided comparison of two proportions needs, by the three usual formulas.</summary>
/// <param name="Pooled">For the z test with the pooled variance (Fleiss).</param>
/// <param name="Unpooled">For the z test with separate variances.</param>
/// <param name="Arcsine">After Cohen's arcsine transformation h.</param>
public readonly record struct ProportionSampleSize(double Pooled, double Unpooled, double Arcsine);

/// <summary>Units that an unbalanced comparison of two means needs.</summary>
/// <param name="Total">Units in both arms together.</param>
/// <param name="Inflation">How many times more that is than with two equal arms, 1/(4q(1 − q)).</param>
public readonly record struct SplitSampleSize(double Total, double Inflation);

/// <summary>
/// Sizes and power of two-sided tests at level alpha with a fixed horizon. Sizes are real numbers: round them up.
/// Levels, powers and shares outside (0, 1), effects of 0 and ratios that are not positive throw
/// <see cref="ArgumentOutOfRangeException"/>.
/// <para>Sources: J. L. Fleiss, B. Levin, M. C. Paik (2003), chapter 4; J. Cohen, "Statistical Power Analysis for the
/// Behavioral Sciences" (1988), chapters 2 and 6.</para>
/// </summary>
public static class PowerAnalysis
{
    /// <summary>Largest size that is looked for.</summary>
    private const double MostUnits = 1e15;

    /// <summary>Units in the first arm to see p1 against p2 when the second arm has <paramref name="ratio"/> times as
    /// many.</summary>
    public static ProportionSampleSize TwoProportions(
        double p1, double p2, double alpha, double power, double ratio = 1)
    {
        Require.Level(p1);
        Require.Level(p2);
        Require.Positive(Math.Abs(p2 - p1), "p2 - p1");
        RequirePlan(alpha, power, ratio);
        var za = Normal.UpperQuantile(alpha / 2);
        var zb = Normal.UpperQuantile(1 - power);
        var difference = p2 - p1;
        var mean = (p1 + ratio * p2) / (1 + ratio);
        var separate = p1 * (1 - p1) + p2 * (1 - p2) / ratio;
        var pooled = za * Math.Sqrt((1 + 1 / ratio) * mean * (1 - mean)) + zb * Math.Sqrt(separate);

        var h = 2 * Math.Asin(Math.Sqrt(p2)) - 2 * Math.Asin(Math.Sqrt(p1));
        return new(
            pooled * pooled / (difference * difference),
            (za + zb) * (za + zb) * separate / (difference * difference),
            Size(n => PowerOfZ(h * Math.Sqrt(n / (1 + 1 / ratio)), alpha), power));
    }

    /// <summary>Power of the z test of two proportions with separate variances and the given arms.</summary>
    public static double OfTwoProportions(double p1, double n1, double p2, double n2, double alpha)
    {
        Require.Level(p1);
        Require.Level(p2);
        Require.Level(alpha);
        Require.Positive(n1);
        Require.Positive(n2);
        return PowerOfZ((p2 - p1) / Math.Sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2), alpha);
    }

    /// <summary>Units in the first arm for a two-sample t test to see a difference of <paramref name="d"/> standard
    /// deviations when the second arm has <paramref name="ratio"/> times as many.</summary>
    public static double TwoSampleT(double d, double alpha, double power, double ratio = 1)
    {
        Require.Positive(Math.Abs(d), nameof(d));
        RequirePlan(alpha, power, ratio);
        return Size(n => OfTwoSampleT(d, n, n * ratio, alpha), power, 2 / Math.Min(1, ratio));
    }

    /// <summary>Power of the two-sample t test, by the non-central t distribution. Real sizes are allowed.</summary>
    public static double OfTwoSampleT(double d, double n1, double n2, double alpha)
    {
        Require.Level(alpha);
        Require.Positive(n1);
        Require.Positive(n2);
        var degrees = n1 + n2 - 2;
        if (!(degrees > 0))
            return double.NaN;
        var critical = StudentT.UpperQuantile(alpha / 2, degrees);
        var shift = Math.Abs(d) / Math.Sqrt(1 / n1 + 1 / n2);
        return NoncentralT.UpperTail(critical, degrees, shift) + NoncentralT.UpperTail(critical, degrees, -shift);
    }

    /// <summary>
    /// Units in both arms together to see a difference <paramref name="effect"/> of means with standard deviation
    /// <paramref name="deviation"/> when the treatment gets a share q of them: (z_α/2 + z_β)² σ²/(mde² q(1 − q)).
    /// </summary>
    public static SplitSampleSize ForShare(double deviation, double effect, double alpha, double power, double share)
    {
        Require.Positive(deviation);
        Require.Positive(Math.Abs(effect), nameof(effect));
        Require.Level(share);
        RequirePlan(alpha, power, 1);
        var z = Normal.UpperQuantile(alpha / 2) + Normal.UpperQuantile(1 - power);
        var spread = share * (1 - share);
        return new(z * z * deviation * deviation / (effect * effect * spread), 1 / (4 * spread));
    }

    /// <summary>Power of a two-sided z test whose statistic has the given mean, both tails counted.</summary>
    public static double PowerOfZ(double mean, double alpha)
    {
        Require.Level(alpha);
        var critical = Normal.UpperQuantile(alpha / 2);
        return Normal.UpperTail(critical - mean) + Normal.UpperTail(critical + mean);
    }

    private static void RequirePlan(double alpha, double power, double ratio)
    {
        Require.Level(alpha);
        Require.Level(power);
        Require.Positive(ratio);
        if (power <= alpha)
            throw new ArgumentOutOfRangeException(nameof(power), power, "Must be greater than the level.");
    }

    /// <summary>The size at which a rising power is reached; <paramref name="least"/> when it is so from the
    /// start, NaN when never.</summary>
    private static double Size(Func<double, double> powerOf, double power, double least = 1e-6)
    {
        var low = least * (1 + 1e-9);
        if (powerOf(low) >= power)
            return least;
        var high = 2 * low + 4;
        while (powerOf(high) < power)
        {
            low = high;
            high *= 2;
            if (high > MostUnits)
                return double.NaN;
        }

        return RootFinding.Brent(n => powerOf(n) - power, low, high, 1e-10 * high);
    }
}
