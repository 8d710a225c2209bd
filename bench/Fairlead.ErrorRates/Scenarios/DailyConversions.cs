using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>
/// The plain case: 1,000 users a day and arm, each converting once or not with the chance 0.10, looked at once a day.
/// </summary>
internal static class DailyConversions
{
    public const double Rate = 0.10;
    public const double Lift = 0.10;
    private const int PerDay = 1000;

    /// <summary>The rules at a horizon of so many days.</summary>
    public static StopRule[] RulesFor(int days)
    {
        var plan = new Plan(days, 2.0 * PerDay * days, Rate * Lift);
        return
        [
            AllRules.Fixed(),
            AllRules.Naive(),
            AllRules.Bonferroni(plan),
            AllRules.Scheduled("scheduled, O'Brien–Fleming spending", SpendingFunction.ObrienFleming, plan),
            AllRules.Scheduled("scheduled, Pocock spending", SpendingFunction.Pocock, plan),
            AllRules.Anytime("anytime, tuned to the planned end", plan.Units),
            AllRules.Anytime("anytime, tuned to 5,000 units", 5000),
            AllRules.Mixture(plan),
            AllRules.Guard(plan),
            AllRules.GuardAndGate(plan),
            AllRules.Statsig(),
            AllRules.Bayes(0.95),
            AllRules.Bayes(0.975),
            AllRules.Bayes(0.99),
        ];
    }

    /// <summary>False alarms at the horizon, and power under a lift of 10 %.</summary>
    public static Outcome[] Measure(int days, Effort effort)
    {
        var rules = RulesFor(days);
        var none = Simulate(rules, days, 0, effort.Runs(200_000), effort);
        var lifted = Simulate(Outcome.ForPower(rules), days, Lift, effort.Runs(20_000), effort);
        return [.. rules.Select((rule, i) => new Outcome(rule, none.Each[i], lifted.Each[i]))];
    }

    private static Tallies Simulate(StopRule[] rules, int days, double lift, int runs, Effort effort)
    {
        var control = DrawTable.Binomial(PerDay, Rate);
        var treatment = DrawTable.Binomial(PerDay, Rate * (1 + lift));
        return ParallelRuns.Tally(runs, effort.Threads, effort.Seed ^ (ulong)days, () => new Tallies(rules),
            (generator, tallies) => tallies.Show(Draw(control, treatment, days, generator)),
            (sum, each) => sum.Add(each));
    }

    /// <summary>The looks of one run.</summary>
    public static Look[] Draw(DrawTable control, DrawTable treatment, int days, SplitMix64 generator)
    {
        var looks = new Look[days];
        var (c, t) = (0, 0);
        for (var day = 1; day <= days; day++)
        {
            c += control.Draw(generator);
            t += treatment.Draw(generator);
            looks[day - 1] = Compare(day, days, c, t, (double)PerDay * day, day / (double)days);
        }

        return looks;
    }

    /// <summary>A look at successes out of equally many units of either arm.</summary>
    public static Look Compare(int number, int of, double control, double treatment, double each, double information)
    {
        var (pc, pt) = (control / each, treatment / each);
        var error = Math.Sqrt((pc * (1 - pc) + pt * (1 - pt)) / each);
        return new Look(number, number == of, information, pc, pt - pc, error, 2 * each);
    }

    /// <summary>Draws of a day's conversions without and with the lift.</summary>
    public static (DrawTable Control, DrawTable Treatment) Tables(double lift) =>
        (DrawTable.Binomial(PerDay, Rate), DrawTable.Binomial(PerDay, Rate * (1 + lift)));
}
