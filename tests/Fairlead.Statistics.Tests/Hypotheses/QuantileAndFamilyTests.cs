using CsCheck;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Hypotheses;

public sealed class QuantileAndFamilyTests
{
    [Fact]
    public void Quantile_RisesWithItsLevelFromTheLeastToTheGreatest() =>
        Gen.Select(Gen.Double[-9, 9].Array[1, 30], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((values, p, q) =>
        {
            Quantiles.Of(values, 0).ShouldBe(values.Min());
            Quantiles.Of(values, 1).ShouldBe(values.Max());
            Quantiles.Of(values, Math.Min(p, q)).ShouldBeLessThanOrEqualTo(Quantiles.Of(values, Math.Max(p, q)));
        }, iter: 1000);

    [Fact]
    public void Quantile_AtItsLimits()
    {
        Quantiles.Of([], 0.5).ShouldBe(double.NaN);
        Quantiles.Of([3], 0.2).ShouldBe(3);
        Quantiles.Of([double.PositiveInfinity, double.PositiveInfinity], 0.5).ShouldBe(double.PositiveInfinity);
        Should.Throw<ArgumentOutOfRangeException>(() => Quantiles.Of([1], 1.1));
        Should.Throw<ArgumentOutOfRangeException>(() => Quantiles.Of([1], double.NaN));
        Quantiles.Woodruff([], 0.5, 0.05).Interval.ShouldBe(Interval.Undefined);
        Should.Throw<ArgumentOutOfRangeException>(() => Quantiles.Woodruff([1], 0.5, 0.05, designEffect: 0));
    }

    [Fact]
    public void Woodruff_CoversTheTrueQuantile()
    {
        var random = new SplitMix64(9);
        var covered = Enumerable.Range(0, 1000).Count(_ =>
        {
            var sample = Enumerable.Range(0, 300).Select(_ => random.NextNormal()).Order().ToArray();
            return Quantiles.Woodruff(sample, 0.9, 0.05).Interval.Contains(Normal.Quantile(0.9));
        });
        (covered / 1000.0).ShouldBe(0.95, 0.03);
    }

    [Fact]
    public void QuantileDifference_UnderTheNull_KeepsItsLevel()
    {
        var random = new SplitMix64(31);
        var rejected = Enumerable.Range(0, 800).Count(_ =>
            Quantiles.Difference(Draw(400), Draw(300), 0.05).P.TwoSided < 0.05);
        (rejected / 800.0).ShouldBe(0.05, 0.03);
        Quantiles.Difference(Quantiles.Woodruff([], 0.5, 0.05), Draw(300), 0.05).P.ShouldBe(PValues.Undefined);

        QuantileEstimate Draw(int count) => Quantiles.Woodruff(
            Enumerable.Range(0, count).Select(_ => Math.Exp(random.NextNormal())).Order().ToArray(), 0.9, 0.05);
    }

    [Fact]
    public void Woodruff_FromAQuantileFunction_IsTheSame()
    {
        double[] sorted = [.. Enumerable.Range(1, 200).Select(i => Math.Sqrt(i))];
        Quantiles.Woodruff(level => Quantiles.OfSorted(sorted, level), 200, 0.95, 0.1, 2)
            .ShouldBe(Quantiles.Woodruff(sorted, 0.95, 0.1, 2));
        Quantiles.Woodruff(_ => 0, 0, 0.95, 0.1).Value.ShouldBe(double.NaN);
        Should.Throw<ArgumentOutOfRangeException>(() => Quantiles.Woodruff(_ => 0, -1, 0.95, 0.1));
    }

    /// <summary>Ten equal values a unit hold as much as one: the design effect is ten.</summary>
    [Fact]
    public void DesignEffect_OfRepeatedValues_IsTheirNumber()
    {
        Moments units = default;
        for (var i = 0; i < 1000; i++)
            units += Moments.Of(i % 10 == 0 ? 10 : 0, 10);
        Quantiles.DesignEffect(units).ShouldBe(10, 0.02);
        Quantiles.DesignEffect(Moments.Of([1, 1], [1, 1])).ShouldBe(double.NaN);
    }

    [Fact]
    public void ExactMedian_IsWhatResamplingComesTo()
    {
        double[] sample = [5, 1, 9, 4, 4, 30, 2];
        var law = Bootstrap.ExactMedian(sample);
        law.Probabilities.Sum().ShouldBeNear(1, 1e-14);
        var random = new SplitMix64(17);
        var drawn = default(Moments);
        for (var i = 0; i < 40_000; i++)
        {
            var resample = sample.Select(_ => sample[random.NextIndex(sample.Length)]).ToArray();
            drawn += Moments.Of(Quantiles.Of(resample, 0.5));
        }


        drawn.Mean.ShouldBe(law.Mean, 5 * law.StandardError / 200);
        Math.Sqrt(drawn.Variance).ShouldBe(law.StandardError, 0.1);
        Should.Throw<ArgumentException>(() => Bootstrap.ExactMedian([1, 2]));
        Should.Throw<ArgumentException>(() => Bootstrap.ExactMedian([]));
        Bootstrap.ExactMedian([4]).StandardError.ShouldBe(0);
    }

    [Fact]
    public void Bootstrap_WithTheSameSeed_IsTheSame()
    {
        double[] a = [1, 2, 3, 4, 9], b = [2, 4, 6, 8, 12, 15];
        var first = Bootstrap.QuantileDifference(a, b, 0.5, 500, 1, 0.1);
        Bootstrap.QuantileDifference(a, b, 0.5, 500, 1, 0.1).ShouldBe(first);
        Bootstrap.QuantileDifference(a, b, 0.5, 500, 2, 0.1).ShouldNotBe(first);
        first.Observed.ShouldBe(4);
        Should.Throw<ArgumentException>(() => Bootstrap.QuantileDifference([], b, 0.5, 500, 1, 0.1));
        Should.Throw<ArgumentOutOfRangeException>(() => Bootstrap.QuantileDifference(a, b, 0.5, 1, 1, 0.1));
    }

    [Fact]
    public void Corrections_AreOrderedByTheirStrength() =>
        Gen.Double[0, 1].Array[1, 12].Sample(p =>
        {
            double[] Of(Correction correction) => MultipleTesting.Adjust(p, correction);
            Below(Of(Correction.Sidak), Of(Correction.Bonferroni));
            Below(Of(Correction.Holm), Of(Correction.Bonferroni));
            Below(Of(Correction.Hochberg), Of(Correction.Holm));
            Below(Of(Correction.BenjaminiHochberg), Of(Correction.Hochberg));
            Below(Of(Correction.BenjaminiHochberg), Of(Correction.BenjaminiYekutieli));
            Below(p, Of(Correction.BenjaminiHochberg));

            // The order of the family means nothing.
            MultipleTesting.Adjust(p.Reverse().ToArray(), Correction.Holm).ShouldBe(Of(Correction.Holm).Reverse());
        }, iter: 1000);

    [Theory]
    [InlineData(Correction.Bonferroni)]
    [InlineData(Correction.Sidak)]
    [InlineData(Correction.Holm)]
    [InlineData(Correction.Hochberg)]
    [InlineData(Correction.BenjaminiHochberg)]
    [InlineData(Correction.BenjaminiYekutieli)]
    public void Corrections_KeepANaNApartAndCountIt(Correction correction)
    {
        var adjusted = MultipleTesting.Adjust([double.NaN, 0.02, 0.5], correction);
        adjusted[0].ShouldBe(double.NaN);
        adjusted[1].ShouldBeNear(MultipleTesting.Adjust([0.02, 0.5, 1], correction)[0], 1e-15);
        MultipleTesting.Adjust([], correction).ShouldBeEmpty();
        MultipleTesting.Adjust([0, 1], correction).ShouldBe([0, 1]);
        Should.Throw<ArgumentOutOfRangeException>(() => MultipleTesting.Adjust([1.5], correction));
    }

    [Fact]
    public void Corrections_OfTinyPValues_KeepTheirDigits() =>
        MultipleTesting.Adjust([1e-20, 0.5], Correction.Sidak)[0].ShouldBeNear(2e-20, 1e-34);

    [Fact]
    public void Power_AtTheComputedSize_IsThePowerAskedFor() =>
        Gen.Select(Gen.Double[0.02, 2], Gen.Double[0.3, 0.98], Gen.Double[0.001, 0.2], Gen.Double[0.2, 5])
            .Sample((d, power, alpha, ratio) =>
        {
            var n = PowerAnalysis.TwoSampleT(d, alpha, power, ratio);
            var reached = PowerAnalysis.OfTwoSampleT(d, n, n * ratio, alpha);
            if (Math.Min(n, n * ratio) > 2)
                reached.ShouldBeNear(power, 1e-7);
            else
                reached.ShouldBeGreaterThan(power);
            var z = PowerAnalysis.TwoProportions(0.1, 0.1 + d / 10, alpha, power, ratio).Unpooled;

            // The formula leaves out the far tail, which only adds power.
            PowerAnalysis.OfTwoProportions(0.1, z, 0.1 + d / 10, z * ratio, alpha)
                .ShouldBeInRange(power - 1e-12, power + 0.03);
        }, iter: 200);

    [Fact]
    public void Power_WithoutAnEffect_IsTheLevel()
    {
        PowerAnalysis.OfTwoSampleT(0, 20, 30, 0.05).ShouldBeNear(0.05, 1e-10);
        PowerAnalysis.PowerOfZ(0, 0.05).ShouldBeNear(0.05, 1e-14);
        PowerAnalysis.ForShare(1, 0.1, 0.05, 0.8, 0.5).Inflation.ShouldBe(1);
        PowerAnalysis.OfTwoSampleT(0.5, 1, 1, 0.05).ShouldBe(double.NaN);
        Should.Throw<ArgumentOutOfRangeException>(() => PowerAnalysis.TwoSampleT(0, 0.05, 0.8));
        Should.Throw<ArgumentOutOfRangeException>(() => PowerAnalysis.TwoSampleT(0.2, 0.05, 0.05));
        Should.Throw<ArgumentOutOfRangeException>(() => PowerAnalysis.TwoProportions(0.1, 0.1, 0.05, 0.8));
        Should.Throw<ArgumentOutOfRangeException>(() => PowerAnalysis.ForShare(1, 0.1, 0.05, 0.8, 1));
    }

    [Fact]
    public void NoncentralT_WithoutAShift_IsStudentT()
    {
        foreach (var degrees in new[] { 1, 2.5, 30, 4000, 1e7 })
        {
            foreach (var t in new[] { -3, 0, 0.7, 2.5, 6 })
                NoncentralT.UpperTail(t, degrees, 0).ShouldBeNear(StudentT.UpperTail(t, degrees), 1e-11);
        }

        NoncentralT.UpperTail(1.5, double.PositiveInfinity, 2).ShouldBeNear(Normal.Cdf(0.5), 1e-14);
        NoncentralT.UpperTail(1, 0, 0).ShouldBe(double.NaN);
    }

    private static void Below(double[] less, double[] more)
    {
        for (var i = 0; i < less.Length; i++)
            less[i].ShouldBeLessThanOrEqualTo(more[i] * (1 + 1e-12));
    }
}
