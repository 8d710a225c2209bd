using CsCheck;

namespace Fairlead.Statistics.Tests;

public sealed class MomentsTests
{
    private static readonly Gen<(double Y, double X)[]> Units =
        Gen.Select(Gen.Double[-1e3, 1e3], Gen.Double[-5, 5]).Array[2, 60];

    [Fact]
    public void Merging_InAnySplitAndOrder_EqualsThePool() =>
        Gen.Select(Units, Gen.Int[0, 60], Gen.Double[-1e9, 1e9]).Sample((units, cut, offset) =>
        {
            cut = Math.Min(cut, units.Length);
            var moved = units.Select(unit => (Y: unit.Y + offset, unit.X)).ToArray();
            var pool = Of(moved);
            var merged = Of(moved[cut..].Reverse()) + Of(moved[..cut]);
            merged.Count.ShouldBe(pool.Count);
            merged.Mean.ShouldBeNear(pool.Mean, 1e-15);
            merged.Variance.ShouldBeNear(pool.Variance, 1e-12);
            merged.Covariance.ShouldBeNear(pool.Covariance, 1e-9);
        }, iter: 2000);

    [Fact]
    public void Subtracting_LeavesWhatWasThereBefore() =>
        Gen.Select(Units, Units).Sample((stay, leave) =>
        {
            var rest = Of(stay) + Of(leave) - Of(leave);
            rest.Count.ShouldBe(stay.Length);
            rest.Mean.ShouldBeNear(Of(stay).Mean, 1e-12);
            rest.Variance.ShouldBeNear(Of(stay).Variance, 1e-9);
            rest.VarianceX.ShouldBeNear(Of(stay).VarianceX, 1e-12);
        }, iter: 2000);

    /// <summary>Plain sums of squares would lose every digit here: the mean is 1e9 times the spread.</summary>
    [Fact]
    public void Variance_FarFromZero_KeepsItsDigits()
    {
        var moments = Of(Enumerable.Range(0, 100_000).Select(i => (1e9 + i % 2, 0.0)));
        moments.Variance.ShouldBeNear(0.25 * 100_000 / 99_999, 1e-12);
        moments.Mean.ShouldBe(1e9 + 0.5);
    }

    [Fact]
    public void FromMeanAndVariance_GivesThemBack() =>
        Gen.Select(Gen.Long[2, 1_000_000], Gen.Double[-1e6, 1e6], Gen.Double[1e-6, 1e6]).Sample((n, mean, variance) =>
        {
            var moments = Moments.FromMeanAndVariance(n, mean, variance);
            moments.Mean.ShouldBeNear(mean, 1e-15);
            moments.Variance.ShouldBeNear(variance, 1e-12);
        });

    [Fact]
    public void FromProportion_EqualsTheSumOfItsUnits()
    {
        var units = Of(Enumerable.Range(0, 50).Select(i => (i < 12 ? 1.0 : 0, 0.0)));
        Moments.FromProportion(new(12, 50)).ShouldBe(units);
    }

    [Fact]
    public void WithTooFewUnits_NothingIsKnown()
    {
        default(Moments).Mean.ShouldBe(double.NaN);
        default(Moments).Variance.ShouldBe(double.NaN);
        Moments.Of(3).Mean.ShouldBe(3);
        Moments.Of(3).Variance.ShouldBe(double.NaN);
        Moments.Of([1, double.NaN, 2]).Variance.ShouldBe(double.NaN);
    }

    [Fact]
    public void WhatCannotBe_IsRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Moments.Of(1) - Moments.Of([1, 2]));
        Should.Throw<ArgumentOutOfRangeException>(() => Moments.FromSums(-1, 0, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => Moments.FromMeanAndVariance(2, 0, -1));
        Should.Throw<ArgumentException>(() => Moments.Of([1, 2], [1]));
        Should.Throw<ArgumentOutOfRangeException>(() => new Proportion(3, 2));
        Should.Throw<ArgumentOutOfRangeException>(() => new Proportion(-1, 2));
    }

    private static Moments Of(IEnumerable<(double Y, double X)> units) =>
        units.Aggregate(default(Moments), (sum, unit) => sum + Moments.Of(unit.Y, unit.X));
}
