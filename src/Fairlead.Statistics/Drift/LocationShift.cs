using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>What <see cref="LocationShift"/> compared.</summary>
public enum LocationScore
{
    /// <summary>The means, from exact sums.</summary>
    Means,

    /// <summary>The mean ranks, from quantiles.</summary>
    Ranks,
}

/// <summary>What a test of location says.</summary>
/// <param name="Score">What was compared.</param>
/// <param name="Statistic">The difference in standard errors.</param>
/// <param name="P">The two-sided p-value; 1 where neither side has any spread.</param>
public readonly record struct LocationResult(LocationScore Score, double Statistic, double P);

/// <summary>
/// Whether values have moved as a whole, with p-values that hold far out in the tail, where alarms over many columns
/// and looks are decided.
/// <para>The means are compared by t = (ȳ − x̄)/(s √(1/n + 1/m)) with m − 1 degrees of freedom, where s is of the m
/// values of the reference: without a change the n current values have its law, so they need not tell their spread as
/// well. The sums are exact in a sketch too. For values that are not normal, of skewness γ and excess κ, the tail at x
/// is off by about exp(|γ|x³/(6√n) + κx⁴/(24n)) (H. Cramér 1938), and by exp(|γ|x³/(3√m)) for the spread that the
/// reference shares with its mean (B.-Y. Jing, Q.-M. Shao, Q. Wang, Ann. Probab. 31 (2003)). The p-value is multiplied
/// by all of it, whichever side the difference is on.</para>
/// <para>Where that would cost more than a factor of four at <see cref="Bar"/>, ranks are compared instead: how often a
/// current value exceeds one of the reference (F. Wilcoxon 1945; H. B. Mann, D. R. Whitney 1947), whose scores are
/// bounded and, without ties, not skewed at all. Their variance is that of the scores plus that of the ranks of both
/// sketches, and what skewness ties leave is paid for in the same way. Which one is used follows from the reference and
/// the number of values alone, so a window cannot choose its test.</para>
/// <para>γ and κ are those of the reference's quantiles. A sketch may have lost values of the tails: what its variance
/// lacks of the exact one is taken to lie at the extremes.</para>
/// </summary>
public static class LocationShift
{
    /// <summary>The standard errors at which scores are chosen: a p-value of about 6e-7.</summary>
    public const double Bar = 5;

    private const double MostInflation = 4;

    // The rank errors of a sketch are stated at 99 %: so many deviations of a normal one.
    private const double StatedDeviations = 2.5758293035489004;

    /// <summary>The test. Both sides need a value.</summary>
    /// <param name="reference">The sums of the reference.</param>
    /// <param name="x">The same values as a sample or a sketch.</param>
    /// <param name="current">The sums of the current side.</param>
    /// <param name="y">Its values.</param>
    public static LocationResult Test(Moments reference, QuantileView x, Moments current, QuantileView y)
    {
        var means = MeansTail(reference, x, y.Count);
        if (means.At(Bar) <= Math.Log(MostInflation))
            return Means(reference, current, means);
        var scores = Scores.Of(x);
        var ranks = new Inflation(Math.Abs(scores.Skewness) / (6 * Math.Sqrt(Math.Min(x.Count, y.Count))), 0);
        return means.At(Bar) <= ranks.At(Bar) || !(scores.Variance > 0)
            ? Means(reference, current, means)
            : Ranks(scores, x, y, ranks);
    }

    private static LocationResult Means(Moments reference, Moments current, Inflation inflation)
    {
        var t = (current.Mean - reference.Mean)
            / Math.Sqrt(reference.Variance * (1.0 / reference.Count + 1.0 / current.Count));
        if (double.IsNaN(t))
            return new(LocationScore.Means, 0, 1);
        var reached = Math.Min(Math.Abs(t), inflation.Furthest);
        var p = 2 * StudentT.UpperTail(reached, reference.Count - 1);
        return new(LocationScore.Means, t, inflation.Raise(p, reached));
    }

    private static LocationResult Ranks(Scores scores, QuantileView x, QuantileView y, Inflation inflation)
    {
        // The chance that a current value is the greater, equal ones counting half.
        var (greater, before) = (0.0, (X: 0.0, Y: 0.0));
        var walk = new CdfWalk(x, y);
        while (walk.MoveNext())
        {
            var now = (X: Transport.Share(x, walk.UpToX), Y: Transport.Share(y, walk.UpToY));
            greater += (now.Y - before.Y) * (before.X + now.X) / 2;
            before = now;
        }

        var (errorX, errorY) = (x.RankError / StatedDeviations, y.RankError / StatedDeviations);
        var variance = scores.Variance * (1.0 / x.Count + 1.0 / y.Count) + errorX * errorX + errorY * errorY;
        var z = (greater - 0.5) / Math.Sqrt(variance);
        var reached = Math.Min(Math.Abs(z), inflation.Furthest);
        return new(LocationScore.Ranks, z, inflation.Raise(Normal.TwoSided(reached), reached));
    }

    private static Inflation MeansTail(Moments reference, QuantileView x, long n)
    {
        var (mean, exact) = (reference.Mean, reference.Variance * (reference.Count - 1) / reference.Count);
        if (!(exact > 0))
            return default;
        double second = 0, third = 0, fourth = 0;
        for (var i = 0; i < x.Values.Length; i++)
        {
            var (weight, off) = (x.UpTo(i + 1) - x.UpTo(i), x.Values[i] - mean);
            var square = off * off * weight;
            (second, third, fourth) = (second + square, third + square * off, fourth + square * off * off);
        }

        (second, third, fourth) = (second / x.Count, third / x.Count, fourth / x.Count);
        var deviation = Math.Sqrt(exact);
        var reach = Math.Max(x.Max - mean, mean - x.Min) / deviation;
        var lost = x.RankError == 0 ? 0 : Math.Abs(second / exact - 1) * reach;
        var skewness = Math.Abs(third) / (exact * deviation) + lost;
        var excess = fourth / (exact * exact) + lost * reach - 3;
        return new Inflation(
            skewness / (6 * Math.Sqrt(n)) + skewness / (3 * Math.Sqrt(x.Count)), Math.Max(0, excess) / (24 * n));
    }

    /// <summary>By how much a tail is heavier than its law says: exp(cubic·x³ + quartic·x⁴).</summary>
    private readonly record struct Inflation(double Cubic, double Quartic)
    {
        /// <summary>
        /// Beyond this the bound no longer falls, so the p-value of any greater difference is the one here: where the
        /// derivative of −x²/2 + cubic·x³ + quartic·x⁴ is 0.
        /// </summary>
        internal double Furthest => 2 / (3 * Cubic + Math.Sqrt(9 * Cubic * Cubic + 16 * Quartic));

        internal double At(double x) => x * x * x * (Cubic + Quartic * x);

        /// <summary>
        /// A p-value with what is paid for the tail. One that is 0 stays so, however much is paid: up to the furthest
        /// the bound is at most exp(−x²/6), which is nothing where the p-value is, and 0 · ∞ would say nothing at all.
        /// </summary>
        internal double Raise(double p, double x) => p > 0 ? Math.Min(1, p * Math.Exp(At(x))) : 0;
    }

    /// <summary>The law of the mid-ranks of the reference, as shares of it.</summary>
    private readonly record struct Scores(double Variance, double Skewness)
    {
        internal static Scores Of(QuantileView x)
        {
            double second = 0, third = 0, before = 0;
            for (var i = 0; i < x.Values.Length; i++)
            {
                while (i + 1 < x.Values.Length && x.Values[i + 1] == x.Values[i])
                    i++;
                var upTo = (double)x.UpTo(i + 1) / x.Count;
                var (weight, off) = (upTo - before, (before + upTo) / 2 - 0.5);
                second += weight * off * off;
                third += weight * off * off * off;
                before = upTo;
            }

            return new Scores(second, second > 0 ? third / (second * Math.Sqrt(second)) : 0);
        }
    }
}
