using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sequential;

/// <summary>The form of a <see cref="SpendingFunction"/>.</summary>
public enum SpendingKind
{
    /// <summary>Like O'Brien–Fleming: almost nothing early, almost everything at the end.</summary>
    LanDeMetsObrienFleming,

    /// <summary>Like Pocock: nearly the same critical value at every look.</summary>
    LanDeMetsPocock,

    /// <summary>Hwang, Shih and DeCani with a parameter γ; −4 is like O'Brien–Fleming, 1 like Pocock.</summary>
    HwangShihDeCani,

    /// <summary>α·t^ρ of Kim and DeMets, ρ &gt; 0.</summary>
    Power,
}

/// <summary>
/// How much of the error rate may be spent by the time that a share t of the planned information is there. Rising in
/// t, nothing at 0 and all of α from 1 on; a share above 1 (an overrun) counts as 1, so nothing is spent twice.
/// <para>
/// A two-sided test spends twice what the one-sided test at α/2 spends. (Taking the one-sided O'Brien–Fleming form at
/// the whole α for a two-sided test is a known mistake: it spends too early.)
/// </para>
/// <para>
/// Source: K. Lan, D. DeMets, Biometrika 70 (1983); K. Kim, D. DeMets, Biometrika 74 (1987); I. Hwang, W. Shih,
/// J. DeCani, Stat. Med. 9 (1990).
/// </para>
/// </summary>
/// <param name="Kind">The form.</param>
/// <param name="Parameter">γ or ρ of the forms that have one; otherwise 0.</param>
public readonly record struct SpendingFunction(SpendingKind Kind, double Parameter = 0)
{
    /// <summary>The default: nearly the power of a single look.</summary>
    public static SpendingFunction ObrienFleming { get; } = new(SpendingKind.LanDeMetsObrienFleming);

    /// <summary>Spends early; for when stopping early matters more than power.</summary>
    public static SpendingFunction Pocock { get; } = new(SpendingKind.LanDeMetsPocock);

    /// <summary>
    /// ln of the error rate spent at the share <paramref name="t"/>; −∞ at 0. It keeps its digits where the rate
    /// itself is 1e-55 or far below what a double holds.
    /// </summary>
    /// <param name="t">Share of the planned information; NaN gives NaN.</param>
    /// <param name="alpha">The whole error rate, between 0 and 1.</param>
    /// <param name="sides">Whether both directions share it.</param>
    public double LogSpent(double t, double alpha, Sides sides)
    {
        Require.Level(alpha);
        if (double.IsNaN(t))
            return double.NaN;
        if (t <= 0)
            return double.NegativeInfinity;
        if (t >= 1)
            return Math.Log(alpha);

        return Kind switch
        {
            SpendingKind.LanDeMetsObrienFleming => LogObrienFleming(t, alpha, sides),
            SpendingKind.LanDeMetsPocock => Math.Log(alpha) + Math.Log(Elementary.LogOnePlus((Math.E - 1) * t)),
            SpendingKind.HwangShihDeCani => Math.Log(alpha) + Math.Log(Parameter == 0
                ? t
                : Elementary.ExpMinusOne(-Parameter * t) / Elementary.ExpMinusOne(-Parameter)),
            SpendingKind.Power when Parameter > 0 => Math.Log(alpha) + Parameter * Math.Log(t),
            _ => throw new InvalidOperationException($"A spending function {Kind} with {Parameter} does not exist."),
        };
    }

    /// <summary>The error rate spent at the share <paramref name="t"/>; 0 where a double cannot hold it.</summary>
    public double Spent(double t, double alpha, Sides sides) => Math.Exp(LogSpent(t, alpha, sides));

    /// <summary>2 − 2Φ(z_{a/2}/√t) for the one-sided level a, doubled for two sides.</summary>
    private static double LogObrienFleming(double t, double alpha, Sides sides)
    {
        var (oneSided, logSides) = sides == Sides.Two ? (alpha / 2, Math.Log(2)) : (alpha, 0);
        return logSides + Math.Log(2) + Normal.LogUpperTail(Normal.UpperQuantile(oneSided / 2) / Math.Sqrt(t));
    }
}
