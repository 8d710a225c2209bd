namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The chi-square distribution with any real number of degrees of freedom &gt; 0. NaN outside x ≥ 0 or p in [0, 1].
/// <para>Formula: P(X ≤ x) = P(k/2, x/2), the regularised incomplete gamma function. Source: NIST DLMF 8.2.</para>
/// </summary>
public static class ChiSquare
{
    /// <summary>P(X ≤ x).</summary>
    public static double Cdf(double x, double degrees) => Gamma.RegularizedLower(0.5 * degrees, 0.5 * x);

    /// <summary>P(X &gt; x), the p-value of a chi-square statistic, accurate in relative terms.</summary>
    public static double UpperTail(double x, double degrees) => Gamma.RegularizedUpper(0.5 * degrees, 0.5 * x);

    /// <summary>The x with P(X ≤ x) = <paramref name="p"/>.</summary>
    public static double Quantile(double p, double degrees)
    {
        if (!(p >= 0 && p <= 1) || !(degrees > 0) || double.IsInfinity(degrees))
            return double.NaN;
        if (p is 0 or 1)
            return p == 0 ? 0 : double.PositiveInfinity;
        return p <= 0.5
            ? Invert(x => Cdf(x, degrees) - p, degrees)
            : Invert(x => (1 - p) - UpperTail(x, degrees), degrees);
    }

    /// <summary>The x with P(X &gt; x) = <paramref name="q"/>: the critical value of a test at level q.</summary>
    public static double UpperQuantile(double q, double degrees)
    {
        if (!(q >= 0 && q <= 1) || !(degrees > 0) || double.IsInfinity(degrees))
            return double.NaN;
        if (q is 0 or 1)
            return q == 1 ? 0 : double.PositiveInfinity;
        return q < 0.5
            ? Invert(x => q - UpperTail(x, degrees), degrees)
            : Invert(x => Cdf(x, degrees) - (1 - q), degrees);
    }

    /// <summary>The root of an increasing function on (0, ∞), found on the scale of ln x around the mean.</summary>
    private static double Invert(Func<double, double> excess, double degrees)
    {
        var low = Math.Log(degrees);
        var high = low;
        for (var width = 0.5; excess(Math.Exp(low)) > 0; width *= 2)
        {
            high = low;
            low -= width;
            if (low < -745)
                return 0;
        }

        for (var width = 0.5; excess(Math.Exp(high)) < 0; width *= 2)
        {
            low = high;
            high += width;
        }

        return Math.Exp(RootFinding.Brent(u => excess(Math.Exp(u)), low, high, 1e-15));
    }
}
