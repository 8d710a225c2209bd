using System.Globalization;
using System.Text;
using Fairlead.Core.Monitoring;

namespace Fairlead.DriftStudy;

/// <summary>The text of <c>docs/monitoring.md</c> with the tables in it.</summary>
internal static class Document
{
    public static string Write(Settings settings, StudyResults results)
    {
        using var stream = typeof(Document).Assembly.GetManifestResourceStream("monitoring.md")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("{{stable}}", Stable(results.Stable), StringComparison.Ordinal)
            .Replace("{{run}}", Size(settings, results.Delays), StringComparison.Ordinal)
            .Replace("{{rare}}", Rare(results.RareNames), StringComparison.Ordinal)
            .Replace("{{delays}}", Delays(results.Delays), StringComparison.Ordinal)
            .Replace("{{slower}}", Slower(results.Delays), StringComparison.Ordinal)
            .Replace("{{agreement}}", Agreed(results.Agreement), StringComparison.Ordinal);
    }

    private static string Size(Settings settings, IReadOnlyList<DelayResult> delays) => string.Create(
        CultureInfo.InvariantCulture, $"This run: seed {settings.Seed}, {Repeats(delays)} requests a minute.");

    private static string Repeats(IReadOnlyList<DelayResult> delays) => string.Join(
        ", ", delays.DistinctBy(each => each.Rate).OrderBy(each => each.Rate).Select(each => string.Create(
            CultureInfo.InvariantCulture, $"{each.Ours.Length} repeats of each change at {each.Rate}")));

    private static string Rare(IReadOnlyList<RareNamesResult> results)
    {
        var text = new StringBuilder()
            .AppendLine("| requests a minute | months | Fairlead | NannyML |")
            .AppendLine("|---|---|---|---|");
        foreach (var result in results.OrderBy(each => each.Rate))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {result.Rate} | {result.Months:0.##} | {result.Ours:0.#} | {result.Nanny:0.#} |");
        }

        return text.ToString().TrimEnd();
    }

    private static string Agreed(IReadOnlyList<AgreementRow> rows)
    {
        var text = new StringBuilder()
            .AppendLine("| column | measure | rows | sketches | stated error |")
            .AppendLine("|---|---|---|---|---|");
        foreach (var row in rows)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {row.Column} | {row.Method.EffectName()} | {row.Exact:0.0000} | {row.Sketch:0.0000} "
                + $"| {row.Error:0.0000} |");
        }

        return text.ToString().TrimEnd();
    }

    private static string Stable(IReadOnlyList<StableResult> results)
    {
        var text = new StringBuilder()
            .AppendLine(
                "| requests a minute | seed | months | Fairlead | Evidently | NannyML | raised to alarm no oftener |")
            .AppendLine("|---|---|---|---|---|---|---|");
        foreach (var result in results.OrderBy(each => each.Rate).ThenBy(each => each.Seed))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {result.Rate} | {result.Seed} | {result.Months:0.##} | {Alarms(result.Ours)} "
                + $"| {Alarms(result.Evidently)} | {Alarms(result.Nanny)} "
                + $"| × {result.Evidently.Factor:0.00}, × {result.Nanny.Factor:0.00} |");
        }

        return text.ToString().TrimEnd();
    }

    private static string Alarms(FalseAlarms alarms) => string.Create(
        CultureInfo.InvariantCulture, $"{alarms.Episodes:0.#} ({alarms.ShareInAlarm:0.#%} of looks)");

    private static string Delays(IReadOnlyList<DelayResult> results)
    {
        var text = new StringBuilder()
            .AppendLine("| change | requests a minute | Fairlead | Evidently, raised | NannyML, raised |")
            .AppendLine("|---|---|---|---|---|");
        var ordered = results.OrderBy(each => Array.IndexOf(Change.All, each.Change)).ThenBy(each => each.Rate);
        foreach (var result in ordered)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {result.Change.Name} | {result.Rate} | {Minutes(result.Ours)} | {Minutes(result.Evidently)} "
                + $"| {Minutes(result.Nanny)} |");
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>In which rows another tool was sooner, in words.</summary>
    private static string Slower(IReadOnlyList<DelayResult> results)
    {
        var sooner = new List<string>();
        foreach (var result in results)
        {
            foreach (var (tool, minutes) in ((string, double[])[])
                [("Evidently", result.Evidently), ("NannyML", result.Nanny)])
            {
                if (DelayResult.Quantile(minutes, 0.5) < DelayResult.Quantile(result.Ours, 0.5))
                    sooner.Add($"{tool} for {result.Change.Name} at {result.Rate} requests a minute");
            }
        }

        return sooner.Count == 0
            ? "In no row is the median of another tool below that of Fairlead."
            : $"Sooner than Fairlead, by the median: {string.Join("; ", sooner)}.";
    }

    private static string Minutes(double[] minutes)
    {
        var (middle, late) = (DelayResult.Quantile(minutes, 0.5), DelayResult.Quantile(minutes, 0.9));
        return double.IsInfinity(middle)
            ? "not in 48 h"
            : $"{Say(middle)} ({(double.IsInfinity(late) ? "not in 48 h" : Say(late))})";
    }

    private static string Say(double minutes) => minutes < 120
        ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:0.#} h");
}
