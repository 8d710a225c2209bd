using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Sequential;

/// <summary>An estimate with an interval and a p-value that hold at every look at once.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="StandardError">Its standard error at this look; NaN when it cannot be told.</param>
/// <param name="Low">Lower end of the interval; −∞ when nothing bounds it.</param>
/// <param name="High">Upper end of the interval; +∞ when nothing bounds it.</param>
/// <param name="PValue">Against the effect 0; 1 when nothing can be said.</param>
public readonly record struct SequentialInterval(
    double Estimate, double StandardError, double Low, double High, double PValue)
{
    /// <summary>The interval excludes 0: the effect is there, whenever one looks.</summary>
    public bool Excludes0 => Low > 0 || High < 0;
}

/// <summary>
/// Asymptotic confidence sequences: intervals around an estimate that hold simultaneously at all looks, however many
/// and however chosen, for estimates that are nearly normal. An estimate Δ with standard error e from n units stands
/// for a sum S = (Δ/e)·√n with variance n under <see cref="NormalMixture"/>.
/// <para>
/// <c>tuneAt</c> is the number of units at which the sequence shall be tightest; it is chosen before the first look and
/// kept. It costs nothing in validity.
/// </para>
/// <para>
/// Where the standard error is 0 or unknown, or there are no units, the answer is no decision: an unbounded interval
/// and p = 1. Rare events often have zero variance at the first looks, and a decision then would be a wrong one.
/// </para>
/// <para>
/// Source: I. Waudby-Smith et al., Ann. Stat. 52 (2024); two-sided eq. 9, one-sided eq. 134 tuned at 2α.
/// </para>
/// </summary>
public static class AsymptoticSequence
{
    /// <summary>The interval around an estimate.</summary>
    /// <param name="estimate">The estimate of the effect.</param>
    /// <param name="standardError">Its standard error.</param>
    /// <param name="units">Units of all arms together behind the estimate.</param>
    /// <param name="tuneAt">Units of all arms at which the sequence is tightest, above 0.</param>
    /// <param name="alpha">Error rate over all looks, between 0 and 1.</param>
    /// <param name="sides">
    /// <see cref="Sides.One"/>: only the lower end is bounded, and p is against "not above 0".
    /// </param>
    public static SequentialInterval Interval(
        double estimate, double standardError, double units, double tuneAt, double alpha, Sides sides = Sides.Two)
    {
        Require.Positive(tuneAt);
        Require.Level(alpha);
        if (!(units > 0) || !(standardError > 0) || !double.IsFinite(standardError) || !double.IsFinite(estimate))
            return new SequentialInterval(
                estimate, standardError, double.NegativeInfinity, double.PositiveInfinity, 1);

        var sum = estimate / standardError * Math.Sqrt(units);
        if (sides == Sides.Two)
        {
            var rho = NormalMixture.Rho(tuneAt, alpha);
            var half = standardError / Math.Sqrt(units) * NormalMixture.Bound(units, rho, alpha);
            return new SequentialInterval(estimate, standardError, estimate - half, estimate + half,
                Math.Exp(NormalMixture.LogPValue(sum, units, rho)));
        }

        // The one-sided boundary is nearly the two-sided one at twice the level, and is tuned as such.
        var rhoOne = NormalMixture.Rho(tuneAt, Math.Min(2 * alpha, 0.99));
        var below = standardError / Math.Sqrt(units) * NormalMixture.BoundOneSided(units, rhoOne, alpha);
        return new SequentialInterval(estimate, standardError, estimate - below, double.PositiveInfinity,
            Math.Exp(NormalMixture.LogPValueOneSided(sum, units, rhoOne)));
    }

    /// <summary>The interval around the difference treatment − control of two independent means.</summary>
    /// <param name="control">The control's mean and the variance of that mean.</param>
    /// <param name="treatment">The treatment's.</param>
    /// <param name="units">Units of both arms.</param>
    /// <param name="tuneAt">Units of both arms at which the sequence is tightest, above 0.</param>
    /// <param name="alpha">Error rate over all looks, between 0 and 1.</param>
    /// <param name="sides">Whether both ends are bounded or the lower one alone.</param>
    public static SequentialInterval Difference(
        MeanEstimate control, MeanEstimate treatment, double units, double tuneAt, double alpha,
        Sides sides = Sides.Two) =>
        Interval(treatment.Mean - control.Mean, Math.Sqrt(control.Variance + treatment.Variance), units, tuneAt, alpha,
            sides);

    /// <summary>The interval around the difference of two arms' means.</summary>
    public static SequentialInterval Difference(
        Moments control, Moments treatment, double tuneAt, double alpha, Sides sides = Sides.Two) =>
        Difference(MeanOf(control), MeanOf(treatment), control.Count + treatment.Count, tuneAt, alpha, sides);

    /// <summary>
    /// The interval around the relative lift treatment / control − 1, by the delta method; no decision at a control
    /// mean of 0.
    /// </summary>
    /// <param name="control">The control's mean and the variance of that mean.</param>
    /// <param name="treatment">The treatment's.</param>
    /// <param name="units">Units of both arms.</param>
    /// <param name="tuneAt">Units of both arms at which the sequence is tightest, above 0.</param>
    /// <param name="alpha">Error rate over all looks, between 0 and 1.</param>
    /// <param name="sides">Whether both ends are bounded or the lower one alone.</param>
    public static SequentialInterval RelativeLift(
        MeanEstimate control, MeanEstimate treatment, double units, double tuneAt, double alpha,
        Sides sides = Sides.Two)
    {
        var ratio = treatment.Mean / control.Mean;
        var error = Math.Sqrt(treatment.Variance + control.Variance * ratio * ratio) / Math.Abs(control.Mean);
        return Interval((treatment.Mean - control.Mean) / control.Mean, error, units, tuneAt, alpha, sides);
    }

    /// <summary>The interval around the relative lift of two arms' means.</summary>
    public static SequentialInterval RelativeLift(
        Moments control, Moments treatment, double tuneAt, double alpha, Sides sides = Sides.Two) =>
        RelativeLift(MeanOf(control), MeanOf(treatment), control.Count + treatment.Count, tuneAt, alpha, sides);

    /// <summary>Half the width of the two-sided interval for the mean of n values with deviation σ.</summary>
    public static double HalfWidth(double sigma, double n, double tuneAt, double alpha) =>
        sigma * NormalMixture.Bound(n, NormalMixture.Rho(tuneAt, alpha), alpha) / n;

    private static MeanEstimate MeanOf(Moments arm) => new(arm.Mean, arm.VarianceOfMean);
}
