namespace Fairlead.Statistics.Metrics;

/// <summary>
/// Proper scores of predicted probabilities: sums that add over windows and replicas. Brier's score of a binary
/// prediction is (p − y)², of many classes Σ over classes of (p − y)² (0 to 2); the logarithmic loss is clipped. Rows
/// with a probability outside 0 to 1 are counted and left out.
/// </summary>
/// <param name="clip">How near to 0 and 1 a probability counts; see <see cref="LogLoss.Clip"/>.</param>
public sealed class ProbabilityTotals(double clip = LogLoss.Clip)
{
    private WeightedMean _brier;
    private WeightedMean _logLoss;

    /// <summary>How many rows were counted in.</summary>
    public long Count => _brier.Count;

    /// <summary>How many rows had a probability that is none.</summary>
    public long Invalid { get; private set; }

    /// <summary>A row of a binary prediction; the weight is finite and not negative.</summary>
    public void Add(double probability, bool happened, double weight = 1)
    {
        Require.NotNegative(weight);
        if (!(probability is >= 0 and <= 1))
        {
            Invalid++;
            return;
        }

        var miss = probability - (happened ? 1 : 0);
        _brier += WeightedMean.Of(miss * miss, weight);
        _logLoss += WeightedMean.Of(LogLoss.Of(probability, happened, clip), weight);
    }

    /// <summary>A row of many classes; probabilities are divided by their sum after clipping, for the logarithmic
    /// loss only.</summary>
    public void Add(ReadOnlySpan<double> probabilities, int actual, double weight = 1)
    {
        Require.NotNegative(weight);
        double brier = 0, sum = 0;
        for (var k = 0; k < probabilities.Length; k++)
        {
            if (!(probabilities[k] is >= 0 and <= 1))
            {
                Invalid++;
                return;
            }

            var miss = probabilities[k] - (k == actual ? 1 : 0);
            brier += miss * miss;
            sum += Math.Clamp(probabilities[k], clip, 1 - clip);
        }

        var given = Math.Clamp(probabilities[actual], clip, 1 - clip) / sum;
        _brier += WeightedMean.Of(brier, weight);
        _logLoss += WeightedMean.Of(-Math.Log(given), weight);
    }

    /// <summary>Adds the rows of another window or replica.</summary>
    public void Add(ProbabilityTotals other)
    {
        _brier += other._brier;
        _logLoss += other._logLoss;
        Invalid += other.Invalid;
    }

    /// <summary>Mean Brier score; lower is better.</summary>
    public MetricEstimate Brier(double alpha) => _brier.Estimate(alpha, 2);

    /// <summary>Mean logarithmic loss in nats; lower is better.</summary>
    public MetricEstimate MeanLogLoss(double alpha) => _logLoss.Estimate(alpha, double.MaxValue);
}
