namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The binomial distribution of n ≥ 0 trials with probability p in [0, 1]. NaN outside; counts below 0 and above n have
/// mass 0.
/// <para>Mass by C. Loader's saddle-point expansion (2000), accurate to about 1e-14 relative for n up to 1e9; tails by
/// the incomplete beta function, P(X ≥ k) = I_p(k, n − k + 1) (NIST DLMF 8.17.5).</para>
/// </summary>
public static class Binomial
{
    /// <summary>P(X = k).</summary>
    public static double Pmf(long k, long n, double p)
    {
        if (n < 0 || !(p >= 0 && p <= 1))
            return double.NaN;
        if (k < 0 || k > n)
            return 0;
        if (p is 0 or 1)
            return k == (p == 0 ? 0 : n) ? 1 : 0;
        if (k == 0)
            return Math.Exp(n * Elementary.LogOnePlus(-p));
        if (k == n)
            return Math.Exp(n * Math.Log(p));

        double a = k, b = n - k, m = n;
        return Math.Sqrt(m / (2 * Math.PI * a * b)) * Math.Exp(Gamma.StirlingError(m) - Gamma.StirlingError(a)
            - Gamma.StirlingError(b) - Gamma.Deviance(a, m * p) - Gamma.Deviance(b, m * (1 - p)));
    }

    /// <summary>P(X ≤ k), accurate in relative terms where it is small.</summary>
    public static double Cdf(long k, long n, double p)
    {
        if (n < 0 || !(p >= 0 && p <= 1))
            return double.NaN;
        if (k < 0 || k >= n)
            return k < 0 ? 0 : 1;
        return Beta.Regularized(n - k, k + 1, 1 - p, p);
    }

    /// <summary>P(X ≥ k), accurate in relative terms where it is small.</summary>
    public static double AtLeast(long k, long n, double p)
    {
        if (n < 0 || !(p >= 0 && p <= 1))
            return double.NaN;
        if (k <= 0 || k > n)
            return k <= 0 ? 1 : 0;
        return Beta.Regularized(k, n - k + 1, p, 1 - p);
    }

    /// <summary>ln of the binomial coefficient n over k, for 0 ≤ k ≤ n.</summary>
    public static double LogChoose(long n, long k)
    {
        if (k < 0 || k > n)
            return double.NaN;
        return k == 0 || k == n ? 0 : -Math.Log(n + 1.0) - Beta.Log(n - k + 1, k + 1);
    }

    /// <summary>
    /// The two-sided p-value of k successes under p: the sum of the mass of every count that is no likelier than k
    /// (likelihoods within a factor 1 + 1e-7 count as equal).
    /// </summary>
    public static double TwoSided(long k, long n, double p)
    {
        if (n < 0 || k < 0 || k > n || !(p >= 0 && p <= 1))
            return double.NaN;

        var limit = Pmf(k, n, p) * (1 + 1e-7);
        var mean = n * p;
        if (k == mean)
            return 1;

        // The mass rises up to the mode and falls after it, so the other tail starts where it sinks below the limit.
        if (k < mean)
        {
            var other = FirstAtMost((long)Math.Ceiling(mean), n + 1, i => Pmf(i, n, p) <= limit);
            return Math.Min(1, Cdf(k, n, p) + AtLeast(other, n, p));
        }
        else
        {
            var other = -FirstAtMost(-(long)Math.Floor(mean), 1, i => Pmf(-i, n, p) <= limit);
            return Math.Min(1, Cdf(other, n, p) + AtLeast(k, n, p));
        }
    }

    /// <summary>The first i in [low, high) for which a condition that stays true holds; high when none.</summary>
    private static long FirstAtMost(long low, long high, Func<long, bool> holds)
    {
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (holds(middle))
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }
}
