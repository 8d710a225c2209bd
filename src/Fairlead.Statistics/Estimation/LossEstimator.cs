namespace Fairlead.Statistics.Estimation;

/// <summary>The errors of a regressor on rows without labels.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="MeanAbsoluteError">Expected mean of |y − ŷ|.</param>
/// <param name="MeanSquaredError">Expected mean of (y − ŷ)².</param>
/// <param name="RootMeanSquaredError">Its root.</param>
/// <param name="Assumption">What must hold for the figures to mean anything; to be shown beside them.</param>
public sealed record LossEstimate(
    long Rows, EstimatedMetric MeanAbsoluteError, EstimatedMetric MeanSquaredError,
    EstimatedMetric RootMeanSquaredError, string Assumption);

/// <summary>
/// Direct loss estimation: small boosted regressors (<see cref="BoostedTrees"/>) learn on a labelled reference how
/// large |y − ŷ| and (y − ŷ)² are for which inputs and predictions, and say it for rows without labels. Losses below 0
/// count as 0. The standard error is that of the mean of so many losses and of what the learners themselves were off by
/// on the half of the reference that they had not seen.
/// <para>Source: NannyML's DLE, with learners of our own.</para>
/// </summary>
public sealed class LossEstimator
{
    /// <summary>The fewest reference rows.</summary>
    public const int FewestRows = 100;

    private readonly Learner _absolute;
    private readonly Learner _squared;

    private LossEstimator(Learner absolute, Learner squared) => (_absolute, _squared) = (absolute, squared);

    /// <summary>Learns from labelled reference rows that the model was not trained on.</summary>
    /// <exception cref="ArgumentException">There are fewer than <see cref="FewestRows"/> rows, or lengths
    /// differ.</exception>
    public static LossEstimator Fit(
        IReadOnlyList<double[]> features, ReadOnlySpan<double> predicted, ReadOnlySpan<double> actual)
    {
        if (features.Count < FewestRows)
        {
            throw new ArgumentException(
                $"{FewestRows} reference rows are needed; there are {features.Count}.", nameof(features));
        }

        if (features.Count != predicted.Length || predicted.Length != actual.Length)
            throw new ArgumentException("There must be one of each for every row.", nameof(features));

        var rows = Rows(features, predicted);
        var (absolute, squared) = (new double[rows.Length], new double[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            absolute[i] = Math.Abs(actual[i] - predicted[i]);
            squared[i] = absolute[i] * absolute[i];
        }

        return new(Learner.Of(rows, absolute), Learner.Of(rows, squared));
    }

    /// <summary>The losses that are expected on rows without labels; NaN without rows.</summary>
    public LossEstimate Estimate(
        IReadOnlyList<double[]> features, ReadOnlySpan<double> predicted, double alpha = 0.05)
    {
        if (features.Count != predicted.Length)
            throw new ArgumentException("There must be a prediction for each row.", nameof(predicted));
        var rows = Rows(features, predicted);
        var squared = _squared.Mean(rows, alpha);
        var root = Math.Sqrt(squared.Value);
        return new(
            rows.Length, _absolute.Mean(rows, alpha), squared,
            EstimatedMetric.Of(root, root > 0 ? squared.SamplingError / (2 * root) : 0, alpha, double.MaxValue),
            ConfidenceEstimator.Assumption);
    }

    private static double[][] Rows(IReadOnlyList<double[]> features, ReadOnlySpan<double> predicted)
    {
        var rows = new double[features.Count][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = [.. features[i], predicted[i]];
        return rows;
    }

    /// <summary>A learner of one loss with what it was off by where it had not looked.</summary>
    private sealed record Learner(BoostedTrees Trees, double Deviation, double Off)
    {
        internal static Learner Of(double[][] rows, double[] losses)
        {
            // Every other row, so that both halves see the whole time.
            var half = Trained(rows, losses, 0);
            Moments rest = default;
            for (var i = 1; i < rows.Length; i += 2)
                rest += Moments.Of(losses[i] - Math.Max(0, half.At(rows[i])));
            return new(
                BoostedTrees.Fit(rows, losses), Math.Sqrt(Moments.Of(losses).Variance),
                Math.Sqrt(rest.VarianceOfMean));
        }

        internal EstimatedMetric Mean(double[][] rows, double alpha)
        {
            var mean = rows.Length == 0 ? double.NaN : rows.Average(row => Math.Max(0, Trees.At(row)));
            var error = Math.Sqrt(Deviation * Deviation / rows.Length + Off * Off);
            return EstimatedMetric.Of(mean, error, alpha, double.MaxValue);
        }

        private static BoostedTrees Trained(double[][] rows, double[] losses, int first) => BoostedTrees.Fit(
            [.. rows.Where((_, i) => i % 2 == first)], [.. losses.Where((_, i) => i % 2 == first)]);
    }
}
