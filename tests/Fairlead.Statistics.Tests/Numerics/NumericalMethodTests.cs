using CsCheck;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Numerics;

public sealed class NumericalMethodTests
{
    [Fact]
    public void RootFinding_FindsTheRootInsideTheBracket() =>
        Gen.Select(Gen.Double[-50, 50], Gen.Double[0.01, 20], Gen.Double[0.01, 20]).Sample((root, left, right) =>
        {
            double Cubic(double x) => (x - root) * ((x - root) * (x - root) + 0.01);
            RootFinding.Brent(Cubic, root - left, root + right, 1e-13).ShouldBe(root, 1e-12);
            RootFinding.Bisect(Cubic, root - left, root + right).ShouldBe(root, 1e-12);
        }, iter: 2000);

    [Fact]
    public void RootFinding_WithoutASignChange_IsNaN()
    {
        RootFinding.Brent(x => x * x + 1, -1, 1).ShouldBe(double.NaN);
        RootFinding.Bisect(x => x * x + 1, -1, 1).ShouldBe(double.NaN);
        RootFinding.Brent(_ => double.NaN, -1, 1).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(201)]
    public void GaussLegendre_IsExactForPolynomialsOfItsDegree(int points)
    {
        var rule = new GaussLegendre(points);
        var degree = Math.Min(2 * points - 1, 40);
        rule.Integrate(x => Math.Pow(x, degree), 0, 1).ShouldBe(1.0 / (degree + 1), 1e-14);
        CompensatedSum.Sum(rule.Weights).Value.ShouldBe(2, 1e-13);
        Should.Throw<ArgumentOutOfRangeException>(() => new GaussLegendre(0));
    }

    [Fact]
    public void GaussLegendre_IntegratesTheNormalDensity() =>
        new GaussLegendre(64).Integrate(Normal.Pdf, -8, 1.96).ShouldBe(Normal.Cdf(1.96), 1e-14);

    [Fact]
    public void CompensatedSum_SubtractingWhatWasAddedLeavesTheRest() =>
        Gen.Double[-1e12, 1e12].Array[1, 40].Sample(values =>
        {
            CompensatedSum sum = 1e-3;
            foreach (var value in values)
                sum += value;
            foreach (var value in values)
                sum -= value;
            sum.Value.ShouldBe(1e-3, 1e-14);
        }, iter: 2000);

    [Fact]
    public void CompensatedSum_TakesProductsExactly()
    {
        var x = 1 + Math.Pow(2, -30);
        var square = CompensatedSum.Product(x, x) - 1 - Math.Pow(2, -29);
        square.Value.ShouldBe(Math.Pow(2, -60));
        (new CompensatedSum(1, 1e-20) * new CompensatedSum(1, 1e-20) - 1).Value.ShouldBe(2e-20, 1e-30);
        (CompensatedSum.Product(1e300, 1e300) + 1).Value.ShouldBe(double.PositiveInfinity);
    }

    [Fact]
    public void SplitMix64_IsTheSameEverywhere()
    {
        var random = new SplitMix64(42);
        random.Next().ShouldBe(13679457532755275413UL);
        random.Next().ShouldBe(2949826092126892291UL);
        random.Next().ShouldBe(5139283748462763858UL);
        Should.Throw<ArgumentOutOfRangeException>(() => random.NextIndex(0));
    }

    [Fact]
    public void SplitMix64_DrawsEvenly()
    {
        var random = new SplitMix64(1);
        var counts = new int[7];
        double sum = 0, squares = 0;
        for (var i = 0; i < 70_000; i++)
        {
            counts[random.NextIndex(7)]++;
            var z = random.NextNormal();
            sum += z;
            squares += z * z;
        }

        counts.ShouldAllBe(count => Math.Abs(count - 10_000) < 400);
        (sum / 70_000).ShouldBe(0, 0.015);
        (squares / 70_000).ShouldBe(1, 0.02);
    }
}
