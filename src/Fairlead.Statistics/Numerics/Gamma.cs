namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The gamma function and its incomplete ratios. NaN outside the ranges stated on each member.
/// <para>Sources: NIST Digital Library of Mathematical Functions, chapters 5 and 8; C. Loader, "Fast and accurate
/// computation of binomial probabilities" (2000) for the terms that must not cancel at large arguments.</para>
/// </summary>
public static class Gamma
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>Steps after which a series or continued fraction is given up; enough for shapes up to 1e9.</summary>
    private const int MaxSteps = 500_000;

    /// <summary>
    /// ln Γ(x) for x &gt; 0; +∞ at +∞. The error is 1e-15 absolute near the zeros 1 and 2, relative elsewhere.
    /// </summary>
    public static double Log(double x)
    {
        if (!(x > 0))
            return double.NaN;
        if (double.IsPositiveInfinity(x))
            return x;
        if (x is 1 or 2)
            return 0;

        // Γ(x) = Γ(x + k) / (x (x+1) … (x+k−1)) carries a small x to where Stirling's series is exact to the last bit.
        var product = 1.0;
        while (x < 10)
            product *= x++;
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingSeries(x) - Math.Log(product);
    }

    /// <summary>P(a, x) = γ(a, x) / Γ(a) for a &gt; 0 and x ≥ 0.</summary>
    public static double RegularizedLower(double a, double x)
    {
        if (!(a > 0 && x >= 0) || double.IsPositiveInfinity(a))
            return double.NaN;
        if (x == 0)
            return 0;
        if (double.IsPositiveInfinity(x))
            return 1;
        return x < a + 1 ? LowerSeries(a, x) : 1 - UpperFraction(a, x);
    }

    /// <summary>Q(a, x) = 1 − P(a, x), accurate in relative terms where it is small.</summary>
    public static double RegularizedUpper(double a, double x)
    {
        if (!(a > 0 && x >= 0) || double.IsPositiveInfinity(a))
            return double.NaN;
        if (x == 0)
            return 1;
        if (double.IsPositiveInfinity(x))
            return 0;
        return x < a + 1 ? 1 - LowerSeries(a, x) : UpperFraction(a, x);
    }

    /// <summary>
    /// The error of Stirling's formula, ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π], for x &gt; 0.
    /// </summary>
    internal static double StirlingError(double x) =>
        x >= 10 ? StirlingSeries(x) : Log(x + 1) - (x + 0.5) * Math.Log(x) + x - HalfLogTwoPi;

    /// <summary>
    /// The deviance term x ln(x/m) + m − x for x, m &gt; 0, without cancellation where x is near m.
    /// </summary>
    internal static double Deviance(double x, double m)
    {
        if (Math.Abs(x - m) >= 0.1 * (x + m))
            return x * Math.Log(x / m) + m - x;

        var v = (x - m) / (x + m);
        var sum = (x - m) * v;
        var term = 2 * x * v;
        v *= v;
        for (var j = 1; j < 1000; j++)
        {
            term *= v;
            var next = sum + term / (2 * j + 1);
            if (next == sum)
                return next;
            sum = next;
        }

        return sum;
    }

    /// <summary>x^a e^(−x) / Γ(a + 1), the Poisson mass at a real a &gt; 0 for mean x &gt; 0.</summary>
    internal static double PoissonTerm(double a, double x) =>
        Math.Exp(-StirlingError(a) - Deviance(a, x)) / Math.Sqrt(2 * Math.PI * a);

    private static double StirlingSeries(double x)
    {
        var y = 1 / (x * x);
        return (1.0 / 12 + y * (-1.0 / 360 + y * (1.0 / 1260 + y * (-1.0 / 1680 + y * (1.0 / 1188
            + y * (-691.0 / 360360 + y * (1.0 / 156 + y * (-3617.0 / 122400)))))))) / x;
    }

    private static double LowerSeries(double a, double x)
    {
        var term = 1.0;
        var sum = 1.0;
        for (var n = 1; n <= MaxSteps; n++)
        {
            term *= x / (a + n);
            sum += term;
            if (term < sum * 1e-17)
                return Math.Min(1, sum * PoissonTerm(a, x));
        }

        return double.NaN;
    }

    /// <summary>Legendre's continued fraction by the modified Lentz method (DLMF 8.9.2).</summary>
    private static double UpperFraction(double a, double x)
    {
        var b = x + 1 - a;
        var c = 1 / ContinuedFraction.Tiny;
        var d = 1 / b;
        var h = d;
        for (var i = 1; i <= MaxSteps; i++)
        {
            var an = -i * (i - a);
            b += 2;
            d = 1 / ContinuedFraction.AwayFromZero(an * d + b);
            c = ContinuedFraction.AwayFromZero(b + an / c);
            var delta = d * c;
            h *= delta;
            if (Math.Abs(delta - 1) < 1e-16)
                return Math.Min(1, h * a * PoissonTerm(a, x));
        }

        return double.NaN;
    }
}
