using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics;
using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>What a fixed test said of two arms that are alike, and how the first arm's rate was estimated.</summary>
internal sealed class BanditTestTally
{
    public RuleTally Test { get; } = new();

    public double SumOfRates { get; private set; }

    /// <summary>Runs in which one arm got more than nine tenths of the decisions.</summary>
    public int OneSided { get; private set; }

    public double MeanRate => SumOfRates / Test.Runs;

    public double OneSidedShare => OneSided / (double)Test.Runs;

    public void Count(bool rejects, double rate, bool oneSided)
    {
        Test.Count(rejects ? new Look(1, true, 1, 1, 0, 1, 1) : null, 1);
        SumOfRates += rate;
        OneSided += oneSided ? 1 : 0;
    }

    public void Add(BanditTestTally other)
    {
        Test.Add(other.Test);
        SumOfRates += other.SumOfRates;
        OneSided += other.OneSided;
    }
}

/// <summary>One line of the table: what of the data is tested.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Claim">What is claimed of the test.</param>
/// <param name="Tally">What was measured.</param>
internal sealed record BanditDataOutcome(string Name, Claim Claim, BanditTestTally Tally)
{
    public bool IsBorneOut => Tally.Test.BearsOut(Claim, AllRules.Alpha);
}

/// <summary>
/// 10,000 decisions over two arms that both pay with the chance 0.10; the fixed test is put to what a bandit collected,
/// and to a slice that is divided evenly whatever the bandit thinks.
/// </summary>
internal static class BanditData
{
    public const double Chance = 0.10;
    public const double EvenSlice = 0.2;
    private const int Decisions = 10_000;

    public static BanditDataOutcome[] Measure(Effort effort)
    {
        var alone = Tally(effort, 0, ofTheSlice: false);
        var above = Tally(effort, EvenSlice, ofTheSlice: false);
        var slice = Tally(effort, EvenSlice, ofTheSlice: true);
        return
        [
            new("Thompson sampling alone, everything tested", Claim.None, alone),
            new("with an even slice of 20 %, everything tested", Claim.None, above),
            new("with an even slice of 20 %, the slice tested", Claim.Equal, slice),
        ];
    }

    private static BanditTestTally Tally(Effort effort, double share, bool ofTheSlice) => ParallelRuns.Tally(
        effort.Runs(2000), effort.Threads, effort.Seed ^ 0x90 ^ (share > 0 ? 0x1UL : 0), () => new BanditTestTally(),
        (generator, tally) => Run(share, ofTheSlice, generator, tally), (sum, each) => sum.Add(each));

    private static void Run(double share, bool ofTheSlice, SplitMix64 generator, BanditTestTally tally)
    {
        var all = new ArmTotals[2];
        var slice = new ArmTotals[2];
        for (var t = 0; t < Decisions; t++)
        {
            var even = generator.NextDouble() < share;
            var arm = even
                ? generator.NextIndex(all.Length)
                : Thompson.Choose([.. all.Select(each => BetaPosterior.After(each.Rewards, each.Pulls))], generator);
            var drawn = new ArmTotals(1, generator.NextDouble() < Chance ? 1 : 0);
            all[arm] += drawn;
            if (even)
                slice[arm] += drawn;
        }

        var tested = ofTheSlice ? slice : all;
        var (first, second) = (Of(tested[0]), Of(tested[1]));
        var rejects = TwoProportions.Compare(first, second, AllRules.Alpha).P.TwoSided < AllRules.Alpha;
        tally.Count(rejects, first.Rate, all.Max(arm => arm.Pulls) > 0.9 * Decisions);
    }

    private static Proportion Of(ArmTotals arm) => new((long)arm.Rewards, (long)arm.Pulls);
}
