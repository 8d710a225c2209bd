using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Drift;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;
using Fairlead.Core.Monitoring;

namespace Fairlead.Cli.Verbs;

/// <summary>Tells whether what an endpoint is asked and answers has changed.</summary>
internal static class DriftVerb
{
    private const string Insufficient = "insufficient_data";

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string?>("endpoint")
        {
            Description = "The endpoint; left out where two files are compared",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var from = Options.Of<string?>("--from", "when", "Beginning of what is looked at [default: 1h, an hour ago]");
        var to = Options.Of<string?>("--to", "when", "Its end [default: now]");
        var referenceFrom = Options.Of<string?>(
            "--reference-from", "when", "Beginning of what it is held against [default: 7 days before its end]");
        var referenceTo = Options.Of<string?>(
            "--reference-to", "when", "End of what it is held against [default: where the look begins]");
        var reference = Options.Of<string?>("--reference", "what",
            "Hold it against data in place of its past: dataset:NAME/VERSION, training (what the version learnt from), "
            + "or rolling:7d. With --current, a file");
        var current = Options.Of<string?>("--current", "file", "Compare two files in this process, without a server: "
            + "this one is held against --reference. Parquet, CSV, JSON lines");
        var mode = Options.Of<string?>("--mode", "mode",
            "Of files: sketch (the same memory for any length) or exact (from the values) [default: sketch]");
        var columns = Options.Of<string?>("--columns", "names", "Of files: only these columns, divided by commas");
        var together = Options.Of<string?>("--together", "method",
            "Of files: compare all columns together too, by rows drawn from them: domain_classifier, reconstruction, "
            + "mmd or energy");
        var variant = Options.Of<string?>("--variant", "name", "Only this variant");
        var alpha = Options.Of<double?>(
            "--alpha", "chance", "Chance of a false alarm at this look, over all columns [default: 0.001]");
        var command = new Command(
            "drift", "Tell whether what an endpoint is asked and answers has changed, column by column")
        { name, from, to, reference, referenceFrom, referenceTo, current, mode, columns, together, variant, alpha };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            if (call.Value(current) is { } file)
            {
                if ((call.Value(name) ?? call.Value(from) ?? call.Value(to) ?? call.Value(variant)
                    ?? call.Value(referenceFrom) ?? call.Value(referenceTo)) is not null)
                    throw CliException.Usage("an endpoint and its times have no place where two files are compared.");
                var report = await FileDrift.CompareAsync(
                    call.Value(reference) ?? throw CliException.Usage("--current needs --reference, a file as well."),
                    file, Names(call.Value(columns)), Mode(call.Value(mode)), Policy(call.Value(alpha)),
                    Together(call.Value(together)), cancellation);
                call.Write(report, output => Show(report, output));
                return;
            }

            if ((call.Value(mode) ?? call.Value(columns) ?? call.Value(together)) is not null)
            {
                throw CliException.Usage("--mode, --columns and --together are of files; give --reference and "
                    + "--current.", "An endpoint's columns are compared together by a drift monitor.");
            }

            var endpoint = call.Value(name) ?? throw CliException.Usage(
                "there is neither an endpoint nor two files.", "Give a name, or --reference and --current.");
            var clock = terminal.Clock;
            var info = await call.Client.GetDriftAsync(endpoint, new DriftQuestion(
                Instants.Past(call.Value(from), clock), Instants.Past(call.Value(to), clock),
                Instants.Past(call.Value(referenceFrom), clock), Instants.Past(call.Value(referenceTo), clock),
                call.Value(variant), call.Value(alpha), call.Value(reference)), cancellation);
            call.Write(info, output => Show(info, output));
        });
    }

    private static string[] Names(string? columns) =>
        columns?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static DriftMode Mode(string? mode) => mode switch
    {
        null or "sketch" => DriftMode.Sketch,
        "exact" => DriftMode.Exact,
        _ => throw CliException.Usage($"'{mode}' is no mode.", "There are sketch and exact."),
    };

    private static RowDriftPolicy? Together(string? method) => method switch
    {
        null => null,
        "domain_classifier" => new RowDriftPolicy(),
        "reconstruction" => new RowDriftPolicy { Method = RowMethod.Reconstruction },
        "mmd" => new RowDriftPolicy { Method = RowMethod.Mmd },
        "energy" => new RowDriftPolicy { Method = RowMethod.Energy },
        _ => throw CliException.Usage(
            $"'{method}' is no method.", "There are domain_classifier, reconstruction, mmd and energy."),
    };

    private static DriftPolicy Policy(double? alpha) => alpha switch
    {
        null => new DriftPolicy(),
        > 0 and <= 0.5 => new DriftPolicy { Alpha = alpha.Value },
        _ => throw CliException.Usage($"--alpha {alpha} is no chance above 0 and at most 0.5."),
    };

    private static void Show(FileDriftReport report, Terminal to)
    {
        new Facts()
            .Add("looked at", $"{report.Current}, {report.CurrentRows} rows")
            .Add("held against", $"{report.Reference}, {report.ReferenceRows} rows")
            .Add("from", report.Mode == "exact" ? "the values themselves" : "sketches")
            .Add("state", Words(report.State))
            .Write(to);
        to.Out.WriteLine();
        Show(report.Findings, to);
        foreach (var why in report.Findings.Where(each => each.Aspect is "distribution" or "together")
            .GroupBy(each => $"{each.Test}: {each.Why}").OrderByDescending(group => group.Count()))
            to.Out.WriteLine($"{why.Key} ({string.Join(", ", why.Select(each => each.Column).Order())}).");
        if (report.NotCompared.Count > 0)
            to.Out.WriteLine($"Not compared: {string.Join("; ", report.NotCompared)}.");
    }

    private static void Show(DriftInfo info, Terminal to)
    {
        new Facts()
            .Add("endpoint", info.Endpoint)
            .Add("looked at", $"{info.From:u} to {info.To:u}")
            .Add("held against", info.ReferenceFrom is null
                ? info.Reference
                : $"{info.ReferenceFrom:u} to {info.ReferenceTo:u}")
            .Write(to);
        if (info.Arms.Count == 0)
            to.Out.WriteLine("Nothing was asked in this time. A minute is shown some seconds after it is over.");
        foreach (var arm in info.Arms)
            Show(arm, to);
    }

    private static void Show(ArmDriftInfo arm, Terminal to)
    {
        to.Out.WriteLine();
        to.Out.WriteLine($"{arm.Variant} ({arm.Version}): {Words(arm.State)}");
        if (arm.HeldAgainst.Length > 0)
            to.Out.WriteLine($"Held against {arm.HeldAgainst}.");
        Show(arm.Findings, to);
        if (arm.NotCompared.Count > 0)
            to.Out.WriteLine($"Not compared: {string.Join("; ", arm.NotCompared)}.");
        if (arm.Findings.Count > 0 && arm.Findings.All(each => each.ReferenceRows == 0))
            to.Out.WriteLine("Name another reference with --reference, or with --reference-from and --reference-to.");
    }

    /// <summary>What could be compared, and of the rest how much it is and what is missing.</summary>
    internal static void Show(IReadOnlyList<DriftFindingInfo> findings, Terminal to)
    {
        var compared = findings.Where(each => each.State != Insufficient).ToList();
        if (compared.Count > 0)
        {
            var list = new Listing("column", "what", "state", "effect", "matters from", "p", "values", "reference");
            foreach (var each in compared)
            {
                list.Add(each.Column, Words(each.Aspect), Words(each.State), Number(each.Effect),
                    Number(each.Threshold), Number(each.P), each.CurrentRows, each.ReferenceRows);
            }

            list.Write(to);
        }

        foreach (var each in compared.Where(each => each.State == "drift"))
            to.Out.WriteLine(each.Sentence);
        var rest = findings.Where(each => each.State == Insufficient).ToList();
        if (rest.Count > 0)
            to.Out.WriteLine($"{rest.Count} comparisons without enough data, such as {rest[0].Sentence}");
    }

    internal static string Words(string name) => name.Replace('_', ' ');

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";
}
