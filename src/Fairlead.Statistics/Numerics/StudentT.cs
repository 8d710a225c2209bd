namespace Fairlead.Statistics.Numerics;

/// <summary>
/// Student's t distribution with any real number of degrees of freedom &gt; 0; infinite degrees are the normal
/// distribution. NaN when an argument is NaN, the degrees are not positive or a probability lies outside [0, 1].
/// <para>Formula: P(|T| &gt; t) = I_{ν/(ν+t²)}(ν/2, ½). Source: NIST DLMF 8.17; Abramowitz and Stegun 26.7.</para>
/// </summary>
public static class StudentT
{
    /// <summary>P(T ≤ t), accurate in the lower tail.</summary>
    public static double Cdf(double t, double degrees) => UpperTail(-t, degrees);

    /// <summary>P(T &gt; t), accurate in relative terms in the upper tail.</summary>
    public static double UpperTail(double t, double degrees)
    {
        if (double.IsNaN(t) || !(degrees > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(degrees))
            return Normal.UpperTail(t);
        if (double.IsInfinity(t))
            return t > 0 ? 0 : 1;

        var half = 0.5 * TwoSided(t, degrees);
        return t >= 0 ? half : 1 - half;
    }

    /// <summary>P(|T| &gt; |t|), the two-sided p-value of a t statistic.</summary>
    public static double TwoSided(double t, double degrees)
    {
        if (double.IsNaN(t) || !(degrees > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(degrees))
            return Normal.TwoSided(t);
        if (double.IsInfinity(t))
            return 0;

        var square = t * t;
        return double.IsInfinity(square)
            ? 0
            : Beta.Regularized(0.5 * degrees, 0.5, degrees / (degrees + square), square / (degrees + square));
    }

    /// <summary>The t with P(T ≤ t) = <paramref name="p"/>.</summary>
    public static double Quantile(double p, double degrees) =>
        p > 0.5 ? UpperQuantile(1 - p, degrees) : -UpperQuantile(p, degrees);

    /// <summary>The t with P(T &gt; t) = <paramref name="q"/>: the critical value of a one-sided test at level
    /// q.</summary>
    public static double UpperQuantile(double q, double degrees)
    {
        if (!(q >= 0 && q <= 1) || !(degrees > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(degrees))
            return Normal.UpperQuantile(q);
        if (q > 0.5)
            return -UpperQuantile(1 - q, degrees);
        if (q is 0 or 0.5)
            return q == 0 ? double.PositiveInfinity : 0;

        // Tails of t are heavier than normal, so the normal quantile is a lower bound.
        var low = Normal.UpperQuantile(q);
        var high = 2 * low + 1;
        while (UpperTail(high, degrees) > q)
        {
            low = high;
            high *= 2;
            if (double.IsInfinity(high))
                return double.PositiveInfinity;
        }

        return RootFinding.Brent(t => UpperTail(t, degrees) - q, low, high, 1e-15 * high);
    }
}
