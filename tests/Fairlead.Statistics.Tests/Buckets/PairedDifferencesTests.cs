using CsCheck;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Tests.Buckets;

public sealed class PairedDifferencesTests
{
    private static readonly Gen<double[]> Some = Gen.Double[-100, 100].Array[1, 120];

    /// <summary>The test over bins is the test over differences that stand for their bins.</summary>
    [Fact]
    public void Test_IsWilcoxonsOverTheBins_FromTwoReplicas() => Gen.Select(Some, Some).Sample((first, second) =>
    {
        double[] all = [.. first, .. second];
        double[] stood = [.. all.Select(each => Math.Sign(each) * (PairedDifferences.BinOf(each) + 1.0))];
        var expected = WilcoxonSignedRank.Test(new double[stood.Length], stood);

        var (merged, other) = (new PairedDifferences(), new PairedDifferences());
        Array.ForEach(first, merged.Add);
        Array.ForEach(second, other.Add);
        merged.Add(other);
        var result = merged.Test();

        result.Pairs.ShouldBe(expected.Pairs);
        result.W.ShouldBe(expected.W, 1e-9);
        result.PAsymptotic.ShouldBe(expected.PAsymptotic, 1e-12);
    });

    [Fact]
    public void Bins_AreOfSizeAlone_AndNothingIsCountedOfNothing()
    {
        PairedDifferences.BinOf(0).ShouldBe(-1);
        PairedDifferences.BinOf(double.NaN).ShouldBe(-1);
        PairedDifferences.BinOf(-3).ShouldBe(PairedDifferences.BinOf(3));
        PairedDifferences.BinOf(double.PositiveInfinity).ShouldBe(PairedDifferences.Bins - 1);
        var none = new PairedDifferences();
        none.Add(0);
        none.Test().Pairs.ShouldBe(0);
    }
}
