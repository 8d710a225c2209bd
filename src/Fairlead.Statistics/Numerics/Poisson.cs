namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The Poisson distribution with mean ≥ 0. NaN for a negative or NaN mean.
/// <para>Mass after C. Loader (2000); P(X ≤ k) = Q(k + 1, mean) (NIST DLMF 8.4.10).</para>
/// </summary>
public static class Poisson
{
    /// <summary>P(X = k).</summary>
    public static double Pmf(long k, double mean)
    {
        if (!(mean >= 0))
            return double.NaN;
        if (k < 0)
            return 0;
        if (mean == 0)
            return k == 0 ? 1 : 0;
        return k == 0 ? Math.Exp(-mean) : Gamma.PoissonTerm(k, mean);
    }

    /// <summary>P(X ≤ k).</summary>
    public static double Cdf(long k, double mean) =>
        !(mean >= 0) ? double.NaN : k < 0 ? 0 : Gamma.RegularizedUpper(k + 1.0, mean);

    /// <summary>P(X ≥ k), accurate in relative terms where it is small.</summary>
    public static double AtLeast(long k, double mean) =>
        !(mean >= 0) ? double.NaN : k <= 0 ? 1 : Gamma.RegularizedLower(k, mean);
}
