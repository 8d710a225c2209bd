using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Metrics;

/// <summary>
/// How often intervals hold what they are about, by simulation of rows whose law is known: a level of nine tenths must
/// cover in about nine of ten samples, and bounds in at least as many.
/// </summary>
public sealed class CoverageTests
{
    private const double Alpha = 0.1;
    private const int Samples = 300;

    [Fact]
    public void ExplainedVariance_AndD2_CoverTheirValues()
    {
        // y = x + e with deviations 2 and 1 and predictions x + 1, so e has variance 1 and y 5; of normals the mean
        // distance from the median is √(2/π) deviations, and the mean |1 − e| about 1 is that of a folded normal.
        var folded = Math.Sqrt(2 / Math.PI) * Math.Exp(-0.5) + 1 - 2 * Normal.Cdf(-1);
        var d2 = 1 - folded / Math.Sqrt(5 * 2 / Math.PI);
        var (explained, absolute) = (0, 0);
        for (var sample = 0; sample < Samples; sample++)
        {
            var (actual, predicted) = Numbers((ulong)sample, 200);
            var totals = Totals(actual, predicted);
            explained += Holds(totals.ExplainedVariance(Alpha), 1 - 1.0 / 5);
            absolute += Holds(Regression.AbsoluteD2(actual, predicted, Alpha), d2);
        }

        ShouldCover(explained);
        ShouldCover(absolute);
    }

    [Fact]
    public void TheGreatestError_IsReachedAgain_ByAsManyRows()
    {
        var again = 0;
        for (var sample = 0; sample < Samples; sample++)
        {
            var (actual, predicted) = Numbers((ulong)sample, 100);
            var estimate = Totals(actual, predicted).GreatestError(2 * Alpha);
            var (more, said) = Numbers((ulong)sample + 10_000, 100);
            again += Totals(more, said).Greatest >= estimate.Interval.Low ? 1 : 0;
            estimate.Interval.Low.ShouldBeLessThanOrEqualTo(estimate.Value);
        }

        // Steps of halves: the least level above nine tenths is about 15/16.
        ((double)again / Samples).ShouldBeInRange(0.89, 0.98);
        Totals([1], [2]).GreatestError(Alpha).Method.ShouldBe(IntervalMethod.None);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    public void CalibrationErrors_LieWithinTheirBounds(double off)
    {
        var (uniform, quantile, greatest) = (0, 0, 0);
        for (var sample = 0; sample < Samples; sample++)
        {
            var random = new SplitMix64((ulong)sample);
            var (said, happened, truth) = (new double[400], new bool[400], new double[400]);
            for (var i = 0; i < said.Length; i++)
            {
                said[i] = 0.15 + 0.7 * random.NextDouble();
                truth[i] = said[i] + off;
                happened[i] = random.NextDouble() < truth[i];
            }

            var curve = CalibrationCurve.Of(said, happened, CalibrationBinning.Uniform, 10);
            uniform += Holds(curve.ExpectedErrorWithin(Alpha), off);
            greatest += Holds(curve.GreatestErrorWithin(Alpha), off);
            quantile += Holds(
                CalibrationCurve.Of(said, happened, CalibrationBinning.Quantile, 10).ExpectedErrorWithin(Alpha), off);
        }

        new[] { uniform, quantile, greatest }.ShouldAllBe(covered => covered >= 0.9 * Samples - 16);
    }

    [Fact]
    public void CalibrationErrors_SayWhatIsSure()
    {
        var happened = Enumerable.Range(0, 1000).Select(i => i % 2 == 0).ToArray();
        var curve = CalibrationCurve.Of(
            [.. Enumerable.Repeat(0.8, 1000)], happened, CalibrationBinning.Uniform, 10);
        var expected = curve.ExpectedErrorWithin(0.05);
        expected.Value.ShouldBeNear(0.3, 1e-12);
        expected.Interval.Low.ShouldBeInRange(0.25, 0.27);
        expected.Interval.High.ShouldBeInRange(0.33, 0.34);
        curve.GreatestErrorWithin(0.05).Interval.Low.ShouldBeInRange(0.26, 0.28);
    }

    [Fact]
    public void AreasOfManyClasses_CoverTheirValues()
    {
        // The areas of the law itself, from far more rows than a sample has.
        var (classes, rows) = Classes(99_999, 20_000);
        double[] law =
        [
            Multiclass.AucOneVersusRest(classes, rows, Averaging.Macro),
            Multiclass.AucOneVersusRest(classes, rows, Averaging.Weighted), Multiclass.AucOneVersusOne(classes, rows),
        ];
        var covered = new int[3];
        for (var sample = 0; sample < Samples; sample++)
        {
            var (actual, probabilities) = Classes((ulong)sample, 250);
            covered[0] += Holds(Multiclass.AucOneVersusRest(actual, probabilities, Averaging.Macro, Alpha), law[0]);
            covered[1] += Holds(Multiclass.AucOneVersusRest(actual, probabilities, Averaging.Weighted, Alpha), law[1]);
            covered[2] += Holds(Multiclass.AucOneVersusOne(actual, probabilities, Alpha), law[2]);
        }

        covered.ShouldAllBe(count => count >= 0.84 * Samples && count <= 0.96 * Samples);

        // Of two classes it is the area that is known.
        var binary = Multiclass.AucOneVersusRest(
            [0, 1, 0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.5, 0.5], [0.1, 0.9]], Averaging.Macro, 0.05);
        var known = new ScoredRows([false, true, false, true, true], [0.1, 0.8, 0.6, 0.5, 0.9]).RocAuc(0.05);
        binary.Value.ShouldBeNear(known.Value, 1e-12);
    }

    private static int Holds(MetricEstimate estimate, double value)
    {
        double.IsNaN(estimate.Interval.Low).ShouldBeFalse();
        return estimate.Interval.Low <= value + 1e-12 && value - 1e-12 <= estimate.Interval.High ? 1 : 0;
    }

    private static void ShouldCover(int count) => ((double)count / Samples).ShouldBeInRange(0.85, 0.95);

    private static RegressionTotals Totals(double[] actual, double[] predicted)
    {
        // In two parts: what is merged is no other than what is not.
        var (one, other) = (new RegressionTotals(), new RegressionTotals());
        for (var i = 0; i < actual.Length; i++)
            (i % 3 == 0 ? one : other).Add(actual[i], predicted[i]);
        one.Add(other);
        return one;
    }

    private static (double[] Actual, double[] Predicted) Numbers(ulong seed, int rows)
    {
        var random = new SplitMix64(seed);
        var (actual, predicted) = (new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            var x = 2 * random.NextNormal();
            (actual[i], predicted[i]) = (x + random.NextNormal(), x + 1);
        }

        return (actual, predicted);
    }

    private static (int[] Actual, double[][] Probabilities) Classes(ulong seed, int rows)
    {
        var random = new SplitMix64(seed);
        var (actual, probabilities) = (new int[rows], new double[rows][]);
        for (var i = 0; i < rows; i++)
        {
            actual[i] = random.NextDouble() is var u && u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
            double[] scores = [random.NextNormal(), random.NextNormal(), random.NextNormal()];
            scores[actual[i]] += 1;
            var sum = scores.Sum(Math.Exp);
            probabilities[i] = [.. scores.Select(score => Math.Exp(score) / sum)];
        }

        return (actual, probabilities);
    }
}
