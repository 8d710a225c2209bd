namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// Welch's t test of two means with unequal variances, from mergeable moments: t = (ȳ_t − ȳ_c)/√(s_t²/n_t + s_c²/n_c).
/// <para>Source: B. L. Welch, Biometrika 34 (1947). Valid for means of units that are independent: use one value a unit
/// of assignment. An arm with fewer than two units, or no variation in both, gives NaN.</para>
/// </summary>
public static class MeanDifference
{
    /// <summary>Compares the mean of a treatment with that of a control.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Welch(Moments control, Moments treatment, double alpha)
    {
        Require.Level(alpha);
        double a = treatment.VarianceOfMean, b = control.VarianceOfMean;
        return EffectResult.Of(
            treatment.Mean - control.Mean,
            Math.Sqrt(a + b),
            EffectResult.WelchDegrees(a, treatment.Count, b, control.Count),
            alpha);
    }

    /// <summary>
    /// Student's t test, which takes the variances for equal: s² pooled over n_t + n_c − 2 degrees of freedom. Student
    /// 1908. Prefer <see cref="Welch"/>; this one is for figures that others compute so.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Student(Moments control, Moments treatment, double alpha)
    {
        Require.Level(alpha);
        double n = treatment.Count, m = control.Count;
        var pooled = ((n - 1) * treatment.Variance + (m - 1) * control.Variance) / (n + m - 2);
        return EffectResult.Of(
            treatment.Mean - control.Mean, Math.Sqrt(pooled * (1 / n + 1 / m)), n + m - 2, alpha);
    }
}
