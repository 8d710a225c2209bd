using CsCheck;
using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Tests.Bandits;

public sealed class BanditTests
{
    private static readonly Gen<BetaPosterior[]> BetaArms =
        Gen.Select(Gen.Double[-1, 9], Gen.Double[-1, 9])
            .Select((a, b) => new BetaPosterior(Math.Exp(a), Math.Exp(b))).Array[1, 5];

    private static readonly Gen<NormalPosterior[]> NormalArms =
        Gen.Select(Gen.Double[-3, 3], Gen.Double[-5, 1])
            .Select((mean, log) => new NormalPosterior(mean, Math.Exp(log))).Array[1, 5];

    private static readonly Gen<ArmTotals[]> Totals =
        Gen.Select(Gen.Int[0, 500], Gen.Double[0, 1])
            .Select((pulls, mean) => new ArmTotals(pulls, Math.Floor(pulls * mean))).Array[1, 6];

    private static void ShouldBeWeights(double[] weights, int arms)
    {
        weights.Length.ShouldBe(arms);
        weights.ShouldAllBe(weight => weight >= 0 && weight <= 1 + 1e-12);
        weights.Sum().ShouldBe(1, 1e-9);
    }

    [Fact]
    public void ThompsonWeights_OfAnyArms_SumToOneInAnyOrder() =>
        BetaArms.Sample(arms =>
        {
            var weights = Thompson.Weights(arms);
            ShouldBeWeights(weights, arms.Length);
            var turned = Thompson.Weights(arms.Reverse().ToArray());
            for (var i = 0; i < arms.Length; i++)
                turned[^(i + 1)].ShouldBe(weights[i], 1e-9);
        }, iter: 60);

    [Fact]
    public void ThompsonWeights_OfTwoArms_AreTheChanceOfTheComparison() =>
        Gen.Select(BetaArms, BetaArms).Sample((a, b) =>
            Thompson.Weights([a[0], b[0]])[1]
                .ShouldBe(BetaBinomialTest.Compare(a[0], b[0]).ProbabilityBBetter, 1e-8), iter: 100);

    [Fact]
    public void ThompsonWeights_OfTwoNormalArms_AreTheClosedForm() =>
        Gen.Select(NormalArms, NormalArms).Sample((a, b) =>
        {
            var deviation = Math.Sqrt(a[0].Deviation * a[0].Deviation + b[0].Deviation * b[0].Deviation);
            Thompson.Weights([a[0], b[0]])[1]
                .ShouldBe(Normal.Cdf((b[0].Mean - a[0].Mean) / deviation), 1e-9);
        }, iter: 60);

    /// <summary>Draws are made in the proportion of the computed weights, within five standard deviations.</summary>
    [Fact]
    public void ThompsonDraws_FollowTheWeights()
    {
        const int Draws = 20_000;
        BetaPosterior[] beta = [new(0.5, 4), new(15, 87), new(11, 60)];
        NormalPosterior[] normal = [new(0, 0.1), new(0.1, 0.1), new(0.15, 0.3)];
        var generator = new SplitMix64(1);
        var (betaCounts, normalCounts) = (new int[3], new int[3]);
        for (var i = 0; i < Draws; i++)
        {
            betaCounts[Thompson.Choose(beta, generator)]++;
            normalCounts[Thompson.Choose(normal, generator)]++;
        }

        foreach (var (counts, weights) in new[]
                 { (betaCounts, Thompson.Weights(beta)), (normalCounts, Thompson.Weights(normal)) })
        {
            for (var i = 0; i < 3; i++)
                (counts[i] / (double)Draws).ShouldBe(
                    weights[i], 5 * Math.Sqrt(weights[i] * (1 - weights[i]) / Draws) + 1e-4);
        }
    }

    [Fact]
    public void TopTwo_KeepsTheOrderAndGivesTheChallengersMore() =>
        NormalArms.Where(arms => arms.Length > 1).Sample(arms =>
        {
            var best = Thompson.Weights(arms);
            var weights = Thompson.TopTwo(best);

            ShouldBeWeights(weights, arms.Length);
            weights.Max().ShouldBeLessThanOrEqualTo(Math.Max(best.Max(), 0.5 + 1e-9));
        }, iter: 60);

    [Fact]
    public void TopTwo_OfTwoArms_PlaysBothAlike()
    {
        var weights = Thompson.TopTwo([0.99, 0.01]);
        weights[0].ShouldBe(0.5, 1e-12);
        Thompson.TopTwo([1, 0, 0]).ShouldBe([0.5, 0.25, 0.25]);
        Thompson.TopTwo([0.2, 0.3, 0.5], leader: 1).ShouldBe([0.2, 0.3, 0.5]);
        Thompson.TopTwo([1.0]).ShouldBe([1.0]);
    }

    [Fact]
    public void IndexPolicies_OfAnyTotals_GiveWeights() =>
        Gen.Select(Totals, Gen.Double[0, 1]).Sample((arms, epsilon) =>
        {
            var t = Math.Max(1, arms.Sum(arm => arm.Pulls));
            ShouldBeWeights(IndexPolicies.EpsilonGreedy(arms, epsilon), arms.Length);
            ShouldBeWeights(IndexPolicies.ToTheGreatest(IndexPolicies.Ucb1(arms, t)), arms.Length);
            ShouldBeWeights(IndexPolicies.ToTheGreatest(IndexPolicies.KlUcb(arms, t)), arms.Length);
            IndexPolicies.EpsilonGreedy(arms, epsilon).Min()
                .ShouldBeGreaterThanOrEqualTo(epsilon / arms.Length - 1e-12);
        }, iter: 1000);

    /// <summary>By Pinsker's inequality KL-UCB is never more hopeful than UCB1 with c = 1/2.</summary>
    [Fact]
    public void KlUcb_LiesBetweenTheMeanAndUcb1() =>
        Totals.Sample(arms =>
        {
            var t = Math.Max(2, arms.Sum(arm => arm.Pulls));
            var kl = IndexPolicies.KlUcb(arms, t);
            var ucb = IndexPolicies.Ucb1(arms, t, 0.5);
            for (var i = 0; i < arms.Length; i++)
            {
                if (arms[i].Pulls == 0)
                    kl[i].ShouldBe(double.PositiveInfinity);
                else
                    kl[i].ShouldBeInRange(arms[i].Mean - 1e-12, Math.Min(1, ucb[i]) + 1e-9);
            }
        }, iter: 1000);

    [Fact]
    public void AnArmWithoutPlays_ComesFirst()
    {
        ArmTotals[] arms = [new(100, 99), new(0, 0), new(0, 0)];
        IndexPolicies.ToTheGreatest(IndexPolicies.Ucb1(arms, 100)).ShouldBe([0, 0.5, 0.5]);
        IndexPolicies.EpsilonGreedy(arms, 0).ShouldBe([0, 0.5, 0.5]);
    }

    [Fact]
    public void LaiRobbins_OfEqualArms_IsNothing()
    {
        IndexPolicies.LaiRobbins([0.3, 0.3]).ShouldBe(0);
        IndexPolicies.RelativeEntropy(0.5, 0).ShouldBe(double.PositiveInfinity);
        IndexPolicies.RelativeEntropy(0, 0).ShouldBe(0);
    }

    [Fact]
    public void Floor_KeepsOrderRatiosAndSum() =>
        Gen.Select(NormalArms, Gen.Double[0, 1]).Sample((arms, share) =>
        {
            var weights = Thompson.Weights(arms);
            var floor = share / arms.Length;
            var raised = WeightFloor.Apply(weights, floor);

            ShouldBeWeights(raised, arms.Length);
            raised.Min().ShouldBeGreaterThanOrEqualTo(floor - 1e-12);
            for (var i = 0; i < arms.Length; i++)
                (raised[i] - floor).ShouldBe((1 - share) * weights[i], 1e-12);
        }, iter: 60);

    [Fact]
    public void Arguments_OutsideTheirRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => WeightFloor.Apply([0.5, 0.5], 0.6));
        Should.Throw<ArgumentOutOfRangeException>(() => IndexPolicies.EpsilonGreedy([new(1, 1)], 1.5));
        Should.Throw<ArgumentOutOfRangeException>(() => Thompson.TopTwo([0.5, 0.5], -0.1));
        Should.Throw<ArgumentOutOfRangeException>(() => Thompson.Weights(Array.Empty<BetaPosterior>()));
        Should.Throw<ArgumentOutOfRangeException>(() => new NormalPosterior(0, 0));
    }
}
