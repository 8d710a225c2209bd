using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>
/// Users send 11 requests on average, over several days and to either of two replicas, and each has a failure rate of
/// its own: requests are not independent. Each replica keeps buckets of units; they are added up and compared.
/// </summary>
internal static class ReturningUsers
{
    public const double Rate = 0.10;
    public const double Lift = 0.10;
    private const int Users = 8000;
    private const int Days = 5;
    private const double MeanRequests = 11;

    /// <summary>Users' own rates are Beta(2.5, 22.5): mean 0.10, correlation 1/26 within a user.</summary>
    private static readonly double[] UserRates =
        [.. Enumerable.Range(0, 4096).Select(i => Beta.Inverse(2.5, 22.5, (i + 0.5) / 4096))];

    /// <summary>False alarms and power with buckets of units, and of the plain test over requests.</summary>
    public static (Outcome[] ByUnit, Outcome ByRequest) Measure(Effort effort)
    {
        var plan = new Plan(Days, Users * MeanRequests, Rate * Lift);
        StopRule[] byUnit =
        [
            AllRules.Fixed(),
            AllRules.Monitored("scheduled, O'Brien–Fleming spending", SpendingFunction.ObrienFleming),
            AllRules.Anytime("anytime, tuned to the planned end", plan.Units),
            AllRules.Guard(plan),
            AllRules.Mixture(plan),
        ];
        StopRule[] byRequest = [AllRules.Fixed() with { Name = "fixed, requests taken for units", Claim = Claim.None }];

        var none = Simulate(byUnit, byRequest, 0, effort.Runs(6000), effort);
        var lifted = Simulate(Outcome.ForPower(byUnit), byRequest, Lift, effort.Runs(2000), effort);
        return (
            [.. byUnit.Select((rule, i) => new Outcome(rule, none.ByUnit.Each[i], lifted.ByUnit.Each[i]))],
            new Outcome(byRequest[0], none.ByRequest.Each[0], lifted.ByRequest.Each[0]));
    }

    private static (Tallies ByUnit, Tallies ByRequest) Simulate(
        StopRule[] byUnit, StopRule[] byRequest, double lift, int runs, Effort effort)
    {
        var requests = DrawTable.Geometric(MeanRequests);
        return ParallelRuns.Tally(runs, effort.Threads, effort.Seed ^ 0x11,
            () => (ByUnit: new Tallies(byUnit), ByRequest: new Tallies(byRequest)),
            (generator, tallies) =>
            {
                var (units, plain) = Draw(requests, lift, generator);
                tallies.ByUnit.Show(units);
                tallies.ByRequest.Show(plain);
            },
            (sum, each) =>
            {
                sum.ByUnit.Add(each.ByUnit);
                sum.ByRequest.Add(each.ByRequest);
            });
    }

    private static (Look[] ByUnit, Look[] ByRequest) Draw(DrawTable requests, double lift, SplitMix64 generator)
    {
        WeightedRendezvous.Arm[] arms = [new(1, 1), new(2, 1)];
        var salt = generator.Next();

        // [day][arm][replica]: what each replica counted that day.
        var windows = Enumerable.Range(0, Days).Select(_ => Enumerable.Range(0, 2).Select(_ =>
            new[] { new BucketTotals(), new BucketTotals() }).ToArray()).ToArray();
        for (var user = 0; user < Users; user++)
        {
            var unit = generator.Next();
            var arm = WeightedRendezvous.Choose(salt, unit, arms);
            var rate = UserRates[(int)(generator.NextDouble() * UserRates.Length)] * (arm == 1 ? 1 + lift : 1);
            var bucket = BucketTotals.BucketOf(unit);
            var day = generator.NextIndex(Days);
            for (var left = requests.Draw(generator); left > 0 && day < Days; left--)
            {
                var bits = generator.Next();
                var fails = (bits >> 11) * (1.0 / (1UL << 53)) < rate;
                windows[day][arm][bits & 1].Add(bucket, fails ? 1 : 0);

                // Every tenth request or so is the last of a day; the user goes on the next day.
                if ((bits & 0b1110) == 0 && (bits & 0b10000) == 0)
                    day++;
            }
        }

        return LooksAt(windows);
    }

    private static (Look[] ByUnit, Look[] ByRequest) LooksAt(BucketTotals[][][] windows)
    {
        BucketTotals[] total = [new(), new()];
        var (byUnit, byRequest) = (new Look[Days], new Look[Days]);
        for (var day = 0; day < Days; day++)
        {
            // The later replica first, to show that the order does not matter.
            for (var arm = 0; arm < 2; arm++)
            {
                total[arm].Add(windows[day][arm][1]);
                total[arm].Add(windows[day][arm][0]);
            }

            var (control, treatment) = (total[0].MeanOfRecords(), total[1].MeanOfRecords());
            var difference = treatment.Minus(control);
            var last = day == Days - 1;
            var share = difference.Records / (Users * MeanRequests);
            byUnit[day] = new Look(day + 1, last, last ? Math.Max(1, share) : Math.Min(share, 0.99),
                control.Value, difference.Value, Math.Sqrt(difference.Variance), difference.Records);

            var plain = control.Value * (1 - control.Value) / control.Records
                + treatment.Value * (1 - treatment.Value) / treatment.Records;
            byRequest[day] = byUnit[day] with { Error = Math.Sqrt(plain) };
        }

        return (byUnit, byRequest);
    }
}
