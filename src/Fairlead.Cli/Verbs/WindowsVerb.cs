using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Shows what was asked of an endpoint and answered; <c>--json</c> has every quantile and value.</summary>
internal static class WindowsVerb
{
    private const int ShownValues = 3;

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint" };
        var from = Options.Of<string?>(
            "--from", "when", "Beginning: a day, or 2h for 2 hours ago [default: 24h; by minute 1h, by day 30d]");
        var to = Options.Of<string?>("--to", "when", "End [default: now]");
        var variant = Options.Of<string?>("--variant", "name", "Only this variant");
        var by = Options.Of<string?>("--by", "length", "minute, hour or day: the stretch in parts");
        var column = Options.Of<string?>("--column", "name", "Only this input or output");
        var command = new Command("windows", "Show what was asked of an endpoint and answered, column by column")
        { name, from, to, variant, by, column };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var info = await call.Client.GetWindowsAsync(
                call.Value(name), Instants.Past(call.Value(from), terminal.Clock),
                Instants.Past(call.Value(to), terminal.Clock), call.Value(variant), call.Value(by), cancellation);
            var shown = call.Value(column) is { } only ? Only(info, only) : info;
            call.Write(shown, output => Show(shown, call.Value(by) is not null && call.Value(column) is null, output));
        });
    }

    private static WindowsInfo Only(WindowsInfo info, string column)
    {
        var names = info.Windows.SelectMany(window => window.Columns).Select(each => each.Name).Distinct().ToList();
        if (names.Count > 0 && !names.Contains(column))
        {
            throw CliException.Usage(
                $"'{column}' is no column of '{info.Endpoint}' in this stretch; there are {string.Join(", ", names)}.");
        }

        return info with
        {
            Windows = [.. info.Windows.Select(window => window with
            {
                Columns = [.. window.Columns.Where(each => each.Name == column)],
            })],
        };
    }

    private static void Show(WindowsInfo info, bool countsOnly, Terminal to)
    {
        if (info.Windows.Count == 0)
        {
            to.Out.WriteLine($"Nothing was asked of '{info.Endpoint}' between {info.From:u} and {info.To:u}. "
                + "A minute is shown some seconds after it is over.");
            return;
        }

        var counts = new Listing(
            "from", "variant", "version", "requests", "failed", "rows", "refused rows", "p50 ms", "p95 ms", "p99 ms");
        foreach (var window in info.Windows)
        {
            counts.Add(window.From, window.Variant, window.Version, window.Requests,
                window.Requests - window.Ends.GetValueOrDefault("none"), window.Rows, window.RefusedRows,
                Ms(window.Latency?.P50), Ms(window.Latency?.P95), Ms(window.Latency?.P99));
        }

        counts.Write(to);
        if (countsOnly)
            return;
        to.Out.WriteLine();
        var columns = new Listing("variant", "version", "column", "role", "missing", "mean", "sd", "p05", "p50", "p95",
            "distinct", "frequent");
        foreach (var window in info.Windows)
        {
            foreach (var column in window.Columns)
                Add(columns, window, column);
        }

        columns.Write(to);
    }

    private static void Add(Listing columns, WindowInfo window, ColumnInfo column)
    {
        // Of texts these are lengths, which nobody looks for in a table.
        var numbers = column.Kind == "number" ? column.Numbers : null;
        columns.Add(window.Variant, window.Version, column.Name, column.Role, Share(column.Missing, column.Rows),
            Number(numbers?.Mean), Number(numbers?.StandardDeviation), Number(numbers?.P05), Number(numbers?.P50),
            Number(numbers?.P95), column.Distinct,
            string.Join(", ", column.Frequent.Where(each => each.Count > column.FrequentError).Take(ShownValues)
                .Select(each => $"{each.Value} {Share(each.Count, column.Rows)}")));
    }

    private static string Ms(double? seconds) =>
        seconds is { } value ? (value * 1000).ToString("0.##", CultureInfo.InvariantCulture) : "";

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";

    private static string Share(long part, long whole) =>
        whole == 0 ? "" : (100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
