using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Drift;

/// <summary>Tests of two samples against their definitions, by counting or by another way to the same number.</summary>
public sealed class TwoSampleTests
{
    [Theory]
    [InlineData(10, 0.274, 1 - 0.62847961545650427298)]
    [InlineData(1, 0.75, 0.5)]
    [InlineData(2, 0.3, 1 - 0.02)]
    public void KolmogorovsLaw_HasItsKnownValues(long n, double d, double tail) =>
        KolmogorovLaw.UpperTail(n, d).ShouldBeNear(tail, 1e-13);

    [Theory]
    [InlineData(140, 141, 0.10)]
    [InlineData(1000, 1001, 0.0125)]
    [InlineData(1000, 1001, 0.0469)]
    [InlineData(100_000, 100_001, 0.003)]
    [InlineData(100_000, 100_001, 0.0002)]
    public void KolmogorovsLaw_GoesOnWhereOneWayOfComputingItEnds(long n, long next, double d)
    {
        // From one n to the next the tail falls by about 4d² of its slope: far less than a jump would be.
        var before = KolmogorovLaw.UpperTail(n, d);
        var after = KolmogorovLaw.UpperTail(next, d * Math.Sqrt((double)n / next));
        after.ShouldBe(before, 2e-3 / Math.Sqrt(n));
        before.ShouldBeInRange(0, 1);
    }

    [Theory]
    [InlineData(1001, 0.05)]
    [InlineData(5000, 0.04)]
    [InlineData(90_000, 0.02)]
    [InlineData(4_000, 0.008)]
    [InlineData(20_000, 0.001)]
    public void TheQuickTail_IsTheTail(long n, double d) =>
        (KolmogorovLaw.QuickUpperTail(n, d) / KolmogorovLaw.UpperTail(n, d)).ShouldBe(1, 0.01);

    [Fact]
    public void KolmogorovsLaw_NearsItsLimit()
    {
        const double z = 1.1;
        var limit = 2 * Enumerable.Range(1, 20).Sum(k => (k % 2 == 1 ? 1 : -1) * Math.Exp(-2 * k * k * z * z));
        KolmogorovLaw.UpperTail(50_000_000, z / Math.Sqrt(50_000_000)).ShouldBe(limit, 1e-4);
    }

    [Theory]
    [InlineData(Alternative.TwoSided)]
    [InlineData(Alternative.Greater)]
    [InlineData(Alternative.Less)]
    public void ExactKolmogorovSmirnov_CountsAllOrders_WithAndWithoutTies(Alternative alternative)
    {
        double[] x = [1, 2, 2, 3, 7], y = [2, 3, 3, 5, 8, 9];
        ByOrders(x, y, (a, b) => KolmogorovSmirnov.Statistic(
            QuantileView.OfSample(a), QuantileView.OfSample(b), alternative))
            .ShouldBeNear(KolmogorovSmirnov.Test(x, y, alternative, KolmogorovMethod.ExactWithTies).P, 1e-12);

        double[] u = [1, 2.5, 3, 4, 7], v = [2, 3.5, 5, 6, 8, 9];
        ByOrders(u, v, (a, b) => KolmogorovSmirnov.Statistic(
            QuantileView.OfSample(a), QuantileView.OfSample(b), alternative))
            .ShouldBeNear(KolmogorovSmirnov.Test(u, v, alternative, KolmogorovMethod.Exact).P, 1e-12);
        KolmogorovSmirnov.Test(x, y, alternative, KolmogorovMethod.Exact).P.ShouldBeGreaterThanOrEqualTo(
            KolmogorovSmirnov.Test(x, y, alternative, KolmogorovMethod.ExactWithTies).P);
    }

    [Fact]
    public void ExactCramerVonMises_CountsAllOrders()
    {
        double[] x = [1, 2.5, 3, 4, 7], y = [2, 3.5, 5, 6, 8, 9];
        ByOrders(x, y, (a, b) => CramerVonMises.Test(a, b).Statistic)
            .ShouldBeNear(CramerVonMises.Test(x, y).P, 1e-12);
    }

    [Fact]
    public void Distances_AreWhatTheyAreDefinedToBe()
    {
        var random = new SplitMix64(4);
        double[] x = [.. Enumerable.Range(0, 40).Select(_ => Math.Round(random.NextNormal(), 1))];
        double[] y = [.. Enumerable.Range(0, 40).Select(_ => Math.Round(1 + 2 * random.NextNormal(), 1))];

        Transport.Wasserstein(x, y).ShouldBeNear(
            x.Order().Zip(y.Order(), (a, b) => Math.Abs(a - b)).Average(), 1e-12);
        Transport.Wasserstein(x, [.. x.Select(_ => 1.0)], y, [.. y.Select(_ => 3.0)])
            .ShouldBeNear(Transport.Wasserstein(x, y), 1e-12);
        var energy = 2 * Mean(x, y) - Mean(x, x) - Mean(y, y);
        Transport.Energy(x, y).ShouldBeNear(Math.Sqrt(energy), 1e-12);

        static double Mean(double[] a, double[] b) => a.Average(u => b.Average(v => Math.Abs(u - v)));
    }

    [Fact]
    public void PValues_AreAsOftenSmallAsTheySay()
    {
        const int runs = 300;
        var random = new SplitMix64(9);
        var small = new Dictionary<string, int>();
        for (var run = 0; run < runs; run++)
        {
            double[] x = [.. Enumerable.Range(0, 60).Select(_ => random.NextNormal())];
            double[] y = [.. Enumerable.Range(0, 50).Select(_ => random.NextNormal())];
            Note("ks", KolmogorovSmirnov.Test(x, y, method: KolmogorovMethod.Asymptotic).P);
            Note("cvm", CramerVonMises.Test(x, y).P);
            Note("ad", AndersonDarling.Test(x, y).P);
            Note("es", EppsSingleton.Test(x, y).P);
            var bins = Bins.OfQuantiles(x, 5);
            Note("chi2", Contingency.Independence([bins.CountsOf(x), bins.CountsOf(y)], yates: false).P);
        }

        // 5 % of 300 are 15 ± 3.8; the fixed bins make χ² a little generous.
        small.Keys.Count.ShouldBe(5);
        small.Values.ShouldAllBe(count => count >= 3 && count <= 29);

        void Note(string test, double p) => small[test] = small.GetValueOrDefault(test) + (p <= 0.05 ? 1 : 0);
    }

    /// <summary>The share of all ways to deal the pooled values to the two sides whose statistic is as great.</summary>
    private static double ByOrders(double[] x, double[] y, Func<double[], double[], double> statistic)
    {
        double[] pooled = [.. x, .. y];
        var observed = statistic(x, y);
        var (reached, all) = (0, 0);
        for (var mask = 0; mask < 1 << pooled.Length; mask++)
        {
            if (System.Numerics.BitOperations.PopCount((uint)mask) != x.Length)
                continue;
            var ours = mask;
            double[] a = [.. pooled.Where((_, i) => (ours >> i & 1) == 1)];
            double[] b = [.. pooled.Where((_, i) => (ours >> i & 1) == 0)];
            all++;
            reached += statistic(a, b) >= observed - 1e-12 ? 1 : 0;
        }

        return (double)reached / all;
    }
}
