using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>Whether a treatment is shown to be no worse than a control by more than a margin.</summary>
/// <param name="Difference">Treatment − control.</param>
/// <param name="Z">Distance of the difference from the margin in standard errors; above 0 on the good side. NaN without
/// variation or units.</param>
/// <param name="P">One-sided p-value of "worse by the margin or more".</param>
/// <param name="Bound">The one-sided confidence bound of the difference on the bad side, at level 1 − alpha.</param>
/// <param name="NonInferior">P &lt; alpha; false where P is NaN.</param>
public readonly record struct NonInferiorityResult(
    double Difference, double Z, double P, double Bound, bool NonInferior);

/// <summary>
/// Non-inferiority in large samples with the unpooled standard error. Not finding a difference shows nothing; this
/// shows that a loss of the margin is ruled out.
/// <para>Higher is better: z = (d + margin)/se and the bound is d − z_α se; lower is better mirrors it. Source: M.
/// Rothmann, B. Wiens, I. Chan, "Design and Analysis of Non-Inferiority Trials" (2011), chapter 4.</para>
/// </summary>
public static class NonInferiority
{
    /// <summary>Two proportions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1) or the margin is
    /// negative.</exception>
    public static NonInferiorityResult OfProportions(
        Proportion control, Proportion treatment, double margin, double alpha, bool higherIsBetter) =>
        Test(treatment.Rate - control.Rate, control.VarianceOfRate + treatment.VarianceOfRate, margin, alpha,
            higherIsBetter);

    /// <summary>Two means.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1) or the margin is
    /// negative.</exception>
    public static NonInferiorityResult OfMeans(
        Moments control, Moments treatment, double margin, double alpha, bool higherIsBetter) =>
        Test(treatment.Mean - control.Mean, control.VarianceOfMean + treatment.VarianceOfMean, margin, alpha,
            higherIsBetter);

    private static NonInferiorityResult Test(
        double difference, double variance, double margin, double alpha, bool higherIsBetter)
    {
        Require.Level(alpha);
        Require.NotNegative(margin);
        if (!(variance > 0))
            return new(difference, double.NaN, double.NaN, double.NaN, false);

        var error = Math.Sqrt(variance);
        var gain = higherIsBetter ? difference : -difference;
        var z = (gain + margin) / error;
        var p = Normal.UpperTail(z);
        var bound = gain - Normal.UpperQuantile(alpha) * error;
        return new(difference, z, p, higherIsBetter ? bound : -bound, p < alpha);
    }
}
