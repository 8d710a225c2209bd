namespace Fairlead.Statistics;

/// <summary>Successes among trials: the whole of what a binary metric of one arm leaves behind.</summary>
public readonly record struct Proportion
{
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there are more successes than
    /// trials.</exception>
    public Proportion(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        Successes = successes;
        Trials = trials;
    }

    public long Successes { get; }

    public long Trials { get; }

    public long Failures => Trials - Successes;

    /// <summary>Successes / trials; NaN without trials.</summary>
    public double Rate => (double)Successes / Trials;

    /// <summary>Variance of the rate, p(1 − p)/n; NaN without trials.</summary>
    public double VarianceOfRate => Rate * (1 - Rate) / Trials;

    public static Proportion operator +(Proportion a, Proportion b) =>
        new(a.Successes + b.Successes, a.Trials + b.Trials);
}
