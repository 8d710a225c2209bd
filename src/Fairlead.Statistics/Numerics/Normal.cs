namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The standard normal distribution. Every function returns NaN for a NaN argument and for a probability outside
/// [0, 1]; infinities give the limits.
/// <para>Tails are computed as tails, never as 1 − Φ, and keep a relative error below 1e-14 down to the smallest
/// double (z ≈ 38.5); beyond that their logarithm still answers.</para>
/// <para>Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969);
/// M. J. Wichura, algorithm AS 241, Appl. Stat. 37 (1988).</para>
/// </summary>
public static class Normal
{
    private const double SqrtHalf = 0.70710678118654752440;
    private const double InverseSqrtPi = 0.56418958354775628695;

    /// <summary>1 / √(2π), the density at 0.</summary>
    private const double InverseSqrtTwoPi = 0.39894228040143267794;

    private static readonly double[] ErfTop =
    [
        1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2, 3.77485237685302021e2,
        3.20937758913846947e3,
    ];

    private static readonly double[] ErfBottom =
        [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3];

    private static readonly double[] MiddleTop =
    [
        2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1,
        2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3,
        1.23033935479799725e3,
    ];

    private static readonly double[] MiddleBottom =
    [
        1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
        3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
    ];

    private static readonly double[] FarTop =
    [
        1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
        1.60837851487422766e-2, 6.58749161529837803e-4,
    ];

    private static readonly double[] FarBottom =
    [
        1, 2.56852019228982242e0, 1.87295284992346047e0, 5.27905102951428412e-1, 6.05183413124413191e-2,
        2.33520497626869185e-3,
    ];

    /// <summary>The density φ(z) = exp(−z²/2) / √(2π).</summary>
    public static double Pdf(double z) => InverseSqrtTwoPi * ExpMinusHalfSquare(z);

    /// <summary>The distribution function Φ(z) = P(Z ≤ z), accurate in the lower tail.</summary>
    public static double Cdf(double z) => UpperTail(-z);

    /// <summary>The upper tail 1 − Φ(z) = P(Z &gt; z), accurate in relative terms.</summary>
    public static double UpperTail(double z)
    {
        if (double.IsNaN(z))
            return double.NaN;
        var x = Math.Abs(z) * SqrtHalf;
        if (x <= 0.46875)
            return 0.5 - 0.5 * Math.CopySign(SmallErf(x), z);

        var tail = 0.5 * ExpMinusHalfSquare(z) * ScaledErfc(x);
        return z > 0 ? tail : 1 - tail;
    }

    /// <summary>ln(1 − Φ(z)), finite for every finite z.</summary>
    public static double LogUpperTail(double z)
    {
        if (double.IsNaN(z))
            return double.NaN;
        if (z < 0)
            return Elementary.LogOnePlus(-UpperTail(-z));
        if (double.IsPositiveInfinity(z))
            return double.NegativeInfinity;

        var x = z * SqrtHalf;
        return x <= 0.46875 ? Math.Log(UpperTail(z)) : -0.5 * z * z + Math.Log(0.5 * ScaledErfc(x));
    }

    /// <summary>P(|Z| &gt; |z|), the two-sided p-value of a z statistic.</summary>
    public static double TwoSided(double z) => 2 * UpperTail(Math.Abs(z));

    /// <summary>The z with Φ(z) = <paramref name="p"/>; −∞ at 0 and +∞ at 1.</summary>
    public static double Quantile(double p) => p > 0.5 ? UpperQuantile(1 - p) : -UpperQuantile(p);

    /// <summary>
    /// The z with 1 − Φ(z) = <paramref name="q"/>: the critical value of a one-sided test at level q, exact for levels
    /// so small that 1 − q is 1.
    /// </summary>
    public static double UpperQuantile(double q)
    {
        if (!(q >= 0 && q <= 1))
            return double.NaN;
        if (q == 0)
            return double.PositiveInfinity;
        if (q > 0.5)
            return q == 1 ? double.NegativeInfinity : -UpperQuantile(1 - q);

        var z = WichuraQuantile(q);

        // One step of Halley's method on the tail removes what the rational approximation leaves.
        var density = Pdf(z);
        if (density == 0)
            return z;
        var step = (UpperTail(z) - q) / density;
        return z + step / (1 + 0.5 * z * step);
    }

    /// <summary>exp(−z²/2) with z split so that the square of its head is exact.</summary>
    private static double ExpMinusHalfSquare(double z)
    {
        if (double.IsInfinity(z))
            return 0;
        var head = Math.Truncate(z * 16) / 16;
        return Math.Exp(-0.5 * head * head) * Math.Exp(-0.5 * (z - head) * (z + head));
    }

    private static double SmallErf(double x) => x * Ratio(ErfTop, ErfBottom, x * x);

    /// <summary>exp(x²)·erfc(x) for x &gt; 0.46875.</summary>
    private static double ScaledErfc(double x)
    {
        if (x <= 4)
            return Ratio(MiddleTop, MiddleBottom, x);
        var y = 1 / (x * x);
        return (InverseSqrtPi - y * Ratio(FarTop, FarBottom, y)) / x;
    }

    private static double WichuraQuantile(double tail)
    {
        var centred = 0.5 - tail;
        if (centred <= 0.425)
            return centred * Ratio(WichuraCentreTop, WichuraCentreBottom, 0.180625 - centred * centred);

        var r = Math.Sqrt(-Math.Log(tail));
        return r <= 5
            ? Ratio(WichuraTailTop, WichuraTailBottom, r - 1.6)
            : Ratio(WichuraFarTop, WichuraFarBottom, r - 5);
    }

    private static readonly double[] WichuraCentreTop =
    [
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ];

    private static readonly double[] WichuraCentreBottom =
    [
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1,
    ];

    private static readonly double[] WichuraTailTop =
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ];

    private static readonly double[] WichuraTailBottom =
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1,
    ];

    private static readonly double[] WichuraFarTop =
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ];

    private static readonly double[] WichuraFarBottom =
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1,
    ];

    /// <summary>The ratio of two polynomials whose coefficients are given from the highest power down.</summary>
    private static double Ratio(double[] top, double[] bottom, double x) => Horner(top, x) / Horner(bottom, x);

    private static double Horner(double[] coefficients, double x)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
            sum = sum * x + coefficient;
        return sum;
    }
}
