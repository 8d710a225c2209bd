using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Drift;

/// <summary>Alarms are decided far out in the tail, so the tests behind them are held to their level there.</summary>
public sealed class TailTests
{
    [Theory]
    [InlineData("normal", 100, LocationScore.Means)]
    [InlineData("skewed", 100, LocationScore.Ranks)]
    [InlineData("rare", 100, LocationScore.Ranks)]
    [InlineData("flat", 100, LocationScore.Means)]
    public void Location_KeepsItsLevel_WhateverTheShape(string shape, int n, LocationScore score)
    {
        var random = new SplitMix64(17);
        const int looks = 2000;
        int often = 0, seldom = 0;
        for (var look = 0; look < looks; look++)
        {
            var ((reference, x), (current, y)) = (Sample(Draw(shape, random, 1000)), Sample(Draw(shape, random, n)));
            var result = LocationShift.Test(reference, x, current, y);
            result.Score.ShouldBe(score);
            often += result.P <= 0.01 ? 1 : 0;
            seldom += result.P <= 0.001 ? 1 : 0;
        }

        // At most four deviations of a Poisson count above what the level allows.
        ((double)often).ShouldBeLessThan(20 + 4 * Math.Sqrt(20));
        ((double)seldom).ShouldBeLessThan(2 + 4 * Math.Sqrt(2));
    }

    [Theory]
    [InlineData("normal", 0.5)]
    [InlineData("skewed", 0.5)]
    public void Location_SeesAShift(string shape, double shift)
    {
        var random = new SplitMix64(3);
        var (reference, view) = Sample(Draw(shape, random, 20_000));
        var moved = Draw(shape, random, 400).Select(value => value + shift).ToArray();
        var (current, values) = Sample(moved);
        LocationShift.Test(reference, view, current, values).P.ShouldBeLessThan(1e-8);

        // A greater difference is never less telling, however far the bound of the tail is from its use.
        var p = 1.0;
        foreach (var by in (double[])[0.1, 0.3, 1, 3, 10, 100])
        {
            (current, values) = Sample([.. moved.Select(value => value + by)]);
            var next = LocationShift.Test(reference, view, current, values).P;
            next.ShouldBeLessThanOrEqualTo(p);
            p = next;
        }
    }

    [Fact]
    public void Location_OfValuesWithoutSpread_SaysNothing()
    {
        var (moments, view) = Sample([3, 3, 3, 3]);
        LocationShift.Test(moments, view, moments, view).P.ShouldBe(1);
    }

    [Fact]
    public void Novelty_InAClosedVocabulary_NeedsTwoOrThreeValues()
    {
        var reference = new Dictionary<string, long> { ["a"] = 12_000, ["b"] = 8_000 };
        double Of(long k, long n) => CategoryNovelty.Test(
            reference, new Dictionary<string, long> { ["a"] = n - k, ["new"] = k }).P;

        // (1 − q)ᵐ P(B(n, q) ≥ 2) is greatest at about q = 2/m: e⁻²(2n/m)²/2, and four fifths of the level are for it.
        Of(2, 50).ShouldBeNear(Math.Exp(-2) * Math.Pow(2 * 50 / 20_000.0, 2) / 2 / 0.8, 0.03);
        Of(1, 50).ShouldBeNear(Math.Exp(-1) * 50 / 20_000 / 0.8, 0.03);
        Of(3, 50).ShouldBeLessThan(1e-8);
        Of(3, 5_000).ShouldBeGreaterThan(1e-3);
        CategoryNovelty.Test(reference, new Dictionary<string, long> { ["new"] = 500 }).P.ShouldBeLessThan(1e-100);
    }

    [Fact]
    public void WeightedHolm_SumsTheWeightsThatAreLeft()
    {
        MultipleTesting.Adjust([0.01, 0.02, 0.3], [2, 1, 1], Correction.Holm)
            .ShouldBe([0.02, 0.04, 0.3], 1e-12);
        MultipleTesting.Adjust([0.01, 0.02, double.NaN], [2, 1, 1], Correction.Bonferroni)
            .Take(2).ShouldBe([0.02, 0.08], 1e-12);
        MultipleTesting.Adjust([0.01, 0.04, 0.02], [1, 1, 1], Correction.Holm)
            .ShouldBe(MultipleTesting.Adjust([0.01, 0.04, 0.02], Correction.Holm), 1e-12);
        Should.Throw<ArgumentException>(() => MultipleTesting.Adjust([0.5], [0.0], Correction.Holm));
    }

    private static (Moments Sums, QuantileView View) Sample(double[] values) =>
        (Moments.Of(values), QuantileView.OfSample(values));

    private static double[] Draw(string shape, SplitMix64 random, int count)
    {
        var values = new double[count];
        foreach (ref var value in values.AsSpan())
        {
            value = shape switch
            {
                "skewed" => Math.Exp(random.NextNormal()),
                "rare" => random.NextDouble() < 0.95 ? 0 : random.NextDouble(),
                "flat" => random.NextDouble(),
                _ => random.NextNormal(),
            };
        }

        return values;
    }
}
