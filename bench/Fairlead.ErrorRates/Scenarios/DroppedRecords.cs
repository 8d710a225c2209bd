using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>
/// Records get lost. On most days 0.3 % of either arm, whatever is in them; on one day in five the treatment's recorder
/// is overloaded and loses 3 % of the good and 20 % of the bad outcomes. A day on which more than 1 % of any arm was
/// dropped is no data for either arm; analysing what is left of it finds a difference that is not there.
/// </summary>
internal static class DroppedRecords
{
    public const double Rate = 0.10;
    public const double Lift = 0.10;
    public const double MostDropped = 0.01;
    private const int PerDay = 1000;
    private const int Days = 15;
    private const int DaysPerLook = 3;
    private const double OverloadedDays = 0.2;
    private const double OrdinaryLoss = 0.003;
    private const double GoodLoss = 0.03;
    private const double BadLoss = 0.20;

    /// <summary>What is left after the overloaded days.</summary>
    private const double PlannedUnits = 2 * PerDay * Days * (1 - OverloadedDays);

    /// <summary>With the rule about dropped records, and without it.</summary>
    public static (Outcome[] WholeDays, Outcome AllDays) Measure(Effort effort)
    {
        var plan = new Plan(Days / DaysPerLook, PlannedUnits, Rate * Lift);
        StopRule[] rules =
        [
            AllRules.Fixed(),
            AllRules.Monitored("scheduled, O'Brien–Fleming spending", SpendingFunction.ObrienFleming),
            AllRules.Anytime("anytime, tuned to the planned end", plan.Units),
            AllRules.Guard(plan),
        ];
        StopRule[] naive = [AllRules.Fixed() with { Name = "fixed, everything that was kept", Claim = Claim.None }];

        var none = Simulate(rules, naive, 0, effort.Runs(15_000), effort);
        var lifted = Simulate(Outcome.ForPower(rules), naive, Lift, effort.Runs(4000), effort);
        return (
            [.. rules.Select((rule, i) => new Outcome(rule, none.WholeDays.Each[i], lifted.WholeDays.Each[i]))],
            new Outcome(naive[0], none.AllDays.Each[0], lifted.AllDays.Each[0]));
    }

    private static (Tallies WholeDays, Tallies AllDays) Simulate(
        StopRule[] rules, StopRule[] naive, double lift, int runs, Effort effort)
    {
        var control = DrawTable.Binomial(PerDay, Rate);
        var treatment = DrawTable.Binomial(PerDay, Rate * (1 + lift));
        return ParallelRuns.Tally(runs, effort.Threads, effort.Seed ^ 0x33,
            () => (WholeDays: new Tallies(rules), AllDays: new Tallies(naive)),
            (generator, tallies) =>
            {
                var (whole, all) = Draw(control, treatment, generator);
                tallies.WholeDays.Show(whole);
                tallies.AllDays.Show([all]);
            },
            (sum, each) =>
            {
                sum.WholeDays.Add(each.WholeDays);
                sum.AllDays.Add(each.AllDays);
            });
    }

    private static (Look[] WholeDays, Look AllDays) Draw(
        DrawTable control, DrawTable treatment, SplitMix64 generator)
    {
        var looks = new List<Look>(Days);
        var (whole, all) = (default(Kept), default(Kept));
        for (var day = 1; day <= Days; day++)
        {
            var overloaded = generator.NextDouble() < OverloadedDays;
            var (c, t) = (control.Draw(generator), treatment.Draw(generator));
            var today = new Kept(
                Keep(PerDay - c, OrdinaryLoss, generator), Keep(c, OrdinaryLoss, generator),
                Keep(PerDay - t, overloaded ? GoodLoss : OrdinaryLoss, generator),
                Keep(t, overloaded ? BadLoss : OrdinaryLoss, generator));
            all += today;
            if (today.LeastOfAnArm >= PerDay * (1 - MostDropped))
                whole += today;

            if (day % DaysPerLook != 0)
                continue;

            // After days without data a look has no new information; the last one ends the study with what there is.
            var share = (whole.ControlCount + whole.TreatmentCount) / PlannedUnits;
            var last = day == Days;
            looks.Add(whole.LookAt(day / DaysPerLook, last, last ? Math.Max(1, share) : Math.Min(share, 0.99)));
        }

        return ([.. looks], all.LookAt(1, true, 1));
    }

    /// <summary>How many of n records are kept when each is lost with a small chance; by gaps between losses.</summary>
    private static int Keep(int n, double loss, SplitMix64 generator)
    {
        var kept = n;
        var log = Math.Log(1 - loss);
        for (var at = Math.Log(generator.NextDouble()) / log; at < n; at += 1 + Math.Log(generator.NextDouble()) / log)
        {
            at = Math.Floor(at);
            kept--;
        }

        return kept;
    }

    private readonly record struct Kept(
        double ControlGood, double ControlBad, double TreatmentGood, double TreatmentBad)
    {
        public double ControlCount => ControlGood + ControlBad;

        public double TreatmentCount => TreatmentGood + TreatmentBad;

        public double LeastOfAnArm => Math.Min(ControlCount, TreatmentCount);

        public static Kept operator +(Kept a, Kept b) => new(a.ControlGood + b.ControlGood,
            a.ControlBad + b.ControlBad, a.TreatmentGood + b.TreatmentGood, a.TreatmentBad + b.TreatmentBad);

        public Look LookAt(int number, bool last, double information)
        {
            if (LeastOfAnArm == 0)
                return new Look(number, last, information, 0, 0, double.NaN, 0);
            var (pc, pt) = (ControlBad / ControlCount, TreatmentBad / TreatmentCount);
            var error = Math.Sqrt(pc * (1 - pc) / ControlCount + pt * (1 - pt) / TreatmentCount);
            return new Look(number, last, information, pc, pt - pc, error, ControlCount + TreatmentCount);
        }
    }
}
