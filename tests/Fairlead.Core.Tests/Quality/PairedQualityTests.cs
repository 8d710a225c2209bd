using System.Globalization;
using Fairlead.Core.Quality;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Core.Tests.Quality;

/// <summary>Two models on the same rows: each figure against its own, its test and what is known by hand.</summary>
public sealed class PairedQualityTests
{
    private const double Alpha = 0.05;

    /// <summary>Figures of each side are those of <see cref="QualityFigures"/>, whatever the test.</summary>
    [Theory]
    [InlineData(QualityMetric.Accuracy)]
    [InlineData(QualityMetric.BalancedAccuracy)]
    [InlineData(QualityMetric.Precision)]
    [InlineData(QualityMetric.Recall)]
    [InlineData(QualityMetric.Specificity)]
    [InlineData(QualityMetric.F1)]
    [InlineData(QualityMetric.Mcc)]
    [InlineData(QualityMetric.Kappa)]
    [InlineData(QualityMetric.Auc)]
    [InlineData(QualityMetric.AveragePrecision)]
    [InlineData(QualityMetric.Brier)]
    [InlineData(QualityMetric.LogLoss)]
    public void FigureOfEachSide_IsItsOwn_AndTheIntervalHoldsTheDifference(QualityMetric metric)
    {
        var (first, second) = Classes(400, 0.25, 0.1);

        var pair = PairedQuality.Compare(metric, first, second, "bad", Alpha)!;

        pair.Champion.ShouldBe(Own(first), 1e-9);
        pair.Challenger.ShouldBe(Own(second), 1e-9);
        pair.Difference.ShouldBeInRange(pair.Low, pair.High);
        pair.P.ShouldBeLessThan(0.01);
        (pair.Difference < 0).ShouldBe(metric.LowerIsBetter());

        double Own(IReadOnlyList<LabelledRow> rows) =>
            QualityFigures.Of(AnswerKind.Classification, rows, "bad", Alpha).Find(metric)!.Value.Value;
    }

    [Theory]
    [InlineData(QualityMetric.MeanAbsoluteError)]
    [InlineData(QualityMetric.MeanSquaredError)]
    [InlineData(QualityMetric.RootMeanSquaredError)]
    [InlineData(QualityMetric.MeanAbsolutePercentageError)]
    [InlineData(QualityMetric.RSquared)]
    public void FiguresOfNumbers_AreTheirOwn_AndASmallerErrorIsFound(QualityMetric metric)
    {
        var (first, second) = (Numbers(300, 2), Numbers(300, 1));

        var pair = PairedQuality.Compare(metric, first, second, null, Alpha)!;

        pair.Champion.ShouldBe(Own(first), 1e-9);
        pair.Challenger.ShouldBe(Own(second), 1e-9);
        (metric.LowerIsBetter() ? pair.High < 0 : pair.Low > 0).ShouldBeTrue();

        double Own(IReadOnlyList<LabelledRow> rows) =>
            QualityFigures.Of(AnswerKind.Regression, rows, null, Alpha).Find(metric)!.Value.Value;
    }

    [Fact]
    public void Accuracy_IsMcNemarOfThePairs()
    {
        // 5 only the first, 15 only the second: Binomial(20, ½) at 5 or less, twice.
        LabelledRow[] first = [.. Rows(80, "a"), .. Rows(5, "a"), .. Rows(15, "b")];
        LabelledRow[] second = [.. Rows(80, "a"), .. Rows(5, "b"), .. Rows(15, "a")];

        var pair = PairedQuality.Compare(QualityMetric.Accuracy, first, second, null, Alpha)!;

        (pair.Champion, pair.Challenger).ShouldBe((0.85, 0.95));
        pair.P.ShouldBe(McNemar.Test(new PairedOutcomes(80, 5, 15, 0)).PExact, 1e-12);
        pair.P.ShouldBe(0.0413895, 1e-6);
        pair.Low.ShouldBeGreaterThan(0);

        static IEnumerable<LabelledRow> Rows(int count, string said) =>
            Enumerable.Repeat(new LabelledRow("a", double.NaN, said, double.NaN), count);
    }

    [Fact]
    public void SameAnswers_AreNoDifference_InEveryFigure()
    {
        var (rows, _) = Classes(100, 0.3, 0.1);

        foreach (var metric in QualityMetrics.WordsOf(AnswerKind.Classification)
            .Select(word => QualityMetrics.Of(word)!.Value))
        {
            if (!PairedQuality.IsKnown(metric))
                continue;
            var pair = PairedQuality.Compare(metric, rows, rows, "bad", Alpha);
            pair.ShouldNotBeNull(metric.ToString());
            (pair.Difference, pair.P).ShouldBe((0, 1), metric.ToString());
            (pair.Low <= 0 && pair.High >= 0).ShouldBeTrue(metric.ToString());
        }
    }

    /// <summary>A figure that is compared is the one that was asked for, and none that is like it.</summary>
    [Fact]
    public void FiguresOfNumbers_AreThemselves()
    {
        var random = new Random(5);
        LabelledRow[] rows = [.. Enumerable.Range(0, 200).Select(_ =>
        {
            var was = random.NextDouble();
            var said = was + 0.3 + random.NextDouble() / 10;
            return new LabelledRow(null, was, said.ToString("R", CultureInfo.InvariantCulture), double.NaN);
        })];

        var explained = PairedQuality.Compare(QualityMetric.ExplainedVariance, rows, rows, null, Alpha)!;
        var squared = PairedQuality.Compare(QualityMetric.RSquared, rows, rows, null, Alpha)!;

        explained.Champion.ShouldBeGreaterThan(0.95);
        squared.Champion.ShouldBeLessThan(0.5);
        foreach (var metric in (QualityMetric[])[QualityMetric.AbsoluteD2, QualityMetric.GreatestError])
            PairedQuality.Compare(metric, rows, rows, null, Alpha).ShouldBeNull(metric.ToString());
    }

    [Fact]
    public void WhatRowsDoNotHold_IsNotCompared()
    {
        LabelledRow[] rows = [new("a", double.NaN, "a", double.NaN), new("b", double.NaN, "a", double.NaN)];

        PairedQuality.Compare(QualityMetric.Auc, rows, rows, "a", Alpha).ShouldBeNull();
        PairedQuality.Compare(QualityMetric.MedianAbsoluteError, rows, rows, null, Alpha).ShouldBeNull();
        PairedQuality.Compare(QualityMetric.F1, rows, rows, "c", Alpha).ShouldBeNull();
        Should.Throw<ArgumentException>(() =>
            PairedQuality.Compare(QualityMetric.F1, rows, rows[..1], "a", Alpha));
    }

    /// <summary>The interval holds the true difference, which is 0 here, about as often as it says.</summary>
    [Theory]
    [InlineData(QualityMetric.Accuracy)]
    [InlineData(QualityMetric.F1)]
    public void Interval_OfEquals_HoldsItsLevel(QualityMetric metric)
    {
        var missed = 0;
        const int Trials = 300;
        for (ulong trial = 0; trial < Trials; trial++)
        {
            var (first, second) = Classes(150, 0.25, 0.25, trial);
            var pair = PairedQuality.Compare(metric, first, second, "bad", Alpha)!;
            missed += pair.Low > 0 || pair.High < 0 ? 1 : 0;
        }

        // 5 % of 300 are 15; twice that has a chance below 1 in 1,000.
        missed.ShouldBeLessThanOrEqualTo(28);
    }

    /// <summary>Rows that two models get wrong with given chances, one independent of the other.</summary>
    private static (LabelledRow[] First, LabelledRow[] Second) Classes(
        int count, double firstWrong, double secondWrong, ulong seed = 7)
    {
        var random = new Statistics.Numerics.SplitMix64(seed);
        LabelledRow[] first = new LabelledRow[count], second = new LabelledRow[count];
        for (var i = 0; i < count; i++)
        {
            var isBad = random.NextDouble() < 0.4;
            first[i] = Said(isBad, firstWrong);
            second[i] = Said(isBad, secondWrong);
        }

        return (first, second);

        LabelledRow Said(bool isBad, double wrong)
        {
            var says = isBad != random.NextDouble() < wrong;
            var score = (says ? 0.55 : 0.05) + (0.4 * random.NextDouble());
            return new LabelledRow(isBad ? "bad" : "good", double.NaN, says ? "bad" : "good", score);
        }
    }

    private static LabelledRow[] Numbers(int count, double noise)
    {
        var random = new Statistics.Numerics.SplitMix64(3);
        return [.. Enumerable.Range(0, count).Select(i => new LabelledRow(null, i + 10,
            (i + 10 + (noise * (random.NextDouble() - 0.4))).ToString("R", CultureInfo.InvariantCulture),
            double.NaN))];
    }
}
