using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bayes;

/// <summary>What was believed about an effect before: normal with this mean and variance.</summary>
public readonly record struct GaussianPrior(double Mean, double Variance);

/// <summary>
/// What is believed about an effect (a difference, or a relative lift) of which there is a nearly normal estimate:
/// N(μ, σ²). With a normal prior the precisions add; without one the estimate is taken as it is.
/// <para>
/// The expected loss of the treatment is E[max(−effect, 0)] = σφ(μ/σ) − μΦ(−μ/σ), and of the control
/// E[max(effect, 0)] = σφ(μ/σ) + μΦ(μ/σ). Both are at least 0 at any |μ/σ|, where the formulas cancel to nothing.
/// </para>
/// <para>A standard error that is not above 0 gives NaN throughout, which is no verdict.</para>
/// <para>Source: A. Gelman et al., "Bayesian Data Analysis", section 2.5; GrowthBook's Bayesian engine.</para>
/// </summary>
/// <param name="Mean">μ.</param>
/// <param name="Deviation">σ.</param>
public readonly record struct GaussianEffect(double Mean, double Deviation)
{
    /// <summary>Beyond this many deviations a tail is 0 to the last digit of a double.</summary>
    private const double Beyond = 37;

    /// <summary>The posterior of an estimate under a prior; null: a flat one.</summary>
    public static GaussianEffect After(double estimate, double standardError, GaussianPrior? prior = null)
    {
        if (!(standardError > 0) || double.IsInfinity(standardError) || double.IsNaN(estimate))
            return new GaussianEffect(double.NaN, double.NaN);
        if (prior is not { } before)
            return new GaussianEffect(estimate, standardError);
        if (!(before.Variance > 0))
            throw new ArgumentOutOfRangeException(nameof(prior), before.Variance, "A variance is above 0.");

        var weight = 1 / (standardError * standardError);
        var precision = weight + 1 / before.Variance;
        return new GaussianEffect(
            (estimate * weight + before.Mean / before.Variance) / precision, Math.Sqrt(1 / precision));
    }

    /// <summary>P(effect &gt; 0).</summary>
    public double ChanceToWin => Normal.Cdf(Mean / Deviation);

    /// <summary>Expected loss of choosing the treatment: what is lost where the effect is below 0.</summary>
    public double LossOfTreatment => Loss(-Mean);

    /// <summary>Expected loss of staying with the control: what is lost where the effect is above 0.</summary>
    public double LossOfControl => Loss(Mean);

    /// <summary>The interval that holds the effect with probability 1 − α.</summary>
    public (double Low, double High) Interval(double alpha = 0.05)
    {
        var half = Normal.UpperQuantile(alpha / 2) * Deviation;
        return (Mean - half, Mean + half);
    }

    /// <summary>E[max(X, 0)] of X ~ N(mean, σ²).</summary>
    private double Loss(double mean)
    {
        var ratio = mean / Deviation;
        if (ratio > Beyond)
            return mean;
        if (ratio < -Beyond)
            return 0;
        return Math.Max(0, Deviation * Normal.Pdf(ratio) + mean * Normal.Cdf(ratio));
    }
}
