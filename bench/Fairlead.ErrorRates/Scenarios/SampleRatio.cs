using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>
/// 2,000 users a day, divided evenly as planned, and tested every day of 30 whether they are: the fixed test repeated,
/// at several levels, and the sequential one. The rate is that of a false alarm on any of the days; the power is
/// against a division of 49 to 51.
/// </summary>
internal static class SampleRatio
{
    public const int Days = 30;
    private const int PerDay = 2000;
    private const double BrokenShare = 0.49;

    public static Outcome[] Measure(Effort effort)
    {
        StopRule[] rules =
        [
            Repeated(0.05), Repeated(0.01), Repeated(0.001),
            new("sequential Bayes factor at 0.05", Claim.AtMost, 0.05, () => look => -look.Difference >= Math.Log(20)),
        ];
        var none = Simulate(rules, 0.5, effort.Runs(100_000), effort);
        var broken = Simulate(rules, BrokenShare, effort.Runs(10_000), effort);
        return [.. rules.Select((rule, i) => new Outcome(rule, none.Each[i], broken.Each[i]))];
    }

    /// <summary>The χ² test with one degree of freedom, which is the square of <see cref="Look.Control"/>.</summary>
    private static StopRule Repeated(double level)
    {
        var z = Normal.UpperQuantile(level / 2);
        return new StopRule(FormattableString.Invariant($"χ² at {level} every day"), Claim.None, level,
            () => look => Math.Abs(look.Control) >= z);
    }

    private static Tallies Simulate(StopRule[] rules, double share, int runs, Effort effort)
    {
        var first = DrawTable.Binomial(PerDay, share);
        return ParallelRuns.Tally(runs, effort.Threads, effort.Seed ^ 0x44, () => new Tallies(rules),
            (generator, tallies) => tallies.Show(Draw(first, generator)), (sum, each) => sum.Add(each));
    }

    /// <summary>Looks whose control is the z of the ratio and whose difference is −ln of the Bayes factor.</summary>
    private static Look[] Draw(DrawTable first, SplitMix64 generator)
    {
        var looks = new Look[Days];
        var count = 0L;
        for (var day = 1; day <= Days; day++)
        {
            count += first.Draw(generator);
            var total = (long)PerDay * day;
            var z = (count - total / 2.0) / Math.Sqrt(total / 4.0);
            var log = SequentialSampleRatio.LogBayesFactor([count, total - count], [0.5, 0.5]);
            looks[day - 1] = new Look(day, day == Days, day / (double)Days, z, -log, 1, total);
        }

        return looks;
    }
}
