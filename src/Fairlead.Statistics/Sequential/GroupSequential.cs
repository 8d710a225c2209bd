using System.Collections.Immutable;

namespace Fairlead.Statistics.Sequential;

/// <summary>One planned look of a group-sequential test.</summary>
/// <param name="Information">Share of the planned information at this look.</param>
/// <param name="CumulativeAlpha">Error rate spent by the end of this look; 0 where a double cannot hold it.</param>
/// <param name="Z">Critical value: reject when |Z| (one-sided: Z) reaches it. +∞ when nothing is left to spend.</param>
public readonly record struct GroupSequentialBound(double Information, double CumulativeAlpha, double Z);

/// <summary>What a test with given bounds does under one drift.</summary>
/// <param name="Upper">Chance of ending at each look above the upper bound.</param>
/// <param name="Lower">Chance of ending at each look below the lower bound; all 0 when one-sided.</param>
/// <param name="ExpectedInformation">Mean of the information at the end, in shares of the last look.</param>
public sealed record ExitProbabilities(
    ImmutableArray<double> Upper, ImmutableArray<double> Lower, double ExpectedInformation)
{
    /// <summary>Chance of ever leaving in either direction: the type I error at drift 0, the power elsewhere.</summary>
    public double Total => Upper.Sum() + Lower.Sum();
}

/// <summary>
/// Bounds and properties of tests that look at growing data a limited number of times. A look has an information time
/// t: the share of the planned information (for equal variances: of the planned units) that is there. Any rising times
/// will do; a time above 1 (an overrun) enters the joint distribution as it is, and spends no more than is left.
/// <para>
/// Bounds are found look by look from the recursion of Armitage, McPherson and Rowe (<see cref="BrownianExit"/>), to
/// about 1e-9. Times must be finite, above 0 and rising, levels between 0 and 1; anything else throws
/// <see cref="ArgumentOutOfRangeException"/>.
/// </para>
/// <para>
/// Source: S. Pocock, Biometrika 64 (1977); P. O'Brien, T. Fleming, Biometrics 35 (1979); K. Lan, D. DeMets,
/// Biometrika 70 (1983); C. Jennison, B. Turnbull, "Group Sequential Methods", 2000.
/// </para>
/// </summary>
public static class GroupSequential
{
    /// <summary>Most looks of one test.</summary>
    public const int MaxLooks = 2000;

    /// <summary>Critical values that spend the error rate by a spending function.</summary>
    public static ImmutableArray<GroupSequentialBound> Bounds(
        SpendingFunction spending, double alpha, Sides sides, IReadOnlyList<double> information)
    {
        Validate(information);
        var recursion = new BrownianExit(sides);
        var bounds = ImmutableArray.CreateBuilder<GroupSequentialBound>(information.Count);
        var spent = double.NegativeInfinity;
        foreach (var t in information)
        {
            var target = spending.LogSpent(t, alpha, sides);
            var z = recursion.BoundFor(t, LogDomain.Difference(target, spent));
            recursion.Advance(t, z);
            bounds.Add(new GroupSequentialBound(t, Math.Exp(target), z));
            spent = target;
        }

        return bounds.MoveToImmutable();
    }

    /// <summary>
    /// The classic O'Brien–Fleming bounds z_k = C·√(t_K/t_k), with C such that the whole test has level α. The looks
    /// must be planned in advance; use a spending function where they may move.
    /// </summary>
    public static (double C, ImmutableArray<double> Z) ObrienFleming(
        double alpha, Sides sides, IReadOnlyList<double> information) =>
        Classic(alpha, sides, information, (c, t) => c * Math.Sqrt(information[^1] / t));

    /// <summary>The classic Pocock bounds: one critical value C at every look.</summary>
    public static (double C, ImmutableArray<double> Z) Pocock(
        double alpha, Sides sides, IReadOnlyList<double> information) =>
        Classic(alpha, sides, information, (c, _) => c);

    /// <summary>
    /// The chances of ending at each look when W has a drift: the mean of Z at information 1. An effect of δ standard
    /// errors of the final estimate is the drift δ.
    /// </summary>
    public static ExitProbabilities Exits(
        IReadOnlyList<double> information, IReadOnlyList<double> z, Sides sides, double drift = 0)
    {
        Validate(information);
        if (z.Count != information.Count)
            throw new ArgumentException($"{z.Count} bounds for {information.Count} looks.", nameof(z));

        var recursion = new BrownianExit(sides, drift);
        var upper = ImmutableArray.CreateBuilder<double>(z.Count);
        var lower = ImmutableArray.CreateBuilder<double>(z.Count);
        var (left, expected) = (1.0, 0.0);
        for (var k = 0; k < z.Count; k++)
        {
            upper.Add(Math.Exp(recursion.LogExitAbove(information[k], z[k])));
            lower.Add(sides == Sides.One ? 0 : Math.Exp(recursion.LogExitBelow(information[k], -z[k])));
            recursion.Advance(information[k], z[k]);
            var ended = k == z.Count - 1 ? left : upper[k] + lower[k];
            expected += ended * information[k];
            left -= ended;
        }

        return new ExitProbabilities(upper.MoveToImmutable(), lower.MoveToImmutable(), expected / information[^1]);
    }

    /// <summary>
    /// The chance that |Z| passes one fixed value at any of <paramref name="looks"/> equally spaced looks although
    /// there is no effect: what repeated looks cost that nobody accounted for.
    /// </summary>
    public static double PeekingErrorRate(int looks, double z)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(looks, 1);
        var information = Enumerable.Range(1, looks).Select(k => k / (double)looks).ToArray();
        return Exits(information, [.. Enumerable.Repeat(z, looks)], Sides.Two).Total;
    }

    /// <summary>The drift under which bounds reach a power: the chance of ending above the upper bound.</summary>
    public static double DriftFor(
        double power, IReadOnlyList<double> information, IReadOnlyList<double> z, Sides sides)
    {
        Require.Level(power);
        var high = 1.0;
        while (Exits(information, z, sides, high).Upper.Sum() < power)
        {
            high *= 2;
            if (high > 1e6)
                return double.PositiveInfinity;
        }

        return Numerics.RootFinding.Brent(
            drift => Exits(information, z, sides, drift).Upper.Sum() - power, 0, high, 1e-9);
    }

    /// <summary>
    /// By how much the largest sample of the group-sequential test exceeds that of a test with one look of the same
    /// level and power: (θ / (z_α + z_β))², with α/2 in place of α for two sides.
    /// </summary>
    public static double Inflation(
        double alpha, double power, Sides sides, IReadOnlyList<double> information, IReadOnlyList<double> z)
    {
        var drift = DriftFor(power, information, z, sides) * Math.Sqrt(information[^1]);
        var single = Numerics.Normal.UpperQuantile(sides == Sides.Two ? alpha / 2 : alpha)
            + Numerics.Normal.Quantile(power);
        return drift / single * (drift / single);
    }

    private static (double C, ImmutableArray<double> Z) Classic(
        double alpha, Sides sides, IReadOnlyList<double> information, Func<double, double, double> shape)
    {
        Validate(information);
        Require.Level(alpha);

        ImmutableArray<double> At(double c) => [.. information.Select(t => shape(c, t))];
        var single = Numerics.Normal.UpperQuantile(sides == Sides.Two ? alpha / 2 : alpha);
        var bonferroni = Numerics.Normal.UpperQuantile((sides == Sides.Two ? alpha / 2 : alpha) / information.Count);
        var c = information.Count == 1
            ? single
            : Numerics.RootFinding.Brent(
                c => Math.Log(Exits(information, At(c), sides).Total / alpha), single, bonferroni, 1e-10);
        return (c, At(c));
    }

    internal static void Validate(IReadOnlyList<double> information)
    {
        if (information.Count is 0 or > MaxLooks)
            throw new ArgumentOutOfRangeException(
                nameof(information), information.Count, $"A test has 1 to {MaxLooks} looks.");
        for (var k = 0; k < information.Count; k++)
        {
            if (!double.IsFinite(information[k]) || information[k] <= (k == 0 ? 0 : information[k - 1]))
                throw new ArgumentOutOfRangeException(nameof(information), information[k],
                    $"Look {k + 1}: information times must be finite, above 0 and rising.");
        }
    }
}
