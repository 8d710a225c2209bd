using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;
using ParquetSharp;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Writes the runs of an experiment to a file, a run a row.</summary>
internal static class RunsExport
{
    public static Command Create(Terminal terminal)
    {
        var (experiment, filter, order) = RunOptions.Which();
        var format = new Option<string>("--format")
        {
            Description = "Form of the file",
            HelpName = "csv|parquet",
            DefaultValueFactory = _ => "csv",
        };
        format.AcceptOnlyFromAmong("csv", "parquet");
        var file = new Option<string>("--file") { Description = "Where to write", HelpName = "file", Required = true };
        return new Command("export", "Write the runs of an experiment to a CSV or Parquet file")
        { experiment, filter, order, format, file }
            .Runs(terminal, async (call, cancellation) =>
            {
                var wanted = new RunFilter
                {
                    Experiment = call.Value(experiment),
                    Filter = call.Value(filter),
                    Order = call.Value(order),
                };
                var page = await Pages.AllAsync(each => call.Client.ListRunsAsync(wanted, each, cancellation));

                // What breaks off half-way must not be taken for the whole.
                var (path, table) = (call.Value(file), RunTable.Of(page.Items));
                var part = path + ".part";
                if (call.Value(format) == "csv")
                    await File.WriteAllTextAsync(part, table.ToCsv(), cancellation);
                else
                    table.WriteParquet(part);
                File.Move(part, path, overwrite: true);
                call.Write(new Done("exported", path),
                    to => to.Error.WriteLine($"Wrote {page.Items.Count} runs to {path}."));
            });
    }
}

/// <summary>Runs as a table: their own columns, then a column for each parameter, metric and tag.</summary>
internal sealed class RunTable
{
    private readonly List<(string Name, Func<RunInfo, string?> Text)> _texts = [];
    private readonly List<(string Name, Func<RunInfo, double?> Number)> _numbers = [];
    private readonly IReadOnlyList<RunInfo> _runs;

    private RunTable(IReadOnlyList<RunInfo> runs)
    {
        _runs = runs;
        _texts.AddRange([
            ("run", run => run.Id), ("name", run => run.Name), ("experiment", run => run.Experiment),
            ("user", run => run.User), ("status", run => run.Status), ("started", run => Text(run.StartedAt)),
            ("ended", run => run.EndedAt is { } end ? Text(end) : null),
        ]);
        foreach (var name in Names(run => run.Parameters.Keys))
            _texts.Add(($"params.{name}", run => run.Parameters.GetValueOrDefault(name)));
        foreach (var name in Names(run => run.Tags.Keys))
            _texts.Add(($"tags.{name}", run => run.Tags.GetValueOrDefault(name)));
        foreach (var name in Names(run => run.Metrics.Keys))
            _numbers.Add(($"metrics.{name}", run => run.Metrics.GetValueOrDefault(name)?.Value));
    }

    public static RunTable Of(IReadOnlyList<RunInfo> runs) => new(runs);

    /// <summary>RFC 4180, with line feeds; what is missing is empty.</summary>
    public string ToCsv()
    {
        var lines = new List<string>
        {
            string.Join(',', _texts.Select(each => each.Name).Concat(_numbers.Select(each => each.Name))
                .Select(Quoted)),
        };
        foreach (var run in _runs)
        {
            lines.Add(string.Join(',', _texts.Select(each => Quoted(each.Text(run) ?? ""))
                .Concat(_numbers.Select(each => each.Number(run)?.ToString("R", CultureInfo.InvariantCulture) ?? ""))));
        }

        return string.Join('\n', lines) + "\n";
    }

    public void WriteParquet(string path)
    {
        Column[] columns =
        [
            .. _texts.Select(each => new Column<string>(each.Name)),
            .. _numbers.Select(each => new Column<double?>(each.Name)),
        ];
        using var writer = new ParquetFileWriter(path, columns);
        using var group = writer.AppendRowGroup();
        foreach (var (_, text) in _texts)
        {
            using var column = group.NextColumn().LogicalWriter<string?>();
            column.WriteBatch([.. _runs.Select(text)]);
        }

        foreach (var (_, number) in _numbers)
        {
            using var column = group.NextColumn().LogicalWriter<double?>();
            column.WriteBatch([.. _runs.Select(number)]);
        }

        writer.Close();
    }

    private IEnumerable<string> Names(Func<RunInfo, IEnumerable<string>> of) =>
        _runs.SelectMany(of).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? text
        : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
