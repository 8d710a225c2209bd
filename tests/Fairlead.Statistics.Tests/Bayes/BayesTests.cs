using CsCheck;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Bayes;

public sealed class BayesTests
{
    private static readonly Gen<BetaPosterior> Posterior =
        Gen.Select(Gen.Double[-4, 14], Gen.Double[-4, 14])
            .Select((a, b) => new BetaPosterior(Math.Exp(a), Math.Exp(b)));

    [Fact]
    public void Compare_IsTheSameFromBothSides() =>
        Gen.Select(Posterior, Posterior).Sample((a, b) =>
        {
            var forward = BetaBinomialTest.Compare(a, b);
            var backward = BetaBinomialTest.Compare(b, a);

            forward.ProbabilityBBetter.ShouldBeInRange(0, 1 + 1e-12);
            (forward.ProbabilityBBetter + backward.ProbabilityBBetter).ShouldBe(1, 1e-9);
            forward.LossOfA.ShouldBe(backward.LossOfB, 1e-9);

            // max(B − A, 0) − max(A − B, 0) = B − A.
            (forward.LossOfA - forward.LossOfB).ShouldBe(b.Mean - a.Mean, 1e-9);
            forward.LossOfA.ShouldBeGreaterThanOrEqualTo(0);
            forward.LossOfB.ShouldBeGreaterThanOrEqualTo(0);
        }, iter: 150);

    /// <summary>For whole parameters there is a finite sum (E. Miller, "Formulas for Bayesian A/B testing").</summary>
    [Fact]
    public void ProbabilityBBetter_OfWholeParameters_EqualsTheFiniteSum() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 300], Gen.Int[1, 60], Gen.Int[1, 300]).Sample((aA, bA, aB, bB) =>
        {
            var sum = Enumerable.Range(0, aB).Sum(i =>
                Math.Exp(Beta.Log(aA + i, bA + bB) - Math.Log(bB + i) - Beta.Log(1 + i, bB) - Beta.Log(aA, bA)));
            BetaBinomialTest.Compare(new(aA, bA), new(aB, bB)).ProbabilityBBetter.ShouldBe(sum, 1e-10);
        }, iter: 150);

    [Fact]
    public void Compare_OfEnormousCounts_IsTheNormalAnswer()
    {
        var a = BetaPosterior.After(1e8, 1e9);
        var b = BetaPosterior.After(1e8 + 20_000, 1e9);

        var z = (b.Mean - a.Mean) / Math.Sqrt(a.Variance + b.Variance);

        BetaBinomialTest.Compare(a, b).ProbabilityBBetter.ShouldBe(Normal.Cdf(z), 1e-6);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, -1)]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void Posterior_OutsideItsRange_IsRefused(double a, double b) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new BetaPosterior(a, b));

    [Fact]
    public void Effect_AtAnyRatio_HasLossesThatAgreeWithItsMean() =>
        Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[-6, 6]).Sample((mean, logDeviation) =>
        {
            var effect = GaussianEffect.After(mean, Math.Exp(logDeviation));
            effect.LossOfControl.ShouldBeGreaterThanOrEqualTo(0);
            effect.LossOfTreatment.ShouldBeGreaterThanOrEqualTo(0);
            (effect.LossOfControl - effect.LossOfTreatment).ShouldBe(mean, 1e-9 * (1 + Math.Abs(mean)));
            effect.ChanceToWin.ShouldBeInRange(0, 1);
        }, iter: 3000);

    [Fact]
    public void Effect_UnderAPrior_LiesBetweenPriorAndEstimate() =>
        Gen.Select(Gen.Double[-5, 5], Gen.Double[0.01, 5], Gen.Double[-5, 5], Gen.Double[0.01, 25])
            .Sample((estimate, error, mean, variance) =>
        {
            var effect = GaussianEffect.After(estimate, error, new GaussianPrior(mean, variance));
            effect.Mean.ShouldBeInRange(Math.Min(estimate, mean) - 1e-9, Math.Max(estimate, mean) + 1e-9);
            effect.Deviation.ShouldBeLessThan(Math.Min(error, Math.Sqrt(variance)) + 1e-12);
            var (low, high) = effect.Interval();
            (high - low).ShouldBe(2 * 1.959963984540054 * effect.Deviation, 1e-9);
        }, iter: 1000);

    [Fact]
    public void Effect_WithoutAStandardError_SaysNothing()
    {
        GaussianEffect.After(1, 0).ChanceToWin.ShouldBe(double.NaN);
        GaussianEffect.After(1, double.NaN).LossOfControl.ShouldBe(double.NaN);
    }
}
