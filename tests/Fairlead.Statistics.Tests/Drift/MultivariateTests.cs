using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Drift;

/// <summary>A change that no column shows: two columns that moved together no longer do.</summary>
public sealed class MultivariateTests
{
    private static readonly double[][] Reference = Rows(600, correlation: 0.9, seed: 1);
    private static readonly double[][] Same = Rows(600, correlation: 0.9, seed: 2);
    private static readonly double[][] Broken = Rows(600, correlation: 0, seed: 3);

    [Fact]
    public void NoColumnAlone_ShowsIt()
    {
        for (var j = 0; j < 3; j++)
        {
            KolmogorovSmirnov.Test([.. Reference.Select(row => row[j])], [.. Broken.Select(row => row[j])])
                .P.ShouldBeGreaterThan(0.01);
        }
    }

    [Fact]
    public void Reconstruction_FindsIt()
    {
        var fitted = PcaReconstruction.Fit(Reference);
        var (same, broken) = (fitted.Of(Same), fitted.Of(Broken));
        Math.Abs(same.Mean - fitted.Reference.Mean).ShouldBeLessThan(4 * same.SamplingError);
        (broken.Mean - fitted.Reference.Mean).ShouldBeGreaterThan(10 * broken.SamplingError);
        fitted.Of([[double.NaN, double.NaN, double.NaN]]).Mean.ShouldBeNear(0, 1e-12);
    }

    [Fact]
    public void TheDomainClassifier_FindsIt()
    {
        var broken = DomainClassifier.Test(Reference, Broken, seed: 5);
        broken.Auc.ShouldBeInRange(0.7, 1);
        broken.P.ShouldBeLessThan(1e-6);
        var same = DomainClassifier.Test(Reference, Same, seed: 5);
        same.Auc.ShouldBeInRange(0.4, 0.6);
        same.P.ShouldBeGreaterThan(0.01);
        DomainClassifier.Test(Reference, Broken, seed: 5).ShouldBe(broken);
    }

    [Fact]
    public void TheKernelTest_FindsIt()
    {
        KernelDiscrepancy.Test(Reference, Broken, seed: 5, permutations: 99, mostRows: 300).P.ShouldBe(0.01);
        KernelDiscrepancy.Test(Reference, Same, seed: 5, permutations: 99, mostRows: 150).P.ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void TheEnergyTest_FindsIt()
    {
        RowEnergy.Test(Reference, Broken, seed: 5, permutations: 99, mostRows: 300).P.ShouldBe(0.01);
        RowEnergy.Test(Reference, Same, seed: 5, permutations: 99, mostRows: 150).P.ShouldBeGreaterThan(0.05);

        // Two points, one apart: 2·1 − 0 − 0, all of it across.
        RowEnergy.Distance([[0.0], [0.0]], [[1.0], [1.0]]).ShouldBe(2);
        RowEnergy.Inhomogeneity([[0.0], [0.0]], [[1.0], [1.0]]).ShouldBe(1);
        RowEnergy.Test([[0.0], [0.0]], [[0.0], [0.0]], seed: 1).ShouldBe(TestOutcome.Nothing);
        RowEnergy.Distance([[0.0]], [[1.0], [1.0]]).ShouldBe(double.NaN);
    }

    [Fact]
    public void Permutations_StopEarly_WhereNothingDiffers_AndKeepTheirLevel()
    {
        // Of samples of one law, a tenth have p of at most a tenth.
        var small = Enumerable.Range(0, 400).Count(i => KernelDiscrepancy.Test(
            Rows(20, 0.5, (ulong)i * 2 + 100), Rows(20, 0.5, (ulong)i * 2 + 101), seed: (ulong)i,
            permutations: 5_000).P <= 0.1);
        small.ShouldBeInRange(20, 62);
    }

    [Fact]
    public void Eigenvectors_GiveTheMatrixBack()
    {
        double[] matrix = [4, 1, -2, 1, 2, 0.5, -2, 0.5, 3];
        var (values, vectors) = SymmetricMatrix.Eigen(matrix);
        for (var i = 0; i < 9; i++)
        {
            Enumerable.Range(0, 3).Sum(k => values[k] * vectors[k][i / 3] * vectors[k][i % 3])
                .ShouldBeNear(matrix[i], 1e-12);
        }

        values.ShouldBe(values.OrderDescending());
        var expected = SymmetricMatrix.Solve(matrix, [1, 2, 3]);
        SymmetricMatrix.SolveCholesky(matrix, [1, 2, 3]).Zip(expected)
            .ShouldAllBe(pair => Math.Abs(pair.First - pair.Second) < 1e-12);
        Should.Throw<ArgumentException>(() => SymmetricMatrix.SolveCholesky([-1], [1]));
    }

    [Fact]
    public void Novelty_ExpectsWhatTheReferenceHasNotSeenYet()
    {
        var reference = new Dictionary<string, long> { ["a"] = 600, ["b"] = 390, ["c"] = 9, ["d"] = 1 };
        var usual = CategoryNovelty.Test(reference, new Dictionary<string, long> { ["a"] = 99, ["e"] = 1 });
        usual.P.ShouldBeGreaterThan(0.1);
        usual.Expected.ShouldBe(0.001);
        var strange = CategoryNovelty.Test(
            reference, new Dictionary<string, long> { ["a"] = 90, ["x"] = 8, ["e"] = 2 });
        (strange.New, strange.Share).ShouldBe((10L, 0.1));
        strange.Categories.ShouldBe(["x", "e"]);
        strange.P.ShouldBeLessThan(1e-6);
        CategoryNovelty.Test(reference, new Dictionary<string, long>()).P.ShouldBe(1);
    }

    private static double[][] Rows(int count, double correlation, ulong seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var (a, b) = (random.NextNormal(), random.NextNormal());
            return new[] { a, correlation * a + Math.Sqrt(1 - correlation * correlation) * b, random.NextNormal() };
        })];
    }
}
