using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>
/// 500 predictions a day and arm whose labels come late: a good outcome is known at once, a bad one after up to four
/// days, and in the treatment later than in the control (its cases are looked into more slowly). Comparing whatever
/// labels have arrived finds a difference that is not there; comparing predictions older than the declared delay, in
/// both arms alike, does not.
/// </summary>
internal static class LateLabels
{
    public const double Rate = 0.10;
    public const double Lift = 0.20;
    public const int LongestDelay = 4;
    private const int PerDay = 500;
    private const int Days = 14;

    /// <summary>Chance that a bad outcome is known after 0, 1, … days.</summary>
    private static readonly double[] ControlDelays = [0.6, 0.3, 0.1, 0, 0];

    private static readonly double[] TreatmentDelays = [0.2, 0.2, 0.2, 0.2, 0.2];

    /// <summary>With the rule of the declared delay, and without it.</summary>
    public static (Outcome[] OldEnough, Outcome AsArrived) Measure(Effort effort)
    {
        const int looks = Days - LongestDelay;
        var plan = new Plan(looks, 2.0 * PerDay * looks, Rate * Lift);
        StopRule[] rules =
        [
            AllRules.Fixed(),
            AllRules.Scheduled("scheduled, O'Brien–Fleming spending", SpendingFunction.ObrienFleming, plan),
            AllRules.Anytime("anytime, tuned to the planned end", plan.Units),
            AllRules.Guard(plan),
        ];
        StopRule[] naive = [AllRules.Fixed() with { Name = "fixed, labels as they arrived", Claim = Claim.None }];

        var none = Simulate(rules, naive, 0, effort.Runs(60_000), effort);
        var lifted = Simulate(Outcome.ForPower(rules), naive, Lift, effort.Runs(10_000), effort);
        return (
            [.. rules.Select((rule, i) => new Outcome(rule, none.OldEnough.Each[i], lifted.OldEnough.Each[i]))],
            new Outcome(naive[0], none.AsArrived.Each[0], lifted.AsArrived.Each[0]));
    }

    private static (Tallies OldEnough, Tallies AsArrived) Simulate(
        StopRule[] rules, StopRule[] naive, double lift, int runs, Effort effort)
    {
        var control = DrawTable.Binomial(PerDay, Rate);
        var treatment = DrawTable.Binomial(PerDay, Rate * (1 + lift));
        return ParallelRuns.Tally(runs, effort.Threads, effort.Seed ^ 0x22,
            () => (OldEnough: new Tallies(rules), AsArrived: new Tallies(naive)),
            (generator, tallies) =>
            {
                var c = Labels(control, ControlDelays, generator);
                var t = Labels(treatment, TreatmentDelays, generator);
                tallies.OldEnough.Show(OldEnough(c, t));
                tallies.AsArrived.Show([AsArrived(c, t)]);
            },
            (sum, each) =>
            {
                sum.OldEnough.Add(each.OldEnough);
                sum.AsArrived.Add(each.AsArrived);
            });
    }

    /// <summary>[day of the prediction, delay]: bad outcomes that come to be known so late.</summary>
    private static int[,] Labels(DrawTable outcomes, double[] delays, SplitMix64 generator)
    {
        var labels = new int[Days, LongestDelay + 1];
        for (var day = 0; day < Days; day++)
        {
            for (var left = outcomes.Draw(generator); left > 0; left--)
            {
                var u = generator.NextDouble();
                var delay = 0;
                while (delay < LongestDelay && u >= delays[delay])
                    u -= delays[delay++];
                labels[day, delay]++;
            }
        }

        return labels;
    }

    private static Look[] OldEnough(int[,] control, int[,] treatment)
    {
        const int looks = Days - LongestDelay;
        var result = new Look[looks];
        var (c, t) = (0.0, 0.0);
        for (var day = 0; day < looks; day++)
        {
            for (var delay = 0; delay <= LongestDelay; delay++)
                (c, t) = (c + control[day, delay], t + treatment[day, delay]);
            result[day] = DailyConversions.Compare(
                day + 1, looks, c, t, PerDay * (day + 1.0), (day + 1.0) / looks);
        }

        return result;
    }

    /// <summary>At the end, labelled is what arrived: good outcomes at once, bad ones when they are known.</summary>
    private static Look AsArrived(int[,] control, int[,] treatment)
    {
        double Share(int[,] labels, out double count)
        {
            var (known, late) = (0.0, 0.0);
            for (var day = 0; day < Days; day++)
            {
                for (var delay = 0; delay <= LongestDelay; delay++)
                {
                    if (day + delay < Days)
                        known += labels[day, delay];
                    else
                        late += labels[day, delay];
                }
            }

            count = Days * PerDay - late;
            return known / count;
        }

        var (pc, pt) = (Share(control, out var nc), Share(treatment, out var nt));
        var error = Math.Sqrt(pc * (1 - pc) / nc + pt * (1 - pt) / nt);
        return new Look(1, true, 1, pc, pt - pc, error, nc + nt);
    }
}
