namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The beta function and its incomplete ratio I_x(a, b). NaN outside a, b &gt; 0 and 0 ≤ x ≤ 1.
/// <para>Sources: NIST DLMF 8.17 (continued fraction 8.17.22, symmetry 8.17.4); prefactor after C. Loader (2000), which
/// does not cancel at large a and b. Relative error about 1e-13 for a, b up to 1e6.</para>
/// </summary>
public static class Beta
{
    /// <summary>Steps after which the continued fraction is given up; it needs about √max(a, b).</summary>
    private const int MaxSteps = 500_000;

    /// <summary>ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b) for a, b &gt; 0.</summary>
    public static double Log(double a, double b)
    {
        if (!(a > 0 && b > 0))
            return double.NaN;

        // The parts of Stirling's formula that would cancel at large arguments are taken together.
        var n = a + b;
        return Gamma.StirlingError(a) + Gamma.StirlingError(b) - Gamma.StirlingError(n)
            + a * LogShare(a, b) + b * LogShare(b, a) + 0.5 * Math.Log(2 * Math.PI * n / (a * b));
    }

    /// <summary>The distribution function I_x(a, b) of the beta distribution.</summary>
    public static double Regularized(double a, double b, double x) => Regularized(a, b, x, 1 - x);

    /// <summary>1 − I_x(a, b), accurate in relative terms where it is small.</summary>
    public static double RegularizedUpper(double a, double b, double x) => Regularized(b, a, 1 - x, x);

    /// <summary>The density of the beta distribution, x^(a−1) (1−x)^(b−1) / B(a, b).</summary>
    public static double Pdf(double a, double b, double x)
    {
        if (!(a > 0 && b > 0 && x >= 0 && x <= 1))
            return double.NaN;
        if (x is 0 or 1)
        {
            var shape = x == 0 ? a : b;
            return shape < 1 ? double.PositiveInfinity : shape == 1 ? (x == 0 ? b : a) : 0;
        }

        return Prefactor(a, b, x, 1 - x) / (x * (1 - x));
    }

    /// <summary>
    /// The x with I_x(a, b) = <paramref name="p"/>, for 0 ≤ p ≤ 1; relative error about 1e-13 both of x and, above ½,
    /// of 1 − x.
    /// </summary>
    public static double Inverse(double a, double b, double p)
    {
        if (!(a > 0 && b > 0 && p >= 0 && p <= 1))
            return double.NaN;
        if (p is 0 or 1)
            return p;

        return Regularized(a, b, 0.5) >= p
            ? SmallRoot(u => Regularized(a, b, u, 1 - u), p)
            : 1 - SmallRoot(v => Regularized(b, a, v, 1 - v), 1 - p);
    }

    /// <summary>I_x(a, b) where both x and y = 1 − x are known without loss.</summary>
    internal static double Regularized(double a, double b, double x, double y)
    {
        if (!(a > 0 && b > 0 && x >= 0 && x <= 1) || double.IsInfinity(a) || double.IsInfinity(b))
            return double.NaN;
        if (x == 0)
            return 0;
        if (y == 0)
            return 1;
        return x < (a + 1) / (a + b + 2)
            ? Math.Min(1, Prefactor(a, b, x, y) * Fraction(a, b, x) / a)
            : 1 - Math.Min(1, Prefactor(a, b, x, y) * Fraction(b, a, y) / b);
    }

    /// <summary>x^a y^b / B(a, b).</summary>
    private static double Prefactor(double a, double b, double x, double y)
    {
        var n = a + b;
        return Math.Sqrt(a * b / (2 * Math.PI * n)) * Math.Exp(Gamma.StirlingError(n) - Gamma.StirlingError(a)
            - Gamma.StirlingError(b) - Gamma.Deviance(a, n * x) - Gamma.Deviance(b, n * y));
    }

    /// <summary>ln(part / (part + rest)).</summary>
    private static double LogShare(double part, double rest) =>
        part < rest ? Math.Log(part / (part + rest)) : Elementary.LogOnePlus(-rest / (part + rest));

    private static double Fraction(double a, double b, double x)
    {
        var c = 1.0;
        var d = 1 / ContinuedFraction.AwayFromZero(1 - (a + b) * x / (a + 1));
        var h = d;
        for (var m = 1; m <= MaxSteps; m++)
        {
            var even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / ContinuedFraction.AwayFromZero(1 + even * d);
            c = ContinuedFraction.AwayFromZero(1 + even / c);
            h *= d * c;

            var odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / ContinuedFraction.AwayFromZero(1 + odd * d);
            c = ContinuedFraction.AwayFromZero(1 + odd / c);
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-16)
                return h;
        }

        return double.NaN;
    }

    /// <summary>The root in (0, ½] of an increasing function, found on the scale of its logarithm.</summary>
    private static double SmallRoot(Func<double, double> cdf, double p)
    {
        var low = Math.Log(0.5);
        var high = low;
        do
        {
            high = low;
            low *= 2;
            if (low < -745)
                return 0;
        }
        while (cdf(Math.Exp(low)) >= p);

        return Math.Exp(RootFinding.Brent(u => cdf(Math.Exp(u)) - p, low, high, 1e-15));
    }
}
