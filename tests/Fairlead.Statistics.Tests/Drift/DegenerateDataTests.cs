using Fairlead.Statistics.Drift;

namespace Fairlead.Statistics.Tests.Drift;

/// <summary>Constant, tiny and empty columns say nothing for drift, and say it as numbers.</summary>
public sealed class DegenerateDataTests
{
    public static TheoryData<double[], double[]> NothingToCompare => new()
    {
        { [], [] },
        { [], [1, 2, 3] },
        { [3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3] },
        { [3], [3] },
    };

    [Theory]
    [MemberData(nameof(NothingToCompare))]
    public void EveryTest_HasAPOfOne(double[] reference, double[] current)
    {
        KolmogorovSmirnov.Test(reference, current).P.ShouldBe(1);
        KolmogorovSmirnov.Test(reference, current, method: KolmogorovMethod.Asymptotic).P.ShouldBe(1);
        CramerVonMises.Test(reference, current).P.ShouldBe(1);
        AndersonDarling.Test(reference, current).P.ShouldBe(1);
        EppsSingleton.Test(reference, current).P.ShouldBe(1);
        Transport.Wasserstein(reference, current).ShouldBe(0);
        Transport.NormalizedWasserstein(reference, current).ShouldBe(0);
        Transport.Energy(reference, current).ShouldBe(0);
        KernelDiscrepancy.Test([.. reference.Select(x => new[] { x })], [.. current.Select(x => new[] { x })], 1)
            .P.ShouldBe(1);
        DomainClassifier.Test([.. reference.Select(x => new[] { x })], [.. current.Select(x => new[] { x })], 1)
            .ShouldBe(new DomainResult(0.5, 1, Math.Min(reference.Length, current.Length)));

        var bins = Bins.OfQuantiles(reference, 10);
        var (p, q) = (bins.CountsOf(reference), bins.CountsOf(current));
        Contingency.Independence([p, q], yates: true).P.ShouldBe(1);
        Contingency.Goodness(q, p).P.ShouldBe(1);
        Contingency.G(q, p).P.ShouldBe(1);
        foreach (var distance in (double[])[Divergences.PopulationStability(p, q, 1e-4), Divergences.Hellinger(p, q),
                     Divergences.JensenShannonDistance(p, q, LogBase.Two), Divergences.TotalVariation(p, q),
                     Divergences.LInfinity(p, q), Divergences.KullbackLeibler(p, q)])
            distance.ShouldBe(0);
    }

    [Fact]
    public void AConstantThatMoves_IsFound()
    {
        double[] reference = [.. Enumerable.Repeat(3.0, 30)], current = [.. Enumerable.Repeat(3.5, 30)];
        KolmogorovSmirnov.Test(reference, current).P.ShouldBeLessThan(1e-10);
        CramerVonMises.Test(reference, current).P.ShouldBeLessThan(1e-6);
        Transport.Wasserstein(reference, current).ShouldBe(0.5);
        double.IsFinite(Transport.NormalizedWasserstein(reference, current)).ShouldBeTrue();
    }

    [Fact]
    public void ANewCategoryAndOneThatIsGone_AreTreatedAlike()
    {
        double[] with = [10, 20, 5], without = [12, 18, 0];
        Contingency.Independence([with, without], yates: true).P.ShouldBe(
            Contingency.Independence([without, with], yates: true).P, 1e-15);
        Contingency.Goodness(with, without).P.ShouldBe(0);
        Divergences.JensenShannon(with, without, LogBase.Two).ShouldBeInRange(0.01, 1);
    }

    [Fact]
    public void WhatIsNotFinite_IsLeftOutAndCounted()
    {
        var clean = CleanSample.Of([1, double.NaN, 2, double.PositiveInfinity, double.NegativeInfinity]);
        clean.Values.ShouldBe([1, 2]);
        (clean.Rows, clean.Missing, clean.Infinite, clean.ShareLeftOut).ShouldBe((5L, 1L, 2L, 0.6));
        Should.Throw<ArgumentException>(() => Transport.Wasserstein([double.NaN], [1])).Message.ShouldContain("NaN");
    }

    [Fact]
    public void Bins_OfTies_AreFewerAndHoldEverything()
    {
        double[] values = [1, 1, 1, 1, 1, 1, 2, 3];
        var bins = Bins.OfQuantiles(values, 10);
        bins.CountsOf(values).Sum().ShouldBe(8);
        bins.Count.ShouldBeLessThan(10);
        Bins.Of([5, 5, 5], BinRule.Auto).Edges.ToArray().ShouldBe([4.5, 5.5]);
        Bins.Of([0, 1e300, 1, 2, 3, 2, 1, 2], BinRule.FreedmanDiaconis).Count.ShouldBe(Bins.Most);
        var two = Bins.Of([1, 2], BinRule.Sturges);
        (two.Place(double.NaN), two.Place(2), two.Place(3)).ShouldBe((-1, 1, -1));
    }
}
