namespace Fairlead.Statistics.Bandits;

/// <summary>What is believed about the mean reward of an arm: normal with this mean and deviation.</summary>
public readonly record struct NormalPosterior
{
    /// <summary>N(mean, deviation²); the mean finite, the deviation above 0 and finite.</summary>
    public NormalPosterior(double mean, double deviation)
    {
        if (!double.IsFinite(mean))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "A mean is a finite number.");
        if (!(deviation > 0) || !double.IsFinite(deviation))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "A deviation is above 0 and finite.");
        (Mean, Deviation) = (mean, deviation);
    }

    /// <summary>The mean.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation.</summary>
    public double Deviation { get; }

    /// <summary>
    /// After n rewards of the given mean and variance, under a normal prior; a flat one where its variance is infinite.
    /// An arm without rewards is where the prior left it, so the prior must then be proper.
    /// </summary>
    public static NormalPosterior After(
        double n, double mean, double variance, double priorMean = 0, double priorVariance = double.PositiveInfinity)
    {
        var weight = n > 0 ? n / variance : 0;
        var priorWeight = 1 / priorVariance;
        var precision = weight + priorWeight;
        var centre = (weight > 0 ? weight * mean : 0) + (priorWeight > 0 ? priorWeight * priorMean : 0);
        return new NormalPosterior(centre / precision, Math.Sqrt(1 / precision));
    }

    /// <summary>After the rewards of an arm, under a normal prior; a flat one where its variance is infinite.</summary>
    public static NormalPosterior After(
        Moments rewards, double priorMean = 0, double priorVariance = double.PositiveInfinity) =>
        After(rewards.Count, rewards.Mean, rewards.Variance, priorMean, priorVariance);
}
