using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Metrics;

public sealed class ClassificationMetricTests
{
    private const double Alpha = 0.05;

    [Fact]
    public void Tables_AddAndSubtract_AsIfAllRowsHadBeenOne()
    {
        var rows = Rows(400, 3);
        var (all, first, second) = (new ConfusionTable(3), new ConfusionTable(3), new ConfusionTable(3));
        for (var i = 0; i < rows.Length; i++)
        {
            all.Add(rows[i].Actual, rows[i].Predicted);
            (i % 3 == 0 ? first : second).Add(rows[i].Actual, rows[i].Predicted);
        }

        first.Add(0, 2);
        first.Add(0, 2, -1);
        first.Add(second);
        first.Mcc(Alpha).ShouldBe(all.Mcc(Alpha));
        first.FBeta(Averaging.Macro, 1, Alpha).ShouldBe(all.FBeta(Averaging.Macro, 1, Alpha));
        Should.Throw<ArgumentException>(() => first.Add(new ConfusionTable(2)));
        Should.Throw<ArgumentOutOfRangeException>(() => first.Add(3, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => first.Add(0, 0, double.NaN));
    }

    [Fact]
    public void SharesOfCountedRows_HaveWilsonsInterval_AndWeightedOnesTheDeltaMethods()
    {
        var table = new ConfusionTable(2);
        for (var i = 0; i < 50; i++)
            table.Add(1, i < 45 ? 1 : 0);
        var recall = table.Recall(1, Alpha);
        recall.Method.ShouldBe(IntervalMethod.Wilson);
        recall.Interval.ShouldBe(OneProportion.Wilson(new Proportion(45, 50), Alpha));

        table.Add(1, 1, 0.5);
        table.Recall(1, Alpha).Method.ShouldBe(IntervalMethod.Delta);
        table.Precision(0, Alpha).Value.ShouldBe(0);
        new ConfusionTable(2).Accuracy(Alpha).Value.ShouldBe(double.NaN);
    }

    [Fact]
    public void DeltaErrors_AreTheSpreadOverResamples()
    {
        var rows = Rows(600, 3);
        var metrics = new Func<ConfusionTable, MetricEstimate>[]
        {
            table => table.Mcc(Alpha), table => table.Kappa(Alpha), table => table.FBeta(Averaging.Macro, 1, Alpha),
            table => table.BalancedAccuracy(Alpha), table => table.QuadraticKappa(Alpha),
        };
        var random = new SplitMix64(5);
        var spread = new Moments[metrics.Length];
        for (var replicate = 0; replicate < 300; replicate++)
        {
            var drawn = new ConfusionTable(3);
            for (var i = 0; i < rows.Length; i++)
            {
                var row = rows[random.NextIndex(rows.Length)];
                drawn.Add(row.Actual, row.Predicted);
            }

            for (var m = 0; m < metrics.Length; m++)
                spread[m] += Moments.Of(metrics[m](drawn).Value);
        }

        var table = new ConfusionTable(3);
        foreach (var row in rows)
            table.Add(row.Actual, row.Predicted);
        for (var m = 0; m < metrics.Length; m++)
            (metrics[m](table).StandardError / Math.Sqrt(spread[m].Variance)).ShouldBe(1, 0.15);
    }

    [Fact]
    public void BinnedRankings_EncloseTheExactOnes_AndMerge()
    {
        var random = new SplitMix64(9);
        var (positive, scores) = (new bool[3_000], new double[3_000]);
        var (whole, part) = (new ScoreHistogram(), new ScoreHistogram());
        for (var i = 0; i < positive.Length; i++)
        {
            positive[i] = random.NextDouble() < 0.1;
            scores[i] = 1 / (1 + Math.Exp(-random.NextNormal() - (positive[i] ? 1 : 0)));
            (i % 2 == 0 ? whole : part).Add(scores[i], positive[i]).ShouldBeTrue();
        }

        whole.Add(double.NaN, true).ShouldBeFalse();
        whole.Add(part);
        whole.Positives.ShouldBe(positive.Count(each => each));
        var rows = new ScoredRows(positive, scores);
        ShouldEnclose(whole.RocAuc(), rows.RocAuc(Alpha).Value, 0.03);
        ShouldEnclose(whole.AveragePrecision(), rows.AveragePrecision(Alpha, 2).Value, 0.06);
        ShouldEnclose(whole.KolmogorovSmirnov(), rows.KolmogorovSmirnov(Alpha, 2).Value, 0.06);
        rows.RocAuc(Alpha).Method.ShouldBe(IntervalMethod.DeLong);
    }

    [Fact]
    public void WeightedAreas_OfEqualWeights_HaveDeLongsErrorButForItsSmallSampleFactor()
    {
        var random = new SplitMix64(3);
        var positive = new bool[500];
        var scores = new double[500];
        for (var i = 0; i < scores.Length; i++)
        {
            positive[i] = i % 4 == 0;
            scores[i] = Math.Round(random.NextNormal() + (positive[i] ? 0.8 : 0), 1);
        }

        var plain = new ScoredRows(positive, scores).RocAuc(Alpha);
        var weighted = new ScoredRows(positive, scores, [.. Enumerable.Repeat(2.0, 500)]).RocAuc(Alpha);
        weighted.Value.ShouldBeNear(plain.Value, 1e-12);
        weighted.StandardError.ShouldBe(plain.StandardError, plain.StandardError * 0.01);
    }

    [Fact]
    public void ResampledIntervals_AreTheSameEachTime_AndHoldTheFigure()
    {
        bool[] positive = [.. Enumerable.Range(0, 80).Select(i => i % 3 == 0)];
        double[] scores = [.. Enumerable.Range(0, 80).Select(i => (i * 37 % 80) / 80.0 + (i % 3 == 0 ? 0.3 : 0))];
        var once = new ScoredRows(positive, scores).AveragePrecision(Alpha, 200, 7);
        once.ShouldBe(new ScoredRows(positive, scores).AveragePrecision(Alpha, 200, 7));
        once.Method.ShouldBe(IntervalMethod.Bootstrap);
        once.Interval.Contains(once.Value).ShouldBeTrue();
        new ScoredRows([true, true], [0.1, 0.2]).AveragePrecision(Alpha).Value.ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => new ScoredRows([true], [double.NaN]));
    }

    [Fact]
    public void WeightsOfRows_CountAsThatManyRows()
    {
        var (weighted, repeated) = (new ProbabilityTotals(), new ProbabilityTotals());
        double[] probabilities = [0.9, 0.2, 0.6, 0.4];
        for (var i = 0; i < probabilities.Length; i++)
        {
            weighted.Add(probabilities[i], i % 2 == 0, i + 1);
            for (var k = 0; k <= i; k++)
                repeated.Add(probabilities[i], i % 2 == 0);
        }

        weighted.Brier(Alpha).Value.ShouldBeNear(repeated.Brier(Alpha).Value, 1e-14);
        weighted.MeanLogLoss(Alpha).Value.ShouldBeNear(repeated.MeanLogLoss(Alpha).Value, 1e-14);
        weighted.Add(1.5, true);
        weighted.Invalid.ShouldBe(1);
    }

    private static void ShouldEnclose(BinnedFigure figure, double exact, double within)
    {
        exact.ShouldBeInRange(figure.Worst - 1e-12, figure.Best + 1e-12);
        (figure.Best - figure.Worst).ShouldBeInRange(1e-9, within);
    }

    private static (int Actual, int Predicted)[] Rows(int count, int classes)
    {
        var random = new SplitMix64(77);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var actual = random.NextIndex(classes);
            return (actual, random.NextDouble() < 0.6 ? actual : random.NextIndex(classes));
        })];
    }
}
