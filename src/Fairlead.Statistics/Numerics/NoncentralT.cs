namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The t statistic when there is an effect: (Z + δ)/√(χ²_ν/ν). NaN unless ν &gt; 0 and the other arguments are numbers.
/// <para>P(T ≤ t) = ∫ Φ(t·s − δ) f(s) ds over the density f of s = √(χ²_ν/ν), by Gauss–Legendre over the part of it
/// that holds all but 1e-16 of the mass. Source: N. L. Johnson, S. Kotz, N. Balakrishnan, "Continuous Univariate
/// Distributions" 2 (1995), chapter 31. Absolute error below 1e-11 for ν ≥ 1.</para>
/// </summary>
public static class NoncentralT
{
    private static readonly GaussLegendre Rule = new(120);

    /// <summary>P(T &gt; t) for <paramref name="degrees"/> degrees and non-centrality
    /// <paramref name="shift"/>.</summary>
    public static double UpperTail(double t, double degrees, double shift)
    {
        if (double.IsNaN(t) || double.IsNaN(shift) || !(degrees > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(degrees) || degrees > 1e9)
            return Normal.UpperTail(t - shift);

        // s f(s) = 2ν s² · density of χ²_ν at ν s², integrated over ln s, where it is smooth for every ν, and written
        // so that nothing cancels at large ν. The long left tail at small ν gets a panel of its own.
        var half = 0.5 * degrees;
        var scale = Math.Sqrt(2 * half / Math.PI) * Math.Exp(-Gamma.StirlingError(half));
        double low = LogScale(1e-17), middle = LogScale(0.05), high = 0.5 * Math.Log(
            ChiSquare.UpperQuantile(1e-17, degrees) / degrees);
        return Math.Min(1, scale * (Rule.Integrate(Mass, low, middle) + Rule.Integrate(Mass, middle, high)));

        double LogScale(double p) => 0.5 * Math.Log(ChiSquare.Quantile(p, degrees) / degrees);

        double Mass(double logScale)
        {
            var s = Math.Exp(logScale);
            return Normal.UpperTail(t * s - shift) * Math.Exp(-half * Gamma.Deviance(1, s * s));
        }
    }
}
