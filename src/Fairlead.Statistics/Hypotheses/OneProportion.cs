using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// Two-sided intervals for one proportion at level 1 − alpha. Without trials they are undefined; alpha outside (0, 1)
/// throws <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public static class OneProportion
{
    /// <summary>
    /// Wilson's score interval: (p̂ + z²/2n ± z √(p̂(1−p̂)/n + z²/4n²)) / (1 + z²/n). The one to show by default.
    /// <para>Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927).</para>
    /// </summary>
    public static Interval Wilson(Proportion proportion, double alpha)
    {
        Require.Level(alpha);
        if (proportion.Trials == 0)
            return Interval.Undefined;

        double n = proportion.Trials, p = proportion.Rate;
        var z = Normal.UpperQuantile(alpha / 2);
        var shrink = 1 + z * z / n;
        var centre = (p + z * z / (2 * n)) / shrink;
        var margin = z * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / shrink;

        // At the ends the formula is exactly 0 or 1; rounding must not leave the observed rate outside.
        return new(
            proportion.Successes == 0 ? 0 : centre - margin, proportion.Failures == 0 ? 1 : centre + margin);
    }

    /// <summary>
    /// The exact interval: at its ends the observed count has probability alpha/2 of being reached. Never covers less
    /// than 1 − alpha, usually more.
    /// <para>Source: C. J. Clopper, E. S. Pearson, Biometrika 26 (1934), through quantiles of the beta
    /// distribution.</para>
    /// </summary>
    public static Interval ClopperPearson(Proportion proportion, double alpha)
    {
        Require.Level(alpha);
        if (proportion.Trials == 0)
            return Interval.Undefined;

        double x = proportion.Successes, rest = proportion.Failures;
        return new(
            x == 0 ? 0 : Beta.Inverse(x, rest + 1, alpha / 2),
            rest == 0 ? 1 : 1 - Beta.Inverse(rest, x + 1, alpha / 2));
    }

    /// <summary>
    /// Wald's interval around (x + z²/2)/(n + z²), cut to [0, 1].
    /// <para>Source: A. Agresti, B. A. Coull, Am. Stat. 52 (1998).</para>
    /// </summary>
    public static Interval AgrestiCoull(Proportion proportion, double alpha)
    {
        Require.Level(alpha);
        if (proportion.Trials == 0)
            return Interval.Undefined;

        var z = Normal.UpperQuantile(alpha / 2);
        var n = proportion.Trials + z * z;
        var p = (proportion.Successes + z * z / 2) / n;
        return Interval.Around(p, z * Math.Sqrt(p * (1 - p) / n)).Within(0, 1);
    }
}
