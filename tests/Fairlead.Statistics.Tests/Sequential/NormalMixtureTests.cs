using CsCheck;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Statistics.Tests.Sequential;

public sealed class NormalMixtureTests
{
    private static readonly Gen<double> Level = Gen.Double[-40, -1.5].Select(Math.Exp);
    private static readonly Gen<double> Scale = Gen.Double[-8, 8].Select(Math.Exp);

    /// <summary>The p-value at the bound is the level of the bound, down to very small levels.</summary>
    [Fact]
    public void LogPValue_OnTheBound_IsTheLevel() =>
        Gen.Select(Scale, Scale, Level).Sample((v, rho, alpha) =>
        {
            var two = NormalMixture.LogPValue(NormalMixture.Bound(v, rho, alpha), v, rho);
            var one = NormalMixture.LogPValueOneSided(NormalMixture.BoundOneSided(v, rho, alpha), v, rho);

            two.ShouldBe(Math.Log(alpha), 1e-9 * (1 + Math.Abs(two)));
            one.ShouldBe(Math.Log(alpha), 1e-9 * (1 + Math.Abs(one)));
        }, iter: 5000);

    [Fact]
    public void Bound_RisesWithTheVarianceAndFallsWithTheLevel() =>
        Gen.Select(Scale, Scale, Level, Gen.Double[1.001, 10]).Sample((v, rho, alpha, by) =>
        {
            var smaller = alpha / by;
            NormalMixture.Bound(v * by, rho, alpha).ShouldBeGreaterThan(NormalMixture.Bound(v, rho, alpha));
            NormalMixture.Bound(v, rho, smaller).ShouldBeGreaterThan(NormalMixture.Bound(v, rho, alpha));
            NormalMixture.BoundOneSided(v * by, rho, alpha)
                .ShouldBeGreaterThan(NormalMixture.BoundOneSided(v, rho, alpha));
            NormalMixture.BoundOneSided(v, rho, alpha).ShouldBeLessThan(NormalMixture.Bound(v, rho, alpha));
        }, iter: 2000);

    /// <summary>No other ρ gives a narrower bound at the variance that it was chosen for.</summary>
    [Fact]
    public void RhoExact_IsTheNarrowest() =>
        Gen.Select(Scale, Level, Gen.Double[0.2, 5]).Sample((v, alpha, factor) =>
        {
            var exact = NormalMixture.RhoExact(v, alpha);
            var narrowest = NormalMixture.Bound(v, exact, alpha);

            narrowest.ShouldBeLessThanOrEqualTo(NormalMixture.Bound(v, exact * factor, alpha) * (1 + 1e-12));
            NormalMixture.Bound(v, NormalMixture.Rho(v, alpha), alpha).ShouldBeInRange(narrowest * (1 - 1e-12),
                narrowest * 1.02);
        }, iter: 2000);

    /// <summary>Products that go by different names are this one function in other units.</summary>
    [Fact]
    public void ConfidenceSequenceAndMixtureTest_AreTheSameTest() =>
        Gen.Select(Gen.Double[-3, 3], Gen.Double[0.01, 2], Gen.Double[10, 1e6], Gen.Double[100, 1e6])
            .Sample((estimate, error, units, tuneAt) =>
        {
            const double alpha = 0.05;
            var sequence = AsymptoticSequence.Interval(estimate, error, units, tuneAt, alpha);

            // V is e², and the effects' variance is that of an estimate from ρ units.
            var tau = error * error * units / NormalMixture.Rho(tuneAt, alpha);
            var mixture = MixtureTest.Look(estimate, error * error, tau, alpha);

            mixture.Low.ShouldBe(sequence.Low, 1e-9 * Math.Abs(sequence.Low));
            mixture.High.ShouldBe(sequence.High, 1e-9 * Math.Abs(sequence.High));
            mixture.PInstant.ShouldBe(sequence.PValue, 1e-9);
            if (Math.Abs(mixture.LogLambda - Math.Log(20)) > 1e-6)
                mixture.Rejects.ShouldBe(sequence.Excludes0);
        }, iter: 2000);

    [Fact]
    public void Interval_AndPValue_Agree() =>
        Gen.Select(Gen.Double[-1, 1], Gen.Double[0.01, 1], Gen.Double[2, 1e7], Gen.Bool)
            .Sample((estimate, error, units, one) =>
        {
            var sides = one ? Sides.One : Sides.Two;
            var interval = AsymptoticSequence.Interval(estimate, error, units, 5000, 0.05, sides);
            interval.Low.ShouldBeLessThan(estimate);
            interval.High.ShouldBeGreaterThan(estimate);
            interval.PValue.ShouldBeInRange(0, 1);
            if (Math.Abs(interval.PValue - 0.05) > 1e-9)
                interval.Excludes0.ShouldBe(interval.PValue < 0.05);
        }, iter: 2000);

    /// <summary>Rare events have no variance at first; that must not be a decision.</summary>
    [Theory]
    [InlineData(0.1, 0.0, 100.0)]
    [InlineData(0.1, double.NaN, 100.0)]
    [InlineData(0.1, 0.1, 0.0)]
    [InlineData(double.NaN, 0.1, 100.0)]
    [InlineData(0.1, double.PositiveInfinity, 100.0)]
    public void Interval_WithoutVariance_DecidesNothing(double estimate, double error, double units)
    {
        foreach (var sides in new[] { Sides.One, Sides.Two })
        {
            var interval = AsymptoticSequence.Interval(estimate, error, units, 1000, 0.05, sides);
            interval.Excludes0.ShouldBeFalse();
            (interval.Low, interval.High, interval.PValue)
                .ShouldBe((double.NegativeInfinity, double.PositiveInfinity, 1.0));
        }

        MixtureTest.Look(estimate, 0, 1, 0.05).Rejects.ShouldBeFalse();
    }

    [Fact]
    public void LogPValue_OfAnEnormousSum_StaysANumber()
    {
        NormalMixture.LogPValue(1e100, 1, 1).ShouldBeLessThan(-1e100);
        NormalMixture.LogPValueOneSided(1e3, 1, 1).ShouldBe(-250000, 10);
        MixtureTest.Look(1, 1e-12, 1, 0.05).PInstant.ShouldBe(0);
    }

    [Theory]
    [InlineData(-1, 1, 0.05)]
    [InlineData(1, 0, 0.05)]
    [InlineData(double.NaN, 1, 0.05)]
    public void Bound_OutsideItsRange_IsNaN(double v, double rho, double alpha)
    {
        NormalMixture.Bound(v, rho, alpha).ShouldBe(double.NaN);
        NormalMixture.BoundOneSided(v, rho, alpha).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Bound_AtNoLevel_IsRefused(double alpha)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => NormalMixture.Bound(1, 1, alpha));
        Should.Throw<ArgumentOutOfRangeException>(() => NormalMixture.BoundOneSided(1, 1, alpha));
        Should.Throw<ArgumentOutOfRangeException>(() => NormalMixture.Rho(1, alpha));
        Should.Throw<ArgumentOutOfRangeException>(() => AsymptoticSequence.Interval(1, 1, 1, 1, alpha));
    }

    [Fact]
    public void RunningP_NeverRises()
    {
        var p = 1.0;
        foreach (var delta in new[] { 0.1, 0.5, 0.2, 0.0, 0.6 })
        {
            var next = MixtureTest.RunningP(p, MixtureTest.Look(delta, 0.01, 0.1, 0.05));
            next.ShouldBeLessThanOrEqualTo(p);
            p = next;
        }
    }
}
