using System.Globalization;
using System.Text;
using Fairlead.ErrorRates.Scenarios;

namespace Fairlead.ErrorRates.Report;

/// <summary>Tables of what others decide by, as Markdown.</summary>
internal static class RivalTables
{
    public static string Thresholds(ThresholdOutcome[] outcomes)
    {
        var table = new StringBuilder()
            .AppendLine(string.Create(CultureInfo.InvariantCulture,
                $"| requests an interval | abort on | claim at the limit | aborts at {SuccessThreshold.HealthyRate} "
                + $"| at {SuccessThreshold.Limit} | at {SuccessThreshold.HarmfulRate} |"))
            .AppendLine("|---|---|---|---|---|---|");
        foreach (var outcome in outcomes)
            Cells.Row(table, outcome.Requests.ToString("N0", CultureInfo.InvariantCulture), outcome.Rule.Name,
                Cells.ClaimOf(outcome.Rule), Cells.Number(outcome.Healthy.Rate, "F4"),
                Cells.Rate(outcome.AtTheLimit.Rate, outcome.IsBorneOut), Cells.Number(outcome.Harmful.Rate, "F3"));
        return table.AppendLine()
            .Append(CultureInfo.InvariantCulture, $"{outcomes[0].Healthy.Runs:N0} runs of each.").ToString();
    }

    public static string Judge((JudgeCase Case, JudgeTally Tally)[] cases)
    {
        var table = new StringBuilder()
            .AppendLine("| services | points | a metric is judged different | at least one of ten is |")
            .AppendLine("|---|---|---|---|");
        foreach (var (each, tally) in cases)
            Cells.Row(table, each.Name, each.Points.ToString(CultureInfo.InvariantCulture),
                Cells.Number(tally.MetricRate, "F3"), Cells.Number(tally.RunRate, "F3"));
        return table.AppendLine()
            .Append(CultureInfo.InvariantCulture, $"{cases[0].Tally.Runs:N0} runs of ten metrics each.").ToString();
    }

    public static string BanditData(BanditDataOutcome[] outcomes)
    {
        var table = new StringBuilder()
            .AppendLine("| data | claim | false alarms | mean estimate of 0.10 | one arm has over 90 % |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var outcome in outcomes)
            Cells.Row(table, outcome.Name, Cells.ClaimOf(outcome.Claim, Rules.AllRules.Alpha),
                Cells.Rate(outcome.Tally.Test.Rate, outcome.IsBorneOut), Cells.Number(outcome.Tally.MeanRate, "F4"),
                Cells.Number(outcome.Tally.OneSidedShare, "F3"));
        return table.AppendLine()
            .Append(CultureInfo.InvariantCulture, $"{outcomes[0].Tally.Test.Runs:N0} runs of each.").ToString();
    }
}
