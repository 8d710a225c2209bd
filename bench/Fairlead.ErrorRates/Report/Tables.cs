using System.Globalization;
using System.Text;
using Fairlead.ErrorRates.Rules;
using Fairlead.ErrorRates.Scenarios;
using Fairlead.Statistics.Sequential;
using static Fairlead.ErrorRates.Report.Cells;

namespace Fairlead.ErrorRates.Report;

/// <summary>The measured figures as tables in Markdown.</summary>
internal static class Tables
{
    /// <summary>Every table by the name under which the text calls it.</summary>
    public static Dictionary<string, string> Of(Study study) => new()
    {
        ["daily"] = Daily(study),
        ["returning"] = Compare(study.Returning.ByUnit, study.Returning.ByRequest, ReturningUsers.Lift),
        ["late"] = Compare(study.Late.OldEnough, study.Late.AsArrived, LateLabels.Lift),
        ["dropped"] = Compare(study.Dropped.WholeDays, study.Dropped.AllDays, DroppedRecords.Lift),
        ["ratio"] = Ratio(study.Ratio),
        ["estimates"] = Estimates(study.Estimates),
        ["regret"] = Regret(study.Regret),
        ["thresholds"] = RivalTables.Thresholds(study.Thresholds),
        ["judge"] = RivalTables.Judge(study.Judged),
        ["banditdata"] = RivalTables.BanditData(study.Bandits),
        ["peeking"] = Peeking(),
        ["bounds"] = Bounds(),
    };

    private static string Daily(Study study)
    {
        var table = new StringBuilder()
            .AppendLine("| rule | claim | false alarms, 14 days | 30 days | power at +10 %, 14 days "
                + "| mean days to the end | mean estimate when stopped |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var (short14, long30) in study.Days14.Zip(study.Days30))
            Row(table, short14.Rule.Name, ClaimOf(short14.Rule), Rate(short14.Null.Rate, short14.IsBorneOut),
                Rate(long30.Null.Rate, long30.IsBorneOut), Number(short14.Lifted.Rate, "F3"),
                Number(short14.Lifted.MeanLooks, "F1"), Number(100 * short14.Lifted.MeanLift, "F1") + " %");
        return table.ToString() + Note(study.Days14[0]);
    }

    private static string Compare(Outcome[] sound, Outcome naive, double lift)
    {
        var table = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture,
                $"| rule | claim | false alarms | power at +{100 * lift:F0} % | mean looks to the end |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var outcome in sound.Append(naive))
            Row(table, outcome.Rule.Name, ClaimOf(outcome.Rule), Rate(outcome.Null.Rate, outcome.IsBorneOut),
                Number(outcome.Lifted.Rate, "F3"), Number(outcome.Lifted.MeanLooks, "F1"));
        return table.ToString() + Note(sound[0]);
    }

    private static string Ratio(Outcome[] outcomes)
    {
        var table = new StringBuilder()
            .AppendLine("| test | claim | false alarms in 30 days | finds 49 : 51 | mean days to the end |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var outcome in outcomes)
            Row(table, outcome.Rule.Name, ClaimOf(outcome.Rule), Rate(outcome.Null.Rate, outcome.IsBorneOut),
                Number(outcome.Lifted.Rate, "F3"), Number(outcome.Lifted.MeanLooks, "F1"));
        return table.ToString() + Note(outcomes[0]);
    }

    private static string Estimates(EstimateTally estimates)
    {
        var table = new StringBuilder().AppendLine("| figure | claim | measured |").AppendLine("|---|---|---|");
        Row(table, "plain estimate above the truth", "", Number(estimates.PlainHigh, "F3"));
        Row(table, "median-unbiased estimate above the truth", "= 0.5", Number(estimates.UnbiasedHigh, "F3"));
        Row(table, "interval holds the truth", "= 0.95", Number(estimates.Coverage, "F3"));
        return table.AppendLine().Append(CultureInfo.InvariantCulture, $"{estimates.Runs:N0} runs.").ToString();
    }

    private static string Regret((string Name, RegretTally Regret)[] policies)
    {
        var table = new StringBuilder().AppendLine("| policy | mean regret | ± |").AppendLine("|---|---|---|");
        foreach (var (name, regret) in policies)
            Row(table, name, Number(regret.Mean, "F1"), Number(regret.Error, "F1"));
        return table.AppendLine()
            .Append(CultureInfo.InvariantCulture, $"{policies[0].Regret.Runs:N0} runs of each.").ToString();
    }

    /// <summary>Computed, not simulated.</summary>
    private static string Peeking()
    {
        var table = new StringBuilder().AppendLine("| looks | false alarms |").AppendLine("|---|---|");
        foreach (var looks in new[] { 1, 2, 3, 4, 5, 10, 14, 20, 30, 50, 100, 365 })
            Row(table, looks.ToString(CultureInfo.InvariantCulture),
                Number(GroupSequential.PeekingErrorRate(looks, 1.959963984540054), "F3"));
        return table.ToString().TrimEnd();
    }

    /// <summary>Computed, not simulated.</summary>
    private static string Bounds()
    {
        double[] times = [0.2, 0.4, 0.6, 0.8, 1.0];
        var table = new StringBuilder()
            .AppendLine("| form | look 1 | 2 | 3 | 4 | 5 | largest sample, against one look |")
            .AppendLine("|---|---|---|---|---|---|---|");
        void Add(string name, IEnumerable<double> z)
        {
            double[] all = [.. z];
            var inflation = GroupSequential.Inflation(AllRules.Alpha, 0.8, Sides.Two, times, all);
            Row(table, [name, .. all.Select(each => Number(each, "F3")), "× " + Number(inflation, "F3")]);
        }

        foreach (var (name, spending) in new[]
                 {
                     ("O'Brien–Fleming spending", SpendingFunction.ObrienFleming),
                     ("Pocock spending", SpendingFunction.Pocock),
                 })
            Add(name, GroupSequential.Bounds(spending, AllRules.Alpha, Sides.Two, times).Select(bound => bound.Z));
        Add("O'Brien–Fleming, classic", GroupSequential.ObrienFleming(AllRules.Alpha, Sides.Two, times).Z);
        Add("Pocock, classic", GroupSequential.Pocock(AllRules.Alpha, Sides.Two, times).Z);
        return table.ToString().TrimEnd();
    }

    private static string Note(Outcome outcome) => string.Create(CultureInfo.InvariantCulture,
        $"\n{outcome.Null.Runs:N0} runs without an effect (tolerance ± {outcome.Null.Tolerance(0.05):F4} at 0.05), ")
        + string.Create(CultureInfo.InvariantCulture, $"{outcome.Lifted.Runs:N0} with one.");
}
