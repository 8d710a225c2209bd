using System.Runtime.InteropServices;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Metrics;

/// <summary>One place of a curve over thresholds: what is true of the rows that score at least that much.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct CurvePoint(double Threshold, double X, double Y);

/// <summary>
/// Rows with a score and a binary label, in falling order of score: the exact form of the metrics of a ranking. Rows
/// with one score are one step. Without a positive and a negative every figure is NaN.
/// <para>Memory and time are those of a sort of the rows; <see cref="ScoreHistogram"/> is the form that merges.</para>
/// </summary>
public sealed class ScoredRows
{
    private readonly double[] _scores;
    private readonly bool[] _positive;
    private readonly double[] _weights;
    private readonly bool _isWeighted;

    /// <param name="positive">What each row turned out to be.</param>
    /// <param name="scores">What it was given; larger means more likely positive.</param>
    /// <param name="weights">Its weight, finite and not negative; empty counts every row once.</param>
    /// <exception cref="ArgumentException">Lengths differ, a score is NaN or a weight is negative.</exception>
    public ScoredRows(ReadOnlySpan<bool> positive, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        if (positive.Length != scores.Length || (!weights.IsEmpty && weights.Length != scores.Length))
            throw new ArgumentException("There must be a label, a score and a weight for each row.", nameof(scores));
        if (scores.Contains(double.NaN))
            throw new ArgumentException("A score is NaN.", nameof(scores));
        foreach (var weight in weights)
            Require.NotNegative(weight, nameof(weights));

        var order = Enumerable.Range(0, scores.Length).ToArray();
        var keys = new double[scores.Length];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = -scores[i];
        Array.Sort(keys, order);
        _scores = [.. keys.Select(key => -key)];
        _positive = new bool[order.Length];
        _weights = new double[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            _positive[i] = positive[order[i]];
            _weights[i] = weights.IsEmpty ? 1 : weights[order[i]];
        }

        _isWeighted = !weights.IsEmpty;
    }

    /// <summary>
    /// The probability that a positive scores above a negative, ties counting half. Unweighted rows have DeLong's
    /// variance; weighted ones that of the rows' influence, Σ e², e = w(F − A)/P of a positive, w(S − A)/N of a
    /// negative.
    /// </summary>
    public MetricEstimate RocAuc(double alpha)
    {
        var steps = Steps(_weights);
        var area = ScoreCurves.RocArea(steps);
        if (double.IsNaN(area))
            return MetricEstimate.Bare(area);
        return _isWeighted
            ? MetricEstimate.OfVariance(area, InfluenceVariance(steps, area), alpha, 0, 1)
            : MetricEstimate.OfVariance(
                area, DeLong.Compare(_positive, _scores, _scores).VarianceChampion, alpha, 0, 1, IntervalMethod.DeLong);
    }

    /// <summary>Σ over thresholds of the rise of recall times the precision there, ties being one step; its interval
    /// by resampling rows.</summary>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <param name="replicates">Number of resamples, 2 to 100 000.</param>
    /// <param name="seed">Seed of the resampling.</param>
    public MetricEstimate AveragePrecision(double alpha, int replicates = 400, ulong seed = 1) =>
        Resampled(ScoreCurves.AveragePrecision, alpha, replicates, seed);

    /// <summary>The same without an interval; NaN without a positive and a negative.</summary>
    public double BareAveragePrecision() => ScoreCurves.AveragePrecision(Steps(_weights));

    /// <summary>The greatest distance of the two rates of the ROC curve; its interval by resampling rows.</summary>
    /// <inheritdoc cref="AveragePrecision"/>
    public MetricEstimate KolmogorovSmirnov(double alpha, int replicates = 400, ulong seed = 1) =>
        Resampled(ScoreCurves.KolmogorovSmirnov, alpha, replicates, seed);

    /// <summary>
    /// The area up to a false positive rate, on the scale where chance is 1/2 and perfection 1.
    /// <para>Source: D. K. McClish, Med. Decis. Making 9 (1989).</para>
    /// </summary>
    public double PartialAuc(double mostFalsePositives)
    {
        Require.Level(mostFalsePositives);
        return ScoreCurves.PartialRocArea(Steps(_weights), mostFalsePositives);
    }

    /// <summary>The ROC curve from (0, 0): false positive rate as X, true positive rate as Y. Points inside a straight
    /// piece are left out.</summary>
    public IReadOnlyList<CurvePoint> Roc() => ScoreCurves.Roc(Steps(_weights));

    /// <summary>Recall as X and precision as Y, thresholds rising; the last point (0, 1) has threshold +∞.</summary>
    public IReadOnlyList<CurvePoint> PrecisionRecall() => ScoreCurves.PrecisionRecall(Steps(_weights));

    private List<ScoreStep> Steps(double[] weights)
    {
        List<ScoreStep> steps = [];
        for (int start = 0, end; start < _scores.Length; start = end)
        {
            double up = 0, down = 0;
            for (end = start; end < _scores.Length && _scores[end] == _scores[start]; end++)
            {
                if (_positive[end])
                    up += weights[end];
                else
                    down += weights[end];
            }

            steps.Add(new(_scores[start], up, down));
        }

        return steps;
    }

    private double InfluenceVariance(List<ScoreStep> steps, double area)
    {
        double p = steps.Sum(step => step.Positives), n = steps.Sum(step => step.Negatives);
        double above = 0, below = n, variance = 0;
        var row = 0;
        foreach (var step in steps)
        {
            below -= step.Negatives;
            var (shareBelow, shareAbove) = ((below + step.Negatives / 2) / n, (above + step.Positives / 2) / p);
            above += step.Positives;
            for (; row < _scores.Length && _scores[row] == step.Score; row++)
            {
                var influence = _weights[row] * (_positive[row] ? (shareBelow - area) / p : (shareAbove - area) / n);
                variance += influence * influence;
            }
        }

        return variance;
    }

    private MetricEstimate Resampled(
        Func<List<ScoreStep>, double> metric, double alpha, int replicates, ulong seed)
    {
        Require.Level(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(replicates, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicates, 100_000);
        var value = metric(Steps(_weights));
        if (double.IsNaN(value))
            return MetricEstimate.Bare(value);

        var random = new SplitMix64(seed);
        var drawn = new double[_weights.Length];
        List<double> values = new(replicates);
        for (var i = 0; i < replicates; i++)
        {
            Array.Clear(drawn);
            for (var k = 0; k < drawn.Length; k++)
            {
                var row = random.NextIndex(drawn.Length);
                drawn[row] += _weights[row];
            }

            // A resample without one of the classes has no curve; it says nothing about how the figure spreads.
            if (metric(Steps(drawn)) is var again && !double.IsNaN(again))
                values.Add(again);
        }

        if (values.Count < 2)
            return MetricEstimate.Bare(value);
        values.Sort();
        var sorted = CollectionsMarshal.AsSpan(values);
        return new(
            value, Math.Sqrt(Moments.Of(sorted).Variance),
            new(Quantiles.OfSorted(sorted, alpha / 2), Quantiles.OfSorted(sorted, 1 - alpha / 2)),
            IntervalMethod.Bootstrap);
    }
}
