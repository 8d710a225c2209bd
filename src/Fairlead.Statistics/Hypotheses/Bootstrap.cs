using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>The whole law of the bootstrap median.</summary>
/// <param name="Values">The sample in rising order.</param>
/// <param name="Probabilities">The probability that the median of a resample is that value.</param>
/// <param name="Mean">Mean of the law.</param>
/// <param name="StandardError">Its standard deviation: the bootstrap's standard error without any resampling.</param>
public sealed record MedianLaw(
    IReadOnlyList<double> Values, IReadOnlyList<double> Probabilities, double Mean, double StandardError);

/// <summary>A difference between two arms, judged by resampling.</summary>
/// <param name="Observed">Treatment − control in the samples themselves.</param>
/// <param name="StandardError">Standard deviation of the resampled differences.</param>
/// <param name="Interval">Percentile interval at level 1 − alpha.</param>
public readonly record struct BootstrapResult(double Observed, double StandardError, Interval Interval);

/// <summary>
/// The bootstrap. Source: B. Efron, "Bootstrap methods: another look at the jackknife", Ann. Stat. 7 (1979).
/// </summary>
public static class Bootstrap
{
    /// <summary>
    /// The exact bootstrap law of the median of n = 2m − 1 values: it is at most the k-th smallest with the probability
    /// that Binomial(n, k/n) is at least m.
    /// </summary>
    /// <exception cref="ArgumentException">The sample is empty or even in number, where the median of a resample need
    /// not be one of its values.</exception>
    public static MedianLaw ExactMedian(ReadOnlySpan<double> sample)
    {
        if (sample.Length % 2 == 0)
            throw new ArgumentException($"The sample must be odd in number; it has {sample.Length}.", nameof(sample));

        var n = sample.Length;
        var sorted = Quantiles.Sorted(sample);
        var mass = new double[n];
        CompensatedSum mean = default, square = default;
        var before = 0.0;
        for (var k = 1; k <= n; k++)
        {
            var upTo = Binomial.AtLeast((n + 1) / 2, n, (double)k / n);
            mass[k - 1] = upTo - before;
            before = upTo;
            mean += mass[k - 1] * sorted[k - 1];
        }

        for (var k = 0; k < n; k++)
            square += mass[k] * (sorted[k] - mean.Value) * (sorted[k] - mean.Value);
        return new(sorted, mass, mean.Value, Math.Sqrt(square.Value));
    }

    /// <summary>
    /// The percentile bootstrap of a difference of quantiles (<see cref="Quantiles.Of"/>). A replicate draws all of the
    /// treatment first and then all of the control, each an index by <see cref="SplitMix64.NextIndex"/>, so that any
    /// program can reproduce the result to the bit.
    /// </summary>
    /// <param name="control">Values of the control; not empty.</param>
    /// <param name="treatment">Values of the treatment; not empty.</param>
    /// <param name="p">The level of the quantile, 0 to 1.</param>
    /// <param name="replicates">Number of resamples, 2 to 1 000 000.</param>
    /// <param name="seed">Seed of the generator.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    public static BootstrapResult QuantileDifference(
        ReadOnlySpan<double> control, ReadOnlySpan<double> treatment, double p, int replicates, ulong seed,
        double alpha)
    {
        Require.Level(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicates, 1_000_000);
        if (control.IsEmpty || treatment.IsEmpty)
            throw new ArgumentException("An arm has no values.", control.IsEmpty ? nameof(control) : nameof(treatment));

        var random = new SplitMix64(seed);
        var differences = new double[replicates];
        double[] t = new double[treatment.Length], c = new double[control.Length];
        for (var i = 0; i < replicates; i++)
        {
            Resample(treatment, t, random);
            Resample(control, c, random);
            differences[i] = Quantiles.OfSorted(t, p) - Quantiles.OfSorted(c, p);
        }

        Array.Sort(differences);
        return new(
            Quantiles.Of(treatment, p) - Quantiles.Of(control, p),
            Math.Sqrt(Moments.Of(differences).Variance),
            new(Quantiles.OfSorted(differences, alpha / 2), Quantiles.OfSorted(differences, 1 - alpha / 2)));
    }

    private static void Resample(ReadOnlySpan<double> from, double[] into, SplitMix64 random)
    {
        for (var i = 0; i < into.Length; i++)
            into[i] = from[random.NextIndex(from.Length)];
        Array.Sort(into);
    }
}
