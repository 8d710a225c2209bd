namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// Ratios of two sums whose unit of analysis is finer than the unit of assignment: clicks per request while users are
/// assigned. In the <see cref="Moments"/> of one unit y is the numerator and x the denominator.
/// <para>Variance of the ratio R = m/d by the delta method: [σ_m²/μ_d² + σ_d² μ_m²/μ_d⁴ − 2 cov μ_m/μ_d³]/n. Source: A.
/// Deng, U. Knoblich, J. Lu, KDD 2018. A z test on requests as if they were independent reports false changes several
/// times as often as it says. NaN at a mean denominator of 0 and below two units.</para>
/// </summary>
public static class RatioMetric
{
    /// <summary>The ratio of one arm and its variance.</summary>
    public static MeanEstimate Of(Moments arm)
    {
        var d = arm.MeanX;
        var ratio = arm.SumY.Value / arm.SumX.Value;
        var variance = arm.Variance - 2 * ratio * arm.Covariance + ratio * ratio * arm.VarianceX;
        return new(ratio, Math.Max(0, variance) / (d * d) / arm.Count);
    }

    /// <summary>The difference treatment − control of two ratios, with Welch's degrees of freedom.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Difference(Moments control, Moments treatment, double alpha)
    {
        Require.Level(alpha);
        var c = Of(control);
        var t = Of(treatment);
        return EffectResult.Of(
            t.Mean - c.Mean,
            Math.Sqrt(t.Variance + c.Variance),
            EffectResult.WelchDegrees(t.Variance, treatment.Count, c.Variance, control.Count),
            alpha);
    }

    /// <summary>The relative lift of the treatment's ratio over the control's, by the delta method once more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Lift(Moments control, Moments treatment, double alpha) =>
        RelativeLift.Delta(Of(control), control.Count, Of(treatment), treatment.Count, alpha);
}
