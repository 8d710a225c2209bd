namespace Fairlead.Statistics.Hypotheses;

/// <summary>An effect that was adjusted by a covariate from before the exposure.</summary>
/// <param name="Theta">The pooled slope; 0 when the covariate does not vary.</param>
/// <param name="Raw">The effect without adjustment.</param>
/// <param name="Adjusted">The effect with adjustment.</param>
/// <param name="VarianceReduction">1 − (se adjusted / se raw)²; NaN without variation.</param>
public readonly record struct CupedResult(
    double Theta, EffectResult Raw, EffectResult Adjusted, double VarianceReduction);

/// <summary>
/// CUPED: takes out of each mean what a covariate explains. In the <see cref="Moments"/> of one unit y is the metric
/// and x the covariate, measured strictly before the exposure (one measured after it hides the effect).
/// <para>θ = cov(x, y)/var(x) over both arms together; Δ = (ȳ_t − ȳ_c) − θ(x̄_t − x̄_c); variance of each mean
/// (s_y² + θ² s_x² − 2θ s_xy)/n; Welch's degrees of freedom. Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, WSDM 2013.
/// A covariate without variation leaves the effect unadjusted.</para>
/// </summary>
public static class Cuped
{
    /// <summary>The difference treatment − control, raw and adjusted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static CupedResult Compare(Moments control, Moments treatment, double alpha)
    {
        Require.Level(alpha);
        var both = control + treatment;
        var theta = both.VarianceX > 0 ? both.Covariance / both.VarianceX : 0;
        var raw = MeanDifference.Welch(control, treatment, alpha);
        double t = AdjustedVariance(treatment, theta), c = AdjustedVariance(control, theta);
        var adjusted = EffectResult.Of(
            raw.Estimate - theta * (treatment.MeanX - control.MeanX),
            Math.Sqrt(t + c),
            EffectResult.WelchDegrees(t, treatment.Count, c, control.Count),
            alpha);
        var ratio = adjusted.StandardError / raw.StandardError;
        return new(theta, raw, adjusted, 1 - ratio * ratio);
    }

    private static double AdjustedVariance(Moments arm, double theta) =>
        Math.Max(0, arm.Variance + theta * theta * arm.VarianceX - 2 * theta * arm.Covariance) / arm.Count;
}
