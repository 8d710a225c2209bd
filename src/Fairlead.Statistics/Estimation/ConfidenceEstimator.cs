using Fairlead.Statistics.Metrics;

namespace Fairlead.Statistics.Estimation;

/// <summary>The quality of a classifier on rows without labels.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Accuracy">Share of rows that are expected to be right.</param>
/// <param name="Precision">Of the positive class; of more than two classes the mean over classes (macro).</param>
/// <param name="Recall">Likewise.</param>
/// <param name="F1">Likewise.</param>
/// <param name="RocAuc">Of two classes only, otherwise undefined.</param>
/// <param name="Assumption">What must hold for the figures to mean anything; to be shown beside them.</param>
public sealed record QualityEstimate(
    long Rows, EstimatedMetric Accuracy, EstimatedMetric Precision, EstimatedMetric Recall, EstimatedMetric F1,
    EstimatedMetric RocAuc, string Assumption);

/// <summary>
/// Confidence-based performance estimation: calibrates the probabilities on a labelled reference, one class at a time
/// and renormalised, and takes them at their word on rows without labels. What it sees is a change of the inputs; where
/// the relation of inputs and outcome changes it is blind, and says so.
/// <para>Source: NannyML's CBPE (J. Białek et al., "Estimating model performance under covariate shift without labels",
/// 2024); sampling errors by <see cref="BinarySampling"/> for two classes, by the delta method on the reference's
/// confusion table for more.</para>
/// </summary>
public sealed class ConfidenceEstimator
{
    /// <summary>What every estimate rests on.</summary>
    public const string Assumption =
        "no concept drift: inputs may have changed, but given the inputs an outcome is as likely as in the reference";

    private readonly ProbabilityCalibrator[] _calibrators;
    private readonly BinarySampling? _sampling;
    private readonly ConfusionTable _reference;

    private ConfidenceEstimator(
        ProbabilityCalibrator[] calibrators, BinarySampling? sampling, ConfusionTable reference)
    {
        _calibrators = calibrators;
        _sampling = sampling;
        _reference = reference;
    }

    /// <summary>Number of classes.</summary>
    public int Classes => _reference.Classes;

    /// <summary>Learns from labelled reference rows that the model was not trained on.</summary>
    /// <param name="probabilities">Of each row the probability of each class, two or more classes.</param>
    /// <param name="predicted">The class that was answered.</param>
    /// <param name="actual">The class that it turned out to be.</param>
    /// <param name="seed">Seed of the splits that decide whether calibration helps.</param>
    /// <exception cref="ArgumentException">There is no row, or lengths differ.</exception>
    public static ConfidenceEstimator Fit(
        IReadOnlyList<double[]> probabilities, ReadOnlySpan<int> predicted, ReadOnlySpan<int> actual, ulong seed = 1)
    {
        if (probabilities.Count == 0 || predicted.Length != probabilities.Count || actual.Length != predicted.Length)
            throw new ArgumentException("There must be rows, and one of each for every row.", nameof(probabilities));

        var classes = probabilities[0].Length;
        var table = new ConfusionTable(classes);
        for (var i = 0; i < actual.Length; i++)
            table.Add(actual[i], predicted[i]);
        var labels = actual.ToArray();
        if (classes > 2)
        {
            var each = Enumerable.Range(0, classes).Select(k => ProbabilityCalibrator.Fit(
                [.. probabilities.Select(row => row[k])], [.. labels.Select(label => label == k)], seed));
            return new([.. each], null, table);
        }

        double[] scores = [.. probabilities.Select(row => row[1])];
        bool[] happened = [.. labels.Select(label => label == 1)];
        bool[] answered = [.. predicted.ToArray().Select(label => label == 1)];
        return new(
            [ProbabilityCalibrator.Fit(scores, happened, seed)], new(happened, answered, scores), table);
    }

    /// <summary>The calibrated probabilities of a row; they add up to 1.</summary>
    public double[] Calibrate(ReadOnlySpan<double> probabilities)
    {
        if (Classes == 2)
        {
            var positive = _calibrators[0].Calibrate(probabilities[1]);
            return [1 - positive, positive];
        }

        var calibrated = new double[Classes];
        for (var k = 0; k < Classes; k++)
            calibrated[k] = _calibrators[k].Calibrate(probabilities[k]);
        var sum = calibrated.Sum();
        for (var k = 0; k < Classes; k++)
            calibrated[k] = sum > 0 ? calibrated[k] / sum : 1.0 / Classes;
        return calibrated;
    }

    /// <summary>The quality that is expected on rows without labels; NaN without rows.</summary>
    public QualityEstimate Estimate(
        IReadOnlyList<double[]> probabilities, ReadOnlySpan<int> predicted, double alpha = 0.05)
    {
        if (predicted.Length != probabilities.Count)
            throw new ArgumentException("There must be a prediction for each row.", nameof(predicted));
        return _sampling is null
            ? OfMany(probabilities, predicted, alpha)
            : OfTwo(_sampling, probabilities, predicted, alpha);
    }

    private QualityEstimate OfTwo(
        BinarySampling sampling, IReadOnlyList<double[]> probabilities, ReadOnlySpan<int> predicted, double alpha)
    {
        bool[] answered = [.. predicted.ToArray().Select(label => label == 1)];
        var expected = BinaryExpectation.Of(
            [.. probabilities.Select(row => _calibrators[0].Calibrate(row[1]))], answered,
            [.. probabilities.Select(row => row[1])]);
        long rows = answered.Length;
        EstimatedMetric Metric(double value, double error) =>
            EstimatedMetric.Of(rows == 0 ? double.NaN : value, error, alpha, 1);
        return new(
            rows, Metric(expected.Accuracy, sampling.AccuracyError(rows)),
            Metric(expected.Precision, sampling.PrecisionError(rows)),
            Metric(expected.Recall, sampling.RecallError(rows)), Metric(expected.F1, sampling.F1Error(rows)),
            Metric(expected.RocAuc, sampling.RocAucError(rows)), Assumption);
    }

    private QualityEstimate OfMany(
        IReadOnlyList<double[]> probabilities, ReadOnlySpan<int> predicted, double alpha)
    {
        var expected = new ConfusionTable(Classes);
        for (var i = 0; i < predicted.Length; i++)
        {
            var row = Calibrate(probabilities[i]);
            for (var k = 0; k < Classes; k++)
                expected.Add(k, predicted[i], row[k]);
        }

        var scale = Math.Sqrt(_reference.Total / predicted.Length);
        EstimatedMetric Metric(Func<ConfusionTable, MetricEstimate> metric) =>
            EstimatedMetric.Of(metric(expected).Value, metric(_reference).StandardError * scale, alpha, 1);
        return new(
            predicted.Length, Metric(table => table.Accuracy(alpha)),
            Metric(table => table.Precision(Averaging.Macro, alpha)),
            Metric(table => table.Recall(Averaging.Macro, alpha)),
            Metric(table => table.FBeta(Averaging.Macro, 1, alpha)),
            EstimatedMetric.Of(double.NaN, double.NaN, alpha, 1), Assumption);
    }
}
