using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>The regret of a policy over many runs.</summary>
internal sealed class RegretTally
{
    public int Runs { get; private set; }

    public double Sum { get; private set; }

    public double SumOfSquares { get; private set; }

    /// <summary>Mean regret: rewards missed against always playing the best arm.</summary>
    public double Mean => Sum / Runs;

    /// <summary>Its Monte-Carlo standard error.</summary>
    public double Error => Math.Sqrt((SumOfSquares / Runs - Mean * Mean) / Runs);

    public void Count(double regret)
    {
        Runs++;
        Sum += regret;
        SumOfSquares += regret * regret;
    }

    public void Add(RegretTally other)
    {
        Runs += other.Runs;
        Sum += other.Sum;
        SumOfSquares += other.SumOfSquares;
    }
}

/// <summary>10,000 decisions over three arms that pay with the chances 0.10, 0.12 and 0.15.</summary>
internal static class BanditRegret
{
    public const int Decisions = 10_000;

    private static readonly double[] Chances = [0.10, 0.12, 0.15];

    private delegate int Policy(ArmTotals[] arms, int t, SplitMix64 generator);

    /// <summary>The regret of each policy, the smallest expected first.</summary>
    public static (string Name, RegretTally Regret)[] Measure(Effort effort)
    {
        (string, Policy)[] policies =
        [
            ("Thompson sampling", (arms, _, generator) => Thompson.Choose(
                [.. arms.Select(arm => BetaPosterior.After(arm.Rewards, arm.Pulls))], generator)),
            ("ε-greedy, ε = 0.1", (arms, _, generator) =>
                Draw(IndexPolicies.EpsilonGreedy(arms, 0.1), generator)),
            ("UCB1", (arms, t, generator) =>
                Draw(IndexPolicies.ToTheGreatest(IndexPolicies.Ucb1(arms, t)), generator)),
            ("evenly", (arms, _, generator) => generator.NextIndex(arms.Length)),
        ];
        return [.. policies.Select((policy, i) => (policy.Item1, ParallelRuns.Tally(
            effort.Runs(600), effort.Threads, effort.Seed ^ (0x60 + (ulong)i), () => new RegretTally(),
            (generator, tally) => tally.Count(Run(policy.Item2, generator)), (sum, each) => sum.Add(each))))];
    }

    private static double Run(Policy policy, SplitMix64 generator)
    {
        var arms = new ArmTotals[Chances.Length];
        var regret = 0.0;
        for (var t = 1; t <= Decisions; t++)
        {
            var arm = policy(arms, t, generator);
            arms[arm] += new ArmTotals(1, generator.NextDouble() < Chances[arm] ? 1 : 0);
            regret += Chances[^1] - Chances[arm];
        }

        return regret;
    }

    private static int Draw(double[] weights, SplitMix64 generator)
    {
        var u = generator.NextDouble();
        for (var i = 0; i < weights.Length - 1; i++)
        {
            if (u < weights[i])
                return i;
            u -= weights[i];
        }

        return weights.Length - 1;
    }
}
