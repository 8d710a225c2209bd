using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>What a rule that aborts a release did where it succeeds often enough, just so, and too seldom.</summary>
/// <param name="Requests">Requests in an interval.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Healthy">Aborts at a success rate above the limit.</param>
/// <param name="AtTheLimit">Aborts at the limit itself, where a claim of the rule must hold.</param>
/// <param name="Harmful">Aborts below it.</param>
internal sealed record ThresholdOutcome(
    int Requests, StopRule Rule, RuleTally Healthy, RuleTally AtTheLimit, RuleTally Harmful)
{
    public bool IsBorneOut => AtTheLimit.BearsOut(Rule.Claim, Rule.Level);
}

/// <summary>
/// A release must succeed at 95 % of its requests, and is looked at in ten intervals: each held to the limit by itself,
/// as delivery controllers do, beside evidence over all requests so far.
/// </summary>
internal static class SuccessThreshold
{
    public const double Limit = 0.95;
    public const double HealthyRate = 0.96;
    public const double HarmfulRate = 0.93;
    public const int Intervals = 10;

    private static readonly int[] Sizes = [50, 200, 1000];

    public static ThresholdOutcome[] Measure(Effort effort) => [.. Sizes.SelectMany(size => MeasureAt(size, effort))];

    private static IEnumerable<ThresholdOutcome> MeasureAt(int size, Effort effort)
    {
        StopRule[] rules =
        [
            Failing("one interval below", 0), Failing("four intervals below", 3), Evidence(Intervals * size),
        ];
        var healthy = Simulate(rules, size, HealthyRate, effort.Runs(20_000), effort);
        var just = Simulate(rules, size, Limit, effort.Runs(20_000), effort);
        var harmful = Simulate(rules, size, HarmfulRate, effort.Runs(20_000), effort);
        return rules.Select((rule, i) =>
            new ThresholdOutcome(size, rule, healthy.Each[i], just.Each[i], harmful.Each[i]));
    }

    /// <summary>Aborts when more intervals than allowed lie below the limit.</summary>
    private static StopRule Failing(string name, int allowed) => new(name, Claim.None, AllRules.Alpha, () =>
    {
        var failed = 0;
        return look => look.Control < Limit && ++failed > allowed;
    });

    /// <summary>Aborts when all so far says, however often one looks, that the rate is below the limit.</summary>
    private static StopRule Evidence(double planned) => new(
        "anytime evidence of a rate below", Claim.AtMost, AllRules.Alpha,
        () => look => AsymptoticSequence.Interval(
            look.Difference, look.Error, look.Units, planned, AllRules.Alpha, Sides.One).Low > 0);

    private static Tallies Simulate(StopRule[] rules, int size, double rate, int runs, Effort effort)
    {
        var successes = DrawTable.Binomial(size, rate);
        return ParallelRuns.Tally(
            runs, effort.Threads, effort.Seed ^ 0x70 ^ ((ulong)size << 8) ^ ((ulong)(100 * rate) << 20),
            () => new Tallies(rules), (generator, tallies) => tallies.Show(Draw(successes, size, generator)),
            (sum, each) => sum.Add(each));
    }

    /// <summary>
    /// Looks whose control is the rate of the interval and whose difference is how far all so far lies below the limit.
    /// </summary>
    private static Look[] Draw(DrawTable successes, int size, SplitMix64 generator)
    {
        var looks = new Look[Intervals];
        var sum = 0;
        for (var k = 1; k <= Intervals; k++)
        {
            var count = successes.Draw(generator);
            sum += count;
            double units = k * size;
            var rate = sum / units;
            looks[k - 1] = new Look(k, k == Intervals, k / (double)Intervals, count / (double)size,
                Limit - rate, Math.Sqrt(rate * (1 - rate) / units), units);
        }

        return looks;
    }
}
