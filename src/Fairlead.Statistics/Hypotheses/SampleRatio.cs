using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>A stretch of time with constant weights, and how many units came in it.</summary>
public sealed record WeightedPeriod(long Total, IReadOnlyList<double> Weights);

/// <summary>Whether the arms got the shares of units that they should have got.</summary>
/// <param name="Expected">Units expected in each arm.</param>
/// <param name="ChiSquare">Pearson's statistic; ∞ when an arm of weight 0 got units.</param>
/// <param name="Degrees">Arms with weight above 0, less one.</param>
/// <param name="P">p-value; NaN without units or with fewer than two arms of weight above 0.</param>
public sealed record SampleRatioResult(IReadOnlyList<double> Expected, double ChiSquare, int Degrees, double P)
{
    /// <summary>
    /// Below it a mismatch is reported. Small, because the test is asked again and again: thirty daily looks at 0.05
    /// report one healthy experiment in four, at 0.001 one in a hundred.
    /// </summary>
    public const double DefaultLevel = 0.001;

    /// <summary>Whether the split is broken at a level; an undefined test reports nothing.</summary>
    public bool IsMismatch(double level = DefaultLevel) => P < level;
}

/// <summary>
/// Pearson's chi-square test for a sample ratio mismatch. A mismatch means that assignment, delivery or counting is
/// broken, and that no other result of the experiment may be believed.
/// <para>Source: A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019.
/// Valid where every expected count is above about five.</para>
/// </summary>
public static class SampleRatio
{
    /// <summary>Tests counts against weights that never changed; weights need not sum to 1.</summary>
    /// <exception cref="ArgumentException">Lengths differ, a count is negative, or the weights are negative, not finite
    /// or all 0.</exception>
    public static SampleRatioResult Test(IReadOnlyList<long> observed, IReadOnlyList<double> weights)
    {
        ArgumentNullException.ThrowIfNull(observed);
        return TestSchedule(observed, [new(observed.Sum(), weights)]);
    }

    /// <summary>
    /// Tests counts against a schedule: what is expected is the sum over the periods of total times weight. The weights
    /// of the last period alone would call every ramp a mismatch.
    /// </summary>
    /// <exception cref="ArgumentException">As for <see cref="Test"/>, in any period.</exception>
    public static SampleRatioResult TestSchedule(
        IReadOnlyList<long> observed, IReadOnlyList<WeightedPeriod> periods)
    {
        ArgumentNullException.ThrowIfNull(observed);
        ArgumentNullException.ThrowIfNull(periods);
        if (observed.Any(count => count < 0))
            throw new ArgumentException("A count is negative.", nameof(observed));

        var expected = new double[observed.Count];
        foreach (var period in periods)
            Expect(period, expected);

        var statistic = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            var distance = observed[i] - expected[i];
            if (expected[i] > 0)
                statistic += distance * distance / expected[i];
            else if (observed[i] > 0)
                statistic = double.PositiveInfinity;
        }

        var degrees = expected.Count(count => count > 0) - 1;
        var p = degrees > 0 ? ChiSquare.UpperTail(statistic, degrees)
            : double.IsInfinity(statistic) ? 0 : double.NaN;
        return new(expected, statistic, degrees, p);
    }

    private static void Expect(WeightedPeriod period, double[] expected)
    {
        var weights = period.Weights;
        if (weights.Count != expected.Length)
        {
            throw new ArgumentException(
                $"There are {expected.Length} counts and {weights.Count} weights.", nameof(period));
        }


        ArgumentOutOfRangeException.ThrowIfNegative(period.Total, nameof(period));
        var sum = weights.Sum();
        if (!(sum > 0) || double.IsInfinity(sum) || weights.Any(weight => weight < 0))
        {
            throw new ArgumentException(
                "Weights must be finite, not negative, and one must be above 0.", nameof(period));
        }

        for (var i = 0; i < expected.Length; i++)
            expected[i] += period.Total * (weights[i] / sum);
    }
}
