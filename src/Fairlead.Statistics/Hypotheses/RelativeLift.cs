using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>A mean with the variance of that mean.</summary>
public readonly record struct MeanEstimate(double Mean, double Variance);

/// <summary>
/// How much higher the treatment is, as a share of the control.
/// </summary>
public static class RelativeLift
{
    /// <summary>
    /// The lift m_t/m_c − 1 by the delta method, se² = v_t/(n_t m_c²) + v_c m_t²/(n_c m_c⁴), with Welch's degrees of
    /// freedom. For a control mean well away from 0 (|m_c| above about five standard errors); otherwise
    /// <see cref="FiellerRatio"/>. NaN at a control mean of 0.
    /// <para>Source: A. Deng, U. Knoblich, J. Lu, "Applying the delta method in metric analytics", KDD 2018.</para>
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Delta(Moments control, Moments treatment, double alpha) => Delta(
        new(control.Mean, control.VarianceOfMean), control.Count,
        new(treatment.Mean, treatment.VarianceOfMean), treatment.Count, alpha);

    /// <summary>
    /// An interval for the ratio treatment / control of two normal means that stays valid when the control is noisy:
    /// the set of all ρ with (m_t − ρ m_c)² ≤ z² (v_t − 2ρ·cov + ρ² v_c).
    /// <para>Source: E. C. Fieller, J. R. Stat. Soc. B 16 (1954). Where the control is not significantly different from
    /// 0 that set is unbounded, and the interval is (−∞, ∞).</para>
    /// </summary>
    /// <param name="control">Mean of the control.</param>
    /// <param name="treatment">Mean of the treatment.</param>
    /// <param name="covariance">Covariance of the two means; 0 for independent arms.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static Interval FiellerRatio(
        MeanEstimate control, MeanEstimate treatment, double covariance, double alpha)
    {
        Require.Level(alpha);
        var z = Normal.UpperQuantile(alpha / 2);
        var a = control.Mean * control.Mean - z * z * control.Variance;
        var b = control.Mean * treatment.Mean - z * z * covariance;
        var c = treatment.Mean * treatment.Mean - z * z * treatment.Variance;
        if (double.IsNaN(a + b + c))
            return Interval.Undefined;
        return a > 0
            ? Interval.Around(b / a, Math.Sqrt(Math.Max(0, b * b - a * c)) / a)
            : new(double.NegativeInfinity, double.PositiveInfinity);
    }

    internal static EffectResult Delta(
        MeanEstimate control, long controlCount, MeanEstimate treatment, long treatmentCount, double alpha)
    {
        Require.Level(alpha);
        var m = control.Mean;
        var ratio = treatment.Mean / m;
        var variance = (treatment.Variance + control.Variance * ratio * ratio) / (m * m);
        return EffectResult.Of(
            m == 0 ? double.NaN : (treatment.Mean - m) / m,
            Math.Sqrt(variance),
            EffectResult.WelchDegrees(treatment.Variance, treatmentCount, control.Variance, controlCount),
            alpha);
    }
}
