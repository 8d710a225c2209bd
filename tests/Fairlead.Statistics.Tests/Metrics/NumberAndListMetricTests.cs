using Fairlead.Statistics.Metrics;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Metrics;

public sealed class NumberAndListMetricTests
{
    private const double Alpha = 0.05;

    [Fact]
    public void Totals_MergeExactly_FarFromZeroToo()
    {
        var random = new SplitMix64(2);
        var (all, first, second) = (new RegressionTotals(), new RegressionTotals(), new RegressionTotals());
        for (var i = 0; i < 500; i++)
        {
            var actual = 1e6 + random.NextNormal();
            var predicted = actual + 0.5 * random.NextNormal();
            all.Add(actual, predicted);
            (i < 123 ? first : second).Add(actual, predicted);
        }

        first.Add(second);
        first.RSquared(Alpha).Value.ShouldBeNear(all.RSquared(Alpha).Value, 1e-12);
        first.RSquared(Alpha).StandardError.ShouldBeNear(all.RSquared(Alpha).StandardError, 1e-9);
        all.RSquared(Alpha).Value.ShouldBe(0.75, 0.05);
        first.MeanAbsoluteError(Alpha).Value.ShouldBeNear(all.MeanAbsoluteError(Alpha).Value, 1e-13);
    }

    [Fact]
    public void ErrorsOfRootAndR2_AreTheSpreadOverSamples()
    {
        var random = new SplitMix64(4);
        Moments root = default, r2 = default;
        RegressionTotals last = new();
        for (var sample = 0; sample < 150; sample++)
        {
            last = new RegressionTotals();
            for (var i = 0; i < 120; i++)
            {
                var x = random.NextNormal();
                last.Add(2 * x + random.NextNormal(), 2 * x);
            }

            root += Moments.Of(last.RootMeanSquaredError(Alpha).Value);
            r2 += Moments.Of(last.RSquared(Alpha).Value);
        }

        (last.RootMeanSquaredError(Alpha).StandardError / Math.Sqrt(root.Variance)).ShouldBe(1, 0.2);
        (last.RSquared(Alpha).StandardError / Math.Sqrt(r2.Variance)).ShouldBe(1, 0.25);
    }

    [Fact]
    public void WhatCannotBeSaid_IsNotANumber_AndIsCounted()
    {
        var totals = new RegressionTotals();
        totals.RSquared(Alpha).Value.ShouldBe(double.NaN);
        totals.MeanAbsoluteError(Alpha).Value.ShouldBe(double.NaN);
        totals.Add(double.NaN, 1);
        totals.Add(0, 1);
        totals.Add(-3, 1);
        (totals.Invalid, totals.NearZero, totals.Negative, totals.Count).ShouldBe((1, 1, 1, 2));
        totals.MeanSquaredLogError(Alpha).Value.ShouldBe(double.NaN);
        totals.MeanAbsoluteError(Alpha).Method.ShouldBe(IntervalMethod.Mean);
        Regression.AbsoluteD2([2, 2], [2, 2]).ShouldBe(1);
        Regression.AbsoluteD2([2, 2], [2, 3]).ShouldBe(0);
        Regression.AbsoluteD2([1], [1]).ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => Regression.AbsoluteD2([1, 2], [1]));
    }

    [Fact]
    public void QuantileLoss_IsLeastAtTheQuantile()
    {
        double[] actual = [.. Enumerable.Range(1, 100).Select(i => (double)i)];
        double Loss(double guess) => Regression.QuantileLoss(
            actual, [.. Enumerable.Repeat(guess, 100)], 0.9, Alpha).Value;
        Loss(90).ShouldBeLessThan(Loss(80));
        Loss(90).ShouldBeLessThan(Loss(97));
    }

    [Fact]
    public void Rankings_DoNotDependOnTheOrderOfEqualScores()
    {
        double[] gains = [3, 0, 1, 0, 2], scores = [1, 1, 0.5, 0.5, 0.2];
        double[] turnedGains = [0, 3, 0, 1, 2];
        foreach (var k in new[] { 1, 3, 5 })
        {
            Ranking.Ndcg(gains, scores, k).ShouldBeNear(Ranking.Ndcg(turnedGains, scores, k), 1e-15);
            Ranking.RecallAt(gains, scores, k).ShouldBeNear(Ranking.RecallAt(turnedGains, scores, k), 1e-15);
        }

        Ranking.ReciprocalRank(gains, scores).ShouldBe(0.5);
        Ranking.ReciprocalRank(turnedGains, scores).ShouldBe(0.5);
        Ranking.RecallAt(gains, scores, 1).ShouldBeNear(1.0 / 6, 1e-15);
        Ranking.RecallAt(gains, scores, 5).ShouldBe(1);
        Ranking.AveragePrecision([1, 0, 1], [3, 2, 1]).ShouldBeNear((1 + 2.0 / 3) / 2, 1e-15);
        Ranking.Ndcg([0, 0], [1, 2]).ShouldBe(0);
        Ranking.OverLists([0.5, 1, 0.75], Alpha).Method.ShouldBe(IntervalMethod.Mean);
    }

    [Fact]
    public void Calibration_FromTotals_IsThatOfTheRows()
    {
        var random = new SplitMix64(8);
        double[] probabilities = [.. Enumerable.Range(0, 2_000).Select(i =>
            i % 50 == 0 ? i / 2_000.0 : Math.Round(random.NextDouble(), 3))];
        bool[] happened = [.. probabilities.Select(p => random.NextDouble() < p * p)];
        var (totals, rest) = (new CalibrationTotals(), new CalibrationTotals());
        for (var i = 0; i < happened.Length; i++)
            (i % 2 == 0 ? totals : rest).Add(probabilities[i], happened[i]);
        totals.Add(rest);

        foreach (var bins in new[] { 10, 15, 20 })
        {
            var exact = CalibrationCurve.Of(probabilities, happened, CalibrationBinning.Uniform, bins);
            totals.Curve(bins).ExpectedError.ShouldBeNear(exact.ExpectedError, 1e-12);
            exact.ExpectedError.ShouldBe(1 / 6.0, 0.03);
            exact.ExpectedError.ShouldBeGreaterThan(3 * exact.ErrorByChance);
        }

        Should.Throw<ArgumentOutOfRangeException>(() => totals.Curve(7));
        Should.Throw<ArgumentOutOfRangeException>(() => CalibrationCurve.EqualCountRuns(3, 2));
    }

    [Fact]
    public void Isotonic_RisesAndKeepsTheWeightedMean_WhateverTheOrder()
    {
        var random = new SplitMix64(6);
        double[] x = [.. Enumerable.Range(0, 300).Select(_ => Math.Round(random.NextDouble(), 2))];
        double[] y = [.. x.Select(each => each + 0.3 * random.NextNormal())];
        var fit = Isotonic.Fit(x, y);
        x.Average(fit.At).ShouldBeNear(y.Average(), 1e-12);
        var grid = Enumerable.Range(-10, 130).Select(i => fit.At(i / 100.0)).ToArray();
        grid.Zip(grid.Skip(1)).ShouldAllBe(pair => pair.First <= pair.Second);

        Array.Reverse(x);
        Array.Reverse(y);
        Isotonic.Fit(x, y).At(0.37).ShouldBeNear(fit.At(0.37), 1e-12);
        Should.Throw<ArgumentException>(() => Isotonic.Fit([], []));
    }
}
