using CsCheck;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Hypotheses;

public sealed class ProportionTests
{
    private static readonly Gen<Proportion> Arms =
        Gen.Int[1, 400].SelectMany(n => Gen.Int[0, n].Select(x => new Proportion(x, n)));

    [Fact]
    public void TwoProportions_WhenTheArmsSwap_MirrorsEverything() =>
        Gen.Select(Arms, Arms).Sample((a, b) =>
        {
            var forth = TwoProportions.Compare(a, b, 0.05);
            var back = TwoProportions.Compare(b, a, 0.05);
            back.Difference.ShouldBe(-forth.Difference);
            back.P.TwoSided.ShouldBeNear(forth.P.TwoSided, 1e-14);
            back.P.Greater.ShouldBeNear(forth.P.Less, 1e-14);
            Mirrors(forth.Wald, back.Wald);
            Mirrors(forth.Newcombe, back.Newcombe);
            Mirrors(forth.AgrestiCaffo, back.AgrestiCaffo);
            forth.Newcombe.Contains(forth.Difference).ShouldBeTrue();
        }, iter: 2000);

    [Fact]
    public void TwoProportions_UnderTheNull_RejectAtTheirLevel()
    {
        var random = new SplitMix64(11);
        var rejected = Enumerable.Range(0, 6000).Count(_ =>
            TwoProportions.Compare(Draw(random, 400, 0.3), Draw(random, 400, 0.3), 0.05).P.TwoSided < 0.05);
        Rate(rejected, 6000, 0.05);
    }

    [Fact]
    public void TwoProportions_WithoutUnitsOrVariation_DecideNothing()
    {
        var empty = TwoProportions.Compare(default, new(3, 10), 0.05);
        empty.Z.ShouldBe(double.NaN);
        empty.P.TwoSided.ShouldBe(double.NaN);
        empty.Newcombe.Low.ShouldBe(double.NaN);
        empty.AgrestiCaffo.ShouldBe(Interval.Undefined);
        TwoProportions.Compare(new(0, 10), new(0, 20), 0.05).P.TwoSided.ShouldBe(double.NaN);
        TwoProportions.Compare(new(10, 10), new(20, 20), 0.05).P.TwoSided.ShouldBe(double.NaN);

        var extreme = TwoProportions.Compare(new(0, 10), new(20, 20), 0.05);
        extreme.Difference.ShouldBe(1);
        extreme.Newcombe.High.ShouldBeNear(1, 1e-12);
        extreme.Newcombe.Low.ShouldBeLessThan(0.9);
        extreme.RelativeLift.ShouldBe(double.PositiveInfinity);
        Should.Throw<ArgumentOutOfRangeException>(() => TwoProportions.Compare(new(1, 2), new(1, 2), 0));
        Should.Throw<ArgumentOutOfRangeException>(() => TwoProportions.Compare(new(1, 2), new(1, 2), double.NaN));
    }

    [Fact]
    public void OneProportion_Intervals_HoldTheRateAndMirror() =>
        Gen.Select(Arms, Gen.Double[0.001, 0.4]).Sample((arm, alpha) =>
        {
            var mirrored = new Proportion(arm.Failures, arm.Trials);
            Func<Proportion, double, Interval>[] methods =
                [OneProportion.Wilson, OneProportion.ClopperPearson, OneProportion.AgrestiCoull];
            foreach (var of in methods)
            {
                var interval = of(arm, alpha);
                interval.Low.ShouldBeInRange(0, arm.Rate);
                interval.High.ShouldBeInRange(arm.Rate, 1);
                var other = of(mirrored, alpha);
                other.Low.ShouldBeNear(1 - interval.High, 1e-11);
                other.High.ShouldBeNear(1 - interval.Low, 1e-11);
            }
        }, iter: 500);

    /// <summary>At the ends of the exact interval the observed count is reached with probability alpha/2.</summary>
    [Fact]
    public void ClopperPearson_SolvesItsOwnEquations() =>
        Gen.Select(Arms, Gen.Double[0.001, 0.4]).Sample((arm, alpha) =>
        {
            var interval = OneProportion.ClopperPearson(arm, alpha);
            if (arm.Successes > 0)
                Binomial.AtLeast(arm.Successes, arm.Trials, interval.Low).ShouldBeNear(alpha / 2, 1e-10);
            if (arm.Failures > 0)
                Binomial.Cdf(arm.Successes, arm.Trials, interval.High).ShouldBeNear(alpha / 2, 1e-10);
        }, iter: 500);

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void OneProportion_Coverage_IsWhatIsSaid(double p)
    {
        double exact = 0, wilson = 0;
        for (var x = 0; x <= 120; x++)
        {
            var mass = Binomial.Pmf(x, 120, p);
            exact += OneProportion.ClopperPearson(new(x, 120), 0.05).Contains(p) ? mass : 0;
            wilson += OneProportion.Wilson(new(x, 120), 0.05).Contains(p) ? mass : 0;
        }

        exact.ShouldBeGreaterThanOrEqualTo(0.95);
        wilson.ShouldBe(0.95, 0.03);
    }

    [Fact]
    public void Fisher_EqualsTheSumOverAllTables() =>
        Gen.Select(Gen.Int[0, 14], Gen.Int[0, 14], Gen.Int[0, 14], Gen.Int[0, 14]).Sample((a, b, c, d) =>
        {
            var p = FisherExact.Test(new(a, a + b), new(c, c + d)).P;
            double less = 0, greater = 0, two = 0, observed = Mass(a);
            for (var x = Math.Max(0, a - d); x <= Math.Min(a + b, a + c); x++)
            {
                less += x <= a ? Mass(x) : 0;
                greater += x >= a ? Mass(x) : 0;
                two += Mass(x) <= observed * (1 + 1e-7) ? Mass(x) : 0;
            }

            p.Less.ShouldBeNear(less, 1e-11);
            p.Greater.ShouldBeNear(greater, 1e-11);
            p.TwoSided.ShouldBeNear(Math.Min(1, two), 1e-11);

            double Mass(int x) => Math.Exp(Binomial.LogChoose(a + b, x) + Binomial.LogChoose(c + d, a + c - x)
                - Binomial.LogChoose(a + b + c + d, a + c));
        }, iter: 1000);

    [Fact]
    public void Fisher_OnMillions_StillAnswersAndComesNearTheNormal()
    {
        var fisher = FisherExact.Test(new(101_000, 2_000_000), new(100_000, 2_000_000)).P;
        var z = TwoProportions.Compare(new(100_000, 2_000_000), new(101_000, 2_000_000), 0.05).P;
        fisher.TwoSided.ShouldBe(z.TwoSided, 0.001);
        fisher.Greater.ShouldBe(z.Greater, 0.001);
        FisherExact.Test(default, new(3, 10)).P.TwoSided.ShouldBe(1);
        FisherExact.Test(new(0, 10), new(0, 10)).P.ShouldBe(new PValues(1, 1, 1));
        FisherExact.Test(new(5, 10), new(0, 10)).OddsRatio.ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void PoissonRates_WhenTheArmsSwap_InvertTheRatio() =>
        Gen.Select(Gen.Int[0, 60], Gen.Double[0.1, 10], Gen.Int[0, 60], Gen.Double[0.1, 10]).Sample((a, ta, b, tb) =>
        {
            var forth = PoissonRates.Compare(new(a, ta), new(b, tb), 0.1);
            var back = PoissonRates.Compare(new(b, tb), new(a, ta), 0.1);
            back.P.TwoSided.ShouldBeNear(forth.P.TwoSided, 1e-9);
            back.P.Greater.ShouldBeNear(forth.P.Less, 1e-12);
            if (a > 0 && b > 0)
                Product(back, forth).ShouldBeNear(1, 1e-10);
        }, iter: 500);

    [Fact]
    public void PoissonRates_OfNothing_SayNothing()
    {
        var none = PoissonRates.Compare(new(0, 5), new(0, 2), 0.05);
        none.P.ShouldBe(new PValues(1, 1, 1));
        none.RatioInterval.ShouldBe(new Interval(0, double.PositiveInfinity));
        PoissonRates.Compare(new(0, 5), new(4, 5), 0.05).RatioInterval.High.ShouldBe(double.PositiveInfinity);
        Should.Throw<ArgumentOutOfRangeException>(() => new EventRate(1, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new EventRate(-1, 1));
    }

    [Fact]
    public void Stratified_InOnePhase_IsThePooledTest() =>
        Gen.Select(Arms, Arms).Sample((control, treatment) =>
        {
            double n = control.Trials + treatment.Trials;
            var one = StratifiedProportions.Compare([new(control, treatment)]);
            var pooled = TwoProportions.Compare(control, treatment, 0.05);
            one.CmhStatistic.ShouldBeNear(pooled.Z * pooled.Z * (n - 1) / n, 1e-9);

            var empty = new Stratum(new(3, 9), default);
            var more = StratifiedProportions.Compare([empty, new(control, treatment)]);
            more.CmhStatistic.ShouldBe(one.CmhStatistic);
            more.WithinDifferences[0].ShouldBe(double.NaN);
        }, iter: 1000);

    [Fact]
    public void Stratified_AcrossARamp_DoesNotInventAnEffect()
    {
        var random = new SplitMix64(3);
        var rejected = 0;
        for (var run = 0; run < 1500; run++)
        {
            // The rate of both arms doubles while the weight of the treatment rises.
            Stratum[] strata =
            [
                new(Draw(random, 900, 0.1), Draw(random, 100, 0.1)),
                new(Draw(random, 500, 0.2), Draw(random, 500, 0.2)),
            ];
            if (StratifiedProportions.Compare(strata).CmhP < 0.05)
                rejected++;
        }

        Rate(rejected, 1500, 0.05);
        StratifiedProportions.Compare([]).CmhP.ShouldBe(double.NaN);
    }

    [Fact]
    public void NonInferiority_LowerIsBetter_IsTheMirror() =>
        Gen.Select(Arms, Arms, Gen.Double[0, 0.3]).Sample((control, treatment, margin) =>
        {
            var higher = NonInferiority.OfProportions(control, treatment, margin, 0.025, higherIsBetter: true);
            var lower = NonInferiority.OfProportions(
                new(control.Failures, control.Trials), new(treatment.Failures, treatment.Trials), margin, 0.025,
                higherIsBetter: false);
            double.IsNaN(lower.Z).ShouldBe(double.IsNaN(higher.Z));
            if (double.IsNaN(higher.Z))
                return;
            lower.Z.ShouldBeNear(higher.Z, 1e-9);
            lower.Bound.ShouldBeNear(-higher.Bound, 1e-12);
            lower.NonInferior.ShouldBe(higher.NonInferior);
            if (Math.Abs(higher.Bound + margin) > 1e-9)
                higher.NonInferior.ShouldBe(higher.Bound > -margin);
        }, iter: 1000);

    [Fact]
    public void NonInferiority_WithoutVariation_IsNotShown()
    {
        NonInferiority.OfProportions(new(10, 10), new(10, 10), 0.1, 0.025, true).NonInferior.ShouldBeFalse();
        NonInferiority.OfMeans(default, Moments.Of([1, 2, 3]), 0.1, 0.025, true).NonInferior.ShouldBeFalse();
        var same = Moments.Of([1, 2, 3]);
        NonInferiority.OfMeans(same, same, 5, 0.025, false).NonInferior.ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(
            () => NonInferiority.OfProportions(new(1, 2), new(1, 2), -0.1, 0.025, true));
    }

    private static double Product(PoissonRatesResult a, PoissonRatesResult b) =>
        a.RatioInterval.Low * b.RatioInterval.High;

    private static void Mirrors(Interval forth, Interval back)
    {
        back.Low.ShouldBeNear(-forth.High, 1e-12);
        back.High.ShouldBeNear(-forth.Low, 1e-12);
    }

    private static Proportion Draw(SplitMix64 random, int trials, double p)
    {
        var successes = 0;
        for (var i = 0; i < trials; i++)
            successes += random.NextDouble() < p ? 1 : 0;
        return new(successes, trials);
    }

    /// <summary>A count of rejections within four standard errors of its level.</summary>
    private static void Rate(int rejected, int runs, double level) =>
        ((double)rejected / runs).ShouldBe(level, 4 * Math.Sqrt(level * (1 - level) / runs));
}
