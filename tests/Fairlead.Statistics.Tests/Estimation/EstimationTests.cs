using Fairlead.Statistics.Estimation;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Estimation;

/// <summary>Quality without labels beside the truth: right where only inputs change, and blind, as it says, where the
/// concept does.</summary>
public sealed class EstimationTests
{
    [Fact]
    public void Classification_UnderAChangeOfInputs_IsEstimatedWithinItsError()
    {
        var reference = Classified(6_000, 1, shift: 0, slope: 1);
        var estimator = ConfidenceEstimator.Fit(reference.Probabilities, reference.Predicted, reference.Actual);
        foreach (var shift in new[] { 0, 0.8, 1.5 })
        {
            var rows = Classified(2_000, 2, shift, slope: 1);
            var estimate = estimator.Estimate(rows.Probabilities, rows.Predicted, 0.01);
            estimate.Accuracy.Interval.Contains(rows.Accuracy).ShouldBeTrue($"{estimate.Accuracy} {rows.Accuracy}");
            estimate.Assumption.ShouldContain("no concept drift");
            estimate.RocAuc.Value.ShouldBe(rows.Area, 0.03);
        }

        // The scores overstate themselves; taken at their word they would promise too much.
        var raw = reference.Probabilities.Average(row => row.Max());
        raw.ShouldBeGreaterThan(reference.Accuracy + 0.03);
        estimator.Calibrate([0.02, 0.98])[1].ShouldBeLessThan(0.95);
    }

    [Fact]
    public void Classification_UnderConceptDrift_IsBlind()
    {
        var reference = Classified(6_000, 1, shift: 0, slope: 1);
        var estimator = ConfidenceEstimator.Fit(reference.Probabilities, reference.Predicted, reference.Actual);
        var rows = Classified(2_000, 3, shift: 0, slope: -1);
        rows.Accuracy.ShouldBeLessThan(0.5);
        estimator.Estimate(rows.Probabilities, rows.Predicted).Accuracy.Value.ShouldBe(reference.Accuracy, 0.03);
    }

    [Fact]
    public void ManyClasses_AreRenormalised_AndEstimated()
    {
        var random = new SplitMix64(4);
        (List<double[]> P, int[] Y, int[] Predicted) Draw(int count)
        {
            List<double[]> p = [];
            int[] y = new int[count], predicted = new int[count];
            for (var i = 0; i < count; i++)
            {
                double[] logits = [random.NextNormal(), random.NextNormal(), random.NextNormal()];
                var weights = logits.Select(Math.Exp).ToArray();
                var at = random.NextDouble() * weights.Sum();
                y[i] = at < weights[0] ? 0 : at < weights[0] + weights[1] ? 1 : 2;
                var told = logits.Select(logit => Math.Exp(2 * logit)).ToArray();
                p.Add([.. told.Select(each => each / told.Sum())]);
                predicted[i] = Array.IndexOf(told, told.Max());
            }

            return (p, y, predicted);
        }

        var reference = Draw(4_000);
        var estimator = ConfidenceEstimator.Fit(reference.P, reference.Predicted, reference.Y);
        estimator.Calibrate([0.7, 0.2, 0.1]).Sum().ShouldBeNear(1, 1e-12);
        var rows = Draw(2_000);
        var truth = rows.Y.Zip(rows.Predicted).Average(pair => pair.First == pair.Second ? 1.0 : 0);
        var estimate = estimator.Estimate(rows.P, rows.Predicted);
        estimate.Accuracy.Value.ShouldBe(truth, 3.5 * estimate.Accuracy.SamplingError);
        estimate.F1.SamplingError.ShouldBeInRange(0.001, 0.05);
        estimate.RocAuc.Value.ShouldBe(double.NaN);
    }

    [Fact]
    public void ACalibratorThatDoesNotHelp_IsNotUsed()
    {
        var random = new SplitMix64(5);
        double[] scores = [.. Enumerable.Range(0, 3_000).Select(_ => random.NextDouble())];
        bool[] calibrated = [.. scores.Select(p => random.NextDouble() < p)];
        bool[] overstated = [.. scores.Select(p => random.NextDouble() < 0.25 + p / 2)];
        ProbabilityCalibrator.Fit(scores, overstated, 1).Calibrates.ShouldBeTrue();
        ProbabilityCalibrator.Fit(scores, new bool[3_000], 1).Calibrates.ShouldBeFalse();
        ProbabilityCalibrator.Fit(scores, [.. scores.Select(p => p > 0.5)], 1).Calibrates.ShouldBeFalse();
        ProbabilityCalibrator.Fit(scores, calibrated, 1).Calibrate(0.5).ShouldBe(0.5, 0.06);
    }

    [Fact]
    public void Losses_UnderAChangeOfInputs_AreEstimatedWithinTheirError()
    {
        var reference = Regressed(3_000, 1, shift: 0, noise: 1);
        var estimator = LossEstimator.Fit(reference.Features, reference.Predicted, reference.Actual);
        foreach (var shift in new[] { 0, 0.5 })
        {
            var rows = Regressed(1_000, 2, shift, noise: 1);
            var estimate = estimator.Estimate(rows.Features, rows.Predicted, 0.01);
            estimate.MeanAbsoluteError.Interval.Contains(rows.Error).ShouldBeTrue($"{estimate} {rows.Error}");
            estimate.RootMeanSquaredError.Value.ShouldBeGreaterThan(estimate.MeanAbsoluteError.Value);
            estimate.Assumption.ShouldContain("no concept drift");
        }

        // Twice the noise at the same inputs is concept drift: nothing in the inputs tells.
        var noisy = Regressed(1_000, 3, shift: 0, noise: 2);
        estimator.Estimate(noisy.Features, noisy.Predicted).MeanAbsoluteError.Value
            .ShouldBeLessThan(noisy.Error * 0.7);
        Should.Throw<ArgumentException>(() => LossEstimator.Fit([[1]], [1], [1]));
    }

    [Fact]
    public void Trees_LearnAStepAndAHole_TheSameEachTime()
    {
        var random = new SplitMix64(6);
        double[][] rows = [.. Enumerable.Range(0, 800).Select(i => new[]
        {
            i % 10 == 0 ? double.NaN : random.NextDouble(), random.NextDouble(),
        })];
        double[] target = [.. rows.Select(row => double.IsNaN(row[0]) ? 5 : row[0] > 0.5 ? 2.0 : 1.0)];
        var trees = BoostedTrees.Fit(rows, target);
        trees.At([0.9, 0.5]).ShouldBe(2, 0.05);
        trees.At([0.1, 0.5]).ShouldBe(1, 0.05);
        trees.At([double.NaN, 0.5]).ShouldBe(5, 0.05);
        BoostedTrees.Fit(rows, target).At(rows[7]).ShouldBe(trees.At(rows[7]));
    }

    private static (List<double[]> Probabilities, int[] Predicted, int[] Actual, double Accuracy, double Area)
        Classified(int count, ulong seed, double shift, double slope)
    {
        var random = new SplitMix64(seed);
        List<double[]> probabilities = [];
        int[] predicted = new int[count], actual = new int[count];
        for (var i = 0; i < count; i++)
        {
            var x = random.NextNormal() + shift;
            actual[i] = random.NextDouble() < 1 / (1 + Math.Exp(-slope * x)) ? 1 : 0;

            // The model knows the direction but is twice as sure as it may be.
            var told = 1 / (1 + Math.Exp(-2 * x));
            probabilities.Add([1 - told, told]);
            predicted[i] = told > 0.5 ? 1 : 0;
        }

        var area = new ScoredRows([.. actual.Select(y => y == 1)], [.. probabilities.Select(row => row[1])])
            .RocAuc(0.05).Value;
        var accuracy = actual.Zip(predicted).Average(p => p.First == p.Second ? 1.0 : 0);
        return (probabilities, predicted, actual, accuracy, area);
    }

    private static (List<double[]> Features, double[] Predicted, double[] Actual, double Error) Regressed(
        int count, ulong seed, double shift, double noise)
    {
        var random = new SplitMix64(seed);
        List<double[]> features = [];
        double[] predicted = new double[count], actual = new double[count];
        for (var i = 0; i < count; i++)
        {
            var x = random.NextDouble() + shift * random.NextDouble() * 0.9;
            features.Add([Math.Min(x, 1)]);
            predicted[i] = 3 * features[^1][0];
            actual[i] = predicted[i] + noise * (0.2 + features[^1][0]) * random.NextNormal();
        }

        return (features, predicted, actual, actual.Zip(predicted).Average(p => Math.Abs(p.First - p.Second)));
    }
}
