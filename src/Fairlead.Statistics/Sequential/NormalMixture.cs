using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sequential;

/// <summary>
/// The normal-mixture boundary: one function behind Howard's confidence sequences, asymptotic confidence sequences
/// and the mixture sequential probability ratio test, which differ in tuning and in units only.
/// <para>
/// For a sum S with mean 0 and variance v the mixture over a normal prior of precision ρ is
/// M = √(ρ/(v+ρ)) · exp(S² / (2(v+ρ))), a martingale; so P(M ever reaches 1/α) ≤ α, and |S| stays below
/// √((v+ρ)·ln((v+ρ)/(ρα²))) at all times with probability 1 − α.
/// </para>
/// <para>
/// 0 &lt; α &lt; 1, or <see cref="ArgumentOutOfRangeException"/>. v ≥ 0 and ρ &gt; 0 come from the data: where they are
/// not, or are not finite, every function returns NaN.
/// </para>
/// <para>
/// Source: H. Robbins, Ann. Math. Stat. 41 (1970); S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Ann. Stat. 49
/// (2021), eq. 14; I. Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences",
/// Ann. Stat. 52 (2024), eq. 9 and 134.
/// </para>
/// </summary>
public static class NormalMixture
{
    /// <summary>
    /// The ρ that makes the two-sided boundary about as tight as it can be at variance <paramref name="v"/>:
    /// v / (2 ln(1/α) + ln(1 + 2 ln(1/α))). For a one-sided boundary at level α take it at 2α.
    /// </summary>
    public static double Rho(double v, double alpha)
    {
        Require.Level(alpha);
        if (!(v > 0))
            return double.NaN;
        var log = -2 * Math.Log(alpha);
        return v / (log + Math.Log(1 + log));
    }

    /// <summary>
    /// The ρ that minimises the two-sided boundary at variance <paramref name="v"/> exactly: v / (−W₋₁(−α²/e) − 1).
    /// </summary>
    public static double RhoExact(double v, double alpha)
    {
        Require.Level(alpha);
        return v > 0 ? v / (-LambertW.MinusOneOfLog(2 * Math.Log(alpha) - 1) - 1) : double.NaN;
    }

    /// <summary>ln M: the logarithm of the mixture at the sum <paramref name="s"/>.</summary>
    public static double LogMixture(double s, double v, double rho) =>
        IsScale(v, rho) ? -0.5 * LogSpread(v, rho) + 0.5 * s * s / (v + rho) : double.NaN;

    /// <summary>The bound that |S| crosses with probability at most α, ever.</summary>
    public static double Bound(double v, double rho, double alpha)
    {
        Require.Level(alpha);
        return IsScale(v, rho)
            ? Math.Sqrt((v + rho) * (LogSpread(v, rho) - 2 * Math.Log(alpha)))
            : double.NaN;
    }

    /// <summary>
    /// The bound that S crosses upwards with probability at most α, ever:
    /// √(2(v+ρ) · ln(1 + √((v+ρ)/ρ) / (2α))).
    /// </summary>
    public static double BoundOneSided(double v, double rho, double alpha)
    {
        Require.Level(alpha);
        return IsScale(v, rho)
            ? Math.Sqrt(2 * (v + rho) * Math.Log(1 + Math.Exp(0.5 * LogSpread(v, rho)) / (2 * alpha)))
            : double.NaN;
    }

    /// <summary>
    /// ln p of the two-sided test, at most 0: the level at which the boundary would pass through
    /// <paramref name="s"/>. Its running minimum over the looks is valid at any time.
    /// </summary>
    public static double LogPValue(double s, double v, double rho) => Math.Min(0, -LogMixture(s, v, rho));

    /// <summary>ln p of the one-sided test, at most 0; 0 for a sum that is not above 0.</summary>
    public static double LogPValueOneSided(double s, double v, double rho)
    {
        if (!IsScale(v, rho) || double.IsNaN(s))
            return double.NaN;
        if (s <= 0)
            return 0;

        var exponent = 0.5 * s * s / (v + rho);
        var logGrowth = exponent > 40 ? exponent : Math.Log(Elementary.ExpMinusOne(exponent));
        return Math.Min(0, 0.5 * LogSpread(v, rho) - Math.Log(2) - logGrowth);
    }

    /// <summary>ln((v+ρ)/ρ), accurate for v far below ρ.</summary>
    private static double LogSpread(double v, double rho) => Elementary.LogOnePlus(v / rho);

    private static bool IsScale(double v, double rho) => v >= 0 && rho > 0 && double.IsFinite(v + rho);
}
