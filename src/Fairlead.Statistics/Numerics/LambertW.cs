namespace Fairlead.Statistics.Numerics;

/// <summary>
/// The lower real branch of Lambert's function.
/// <para>Source: R. M. Corless et al., "On the Lambert W function", Adv. Comput. Math. 5 (1996): the series at the
/// branch point, the asymptotic form at 0, and Halley's iteration from either.</para>
/// </summary>
public static class LambertW
{
    /// <summary>
    /// W₋₁(x), the w ≤ −1 with w·eʷ = x, for −1/e ≤ x &lt; 0; −∞ at 0 and NaN outside. Values within a rounding error
    /// below −1/e give −1.
    /// </summary>
    public static double MinusOne(double x)
    {
        const double branch = -0.36787944117144232160;
        if (x < branch)
            return x >= branch * (1 + 4e-16) ? -1 : double.NaN;
        if (!(x < 0))
            return x == 0 ? double.NegativeInfinity : double.NaN;
        return MinusOneOfLog(Math.Log(-x));
    }

    /// <summary>
    /// W₋₁(−exp(<paramref name="log"/>)) for log ≤ −1: the same for arguments that a double cannot hold. NaN above −1.
    /// </summary>
    public static double MinusOneOfLog(double log)
    {
        if (!(log <= -1))
            return double.NaN;
        if (double.IsNegativeInfinity(log))
            return log;
        if (log == -1)
            return -1;

        // w + ln(−w)… with u = −w ≥ 1: u − ln u = −log. Convex in u, so Newton from the right side never overshoots.
        var excess = -log - 1;
        var root = Math.Sqrt(2 * excess);
        var u = excess < 1 ? 1 + root + root * root / 3 : -log + Math.Log(-log) + 0.5;
        for (var step = 0; step < 60; step++)
        {
            var next = u - ((u - 1) - Math.Log(u) - excess) / (1 - 1 / u);
            if (!(next >= 1) || Math.Abs(next - u) <= 2e-16 * u)
                break;
            u = next;
        }

        return -u;
    }
}
