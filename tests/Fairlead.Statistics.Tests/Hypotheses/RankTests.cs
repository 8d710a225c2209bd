using CsCheck;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Hypotheses;

public sealed class RankTests
{
    private static readonly Gen<double[]> Small = Gen.Int[-6, 6].Select(i => i / 2.0).Array[1, 9];

    [Fact]
    public void MannWhitney_WhenTheArmsSwap_MirrorsEverything() =>
        Gen.Select(Small, Small).Sample((a, b) =>
        {
            var forth = MannWhitney.Test(a, b);
            var back = MannWhitney.Test(b, a);
            (forth.U + back.U).ShouldBe(a.Length * b.Length);
            back.PAsymptotic.ShouldBeNear(forth.PAsymptotic, 1e-13);
            back.PExact.ShouldBeNear(forth.PExact, 1e-13);
            back.Shift.ShouldBe(-forth.Shift);
            (forth.CommonLanguage + back.CommonLanguage).ShouldBeNear(1, 1e-14);
        }, iter: 1000);

    [Fact]
    public void MannWhitney_CountsPairsAndTakesTheirMedian() =>
        Gen.Select(Small, Small).Sample((control, treatment) =>
        {
            var differences = treatment.SelectMany(t => control.Select(c => t - c)).Order().ToArray();
            var result = MannWhitney.Test(control, treatment);
            result.U.ShouldBe(differences.Sum(d => d > 0 ? 1 : d == 0 ? 0.5 : 0));
            result.Shift.ShouldBeNear(Quantiles.OfSorted(differences, 0.5), 1e-14);
        }, iter: 1000);

    /// <summary>The exact p-value is the share of all ways to deal the values out that are as extreme.</summary>
    [Theory]
    [InlineData(3, 4)]
    [InlineData(5, 5)]
    [InlineData(2, 7)]
    public void MannWhitney_Exact_EqualsTheCountOfAllDeals(int n, int m)
    {
        var deals = Enumerable.Range(0, 1 << (n + m)).Where(bits => int.PopCount(bits) == n)
            .Select(bits => Places(bits).Sum() - n * (n - 1) / 2).ToArray();
        foreach (var bits in Enumerable.Range(0, 1 << (n + m)).Where(bits => int.PopCount(bits) == n))
        {
            var treatment = Places(bits).Select(i => (double)i).ToArray();
            var control = Enumerable.Range(0, n + m).Select(i => (double)i).Except(treatment).ToArray();
            var result = MannWhitney.Test(control, treatment);
            var least = Math.Min(result.U, n * m - result.U);
            var expected = Math.Min(1, 2.0 * deals.Count(u => u <= least) / deals.Length);
            result.PExact.ShouldBeNear(expected, 1e-13);
        }

        IEnumerable<int> Places(int bits) => Enumerable.Range(0, n + m).Where(i => (bits >> i & 1) == 1);
    }

    [Fact]
    public void MannWhitney_AtItsLimits()
    {
        MannWhitney.Test([], [1]).U.ShouldBe(double.NaN);
        MannWhitney.HodgesLehmann([1], []).ShouldBe(double.NaN);
        MannWhitney.Test([2, 2], [2, 2, 2]).PAsymptotic.ShouldBe(double.NaN);
        MannWhitney.Test([2, 2], [2, 2, 2]).CommonLanguage.ShouldBe(0.5);
        Should.Throw<ArgumentException>(() => MannWhitney.Test([1, double.NaN], [1]));

        var many = Enumerable.Range(0, 3000).Select(i => (double)i).ToArray();
        var moved = many.Select(value => value + 7.25).ToArray();
        MannWhitney.Test(many, moved).PExact.ShouldBe(double.NaN);
        MannWhitney.HodgesLehmann(many, moved).ShouldBe(7.25);
    }

    [Fact]
    public void Wilcoxon_Exact_EqualsTheCountOfAllSigns()
    {
        for (var n = 1; n <= 9; n++)
        {
            var sums = Enumerable.Range(0, 1 << n).Select(Positive).ToArray();
            for (var bits = 0; bits < 1 << n; bits++)
            {
                var signs = bits;
                var differences = Enumerable.Range(0, n)
                    .Select(i => (signs >> i & 1) == 1 ? i + 1.0 : -i - 1).ToArray();
                var result = WilcoxonSignedRank.Test(new double[n], differences);
                result.W.ShouldBe(Math.Min(Positive(bits), n * (n + 1) / 2 - Positive(bits)));
                result.PExact.ShouldBeNear(Math.Min(1, 2.0 * sums.Count(sum => sum <= result.W) / sums.Length), 1e-13);
            }

            int Positive(int bits) => Enumerable.Range(0, n).Sum(i => (bits >> i & 1) * (i + 1));
        }
    }

    [Fact]
    public void Wilcoxon_AtItsLimits()
    {
        var none = WilcoxonSignedRank.Test([1, 2], [1, 2]);
        none.Pairs.ShouldBe(0);
        none.PExact.ShouldBe(1);
        WilcoxonSignedRank.Test([1, 2, 3], [1, 3, 5]).Pairs.ShouldBe(2);
        Should.Throw<ArgumentException>(() => WilcoxonSignedRank.Test([1], [1, 2]));
        Should.Throw<ArgumentException>(() => WilcoxonSignedRank.Test([1], [double.NaN]));

        var many = Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? i + 1.0 : -i).ToArray();
        var result = WilcoxonSignedRank.Test(new double[60], many);
        result.PExact.ShouldBe(double.NaN);
        result.PAsymptotic.ShouldBeInRange(0.05, 1);
    }

    [Fact]
    public void PairedT_IsTheOneSampleTestOfTheDifferences() =>
        Gen.Select(Gen.Double[-9, 9], Gen.Double[-9, 9]).Array[2, 20].Sample(pairs =>
        {
            var a = pairs.Select(pair => pair.Item1).ToArray();
            var b = pairs.Select(pair => pair.Item2).ToArray();
            var forth = PairedT.Test(a, b, 0.05);
            var back = PairedT.Test(b, a, 0.05);
            back.T.ShouldBeNear(-forth.T, 1e-9);
            forth.Degrees.ShouldBe(pairs.Length - 1);
        }, iter: 300);

    [Fact]
    public void PairedT_WithoutVariation_DecidesNothing()
    {
        PairedT.Test([1, 2, 3], [2, 3, 4], 0.05).P.ShouldBe(PValues.Undefined);
        PairedT.Test([1], [2], 0.05).P.ShouldBe(PValues.Undefined);
    }

    [Fact]
    public void McNemar_WhenTheModelsSwap_MirrorsTheDifference() =>
        Gen.Int[0, 40].Array[4].Sample(n =>
        {
            var forth = McNemar.Test(new(n[0], n[1], n[2], n[3]));
            var back = McNemar.Test(new(n[0], n[2], n[1], n[3]));
            back.PExact.ShouldBe(forth.PExact);
            back.PCorrected.ShouldBe(forth.PCorrected);
            back.Kappa.ShouldBeNear(forth.Kappa, 1e-12);
            back.Difference.ShouldBe(-forth.Difference);
        }, iter: 500);

    [Fact]
    public void McNemar_AndKappa_AtTheirLimits()
    {
        McNemar.Test(new(30, 0, 0, 20)).PExact.ShouldBe(1);
        McNemar.Test(new(30, 0, 0, 20)).ChiSquare.ShouldBe(double.NaN);
        McNemar.Test(new(30, 0, 0, 20)).Kappa.ShouldBe(1);
        McNemar.Test(new(30, 0, 0, 0)).Kappa.ShouldBe(double.NaN);
        McNemar.Test(default).Difference.ShouldBe(double.NaN);
        McNemar.Test(new(3, 4, 4, 3)).ChiSquare.ShouldBe(0);
        Agreement.Kappa([[10, 10], [10, 10]]).ShouldBeNear(0, 1e-14);
        Should.Throw<ArgumentException>(() => Agreement.Kappa([[1, 2]]));
        Should.Throw<ArgumentOutOfRangeException>(() => new PairedOutcomes(1, -1, 0, 0));
    }

    [Fact]
    public void DeLong_AreaIsTheShareOfPairsInOrder() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Bool).Array[2, 40].Sample(examples =>
        {
            var labels = examples.Select(example => example.Item3).ToArray();
            var a = examples.Select(example => (double)example.Item1).ToArray();
            var b = examples.Select(example => (double)example.Item2).ToArray();
            var forth = DeLong.Compare(labels, a, b);
            var back = DeLong.Compare(labels, b, a);
            back.Z.ShouldBeNear(-forth.Z, 1e-9);
            back.VarianceChampion.ShouldBe(forth.VarianceChallenger);
            forth.Champion.ShouldBeNear(Area(a), 1e-12);
            forth.Challenger.ShouldBeNear(Area(b), 1e-12);

            double Area(double[] scores) => MannWhitney.Test(
                scores.Where((_, i) => !labels[i]).ToArray(),
                scores.Where((_, i) => labels[i]).ToArray()).CommonLanguage;
        }, iter: 500);

    [Fact]
    public void DeLong_UnderTheNull_KeepsItsLevel()
    {
        var random = new SplitMix64(2);
        var rejected = 0;
        for (var run = 0; run < 1000; run++)
        {
            var labels = Enumerable.Range(0, 120).Select(i => i % 3 == 0).ToArray();
            var a = labels.Select(label => random.NextNormal() + (label ? 1 : 0)).ToArray();
            var b = labels.Select(label => random.NextNormal() + (label ? 1 : 0)).ToArray();
            rejected += DeLong.Compare(labels, a, b).P.TwoSided < 0.05 ? 1 : 0;
        }

        (rejected / 1000.0).ShouldBe(0.05, 0.03);
    }

    [Fact]
    public void DeLong_AtItsLimits()
    {
        bool[] labels = [true, true, false, false];
        var same = DeLong.Compare(labels, [4, 2, 3, 1], [4, 2, 3, 1]);
        same.Z.ShouldBe(double.NaN);
        same.Champion.ShouldBe(0.75);
        DeLong.Compare([true, false, true, false, false], [1, 1, 1, 1, 1], [2, 1, 2, 1, 1]).Z.ShouldBe(double.NaN);
        same.Difference(0.05).Contains(0).ShouldBeTrue();
        DeLong.Compare([true, true], [1, 2], [2, 1]).Champion.ShouldBe(double.NaN);
        Should.Throw<ArgumentException>(() => DeLong.Compare(labels, [1, 2], [1, 2, 3, 4]));
        Should.Throw<ArgumentException>(() => DeLong.Compare([true, false], [1, double.NaN], [1, 2]));
    }
}
