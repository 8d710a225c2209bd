using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Rows;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Skew;
using Fairlead.Statistics.Series;

namespace Fairlead.Cli.Verbs;

/// <summary>
/// Tells whether the same things had the same features when the model was trained and when it was asked: from a file of
/// training rows and the prediction log, key by key.
/// </summary>
internal static class SkewVerb
{
    private const string Input = "input_";

    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("endpoint") { Description = "The endpoint, which has a log" };
        var training = new Option<string>("--training")
        {
            Description = "The rows of the training: .csv, .parquet, .json or .jsonl",
            HelpName = "file",
            Required = true,
        };
        var key = new Option<string>("--key")
        {
            Description = "The column that says which thing a row of the training is about",
            HelpName = "column",
            Required = true,
        };
        var logged = Options.Of<string?>("--logged-key", "column",
            "The same in the log, such as unit or input_customer [default: unit]");
        var from = Options.Of<string?>("--from", "when", "Beginning of the log's time [default: 24h, a day ago]");
        var tolerance = new Option<double>("--tolerance")
        {
            Description = "Values are equal within this share of the larger",
            HelpName = "share",
            DefaultValueFactory = _ => 1e-6,
        };
        return new Command("skew", "Tell whether features were the same in training and in serving, key by key")
        { name, training, key, logged, from, tolerance }.Runs(terminal, async (call, cancellation) =>
        {
            var then = await ReadAsync(call, call.Value(training)!, call.Value(key)!, "", cancellation);
            var since = Instants.Past(call.Value(from) ?? "24h", terminal.Clock);
            var now = await LogAsync(call, call.Value(name)!, call.Value(logged) ?? "unit", since, cancellation);
            var report = Compare(then, now, call.Value(tolerance));
            call.Write(report, to => Show(report, to));
        });
    }

    private static async Task<KeyedColumns> ReadAsync(
        Call call, string path, string key, string prefix, CancellationToken cancellation)
    {
        var rows = await RowSources.OpenFileAsync(
            path, () => Task.FromResult(FieldTypes.Texts), call.Note, cancellation);
        var table = await KeyedColumns.ReadAsync(rows, key, prefix, cancellation);
        return table.Keys > 0 ? table : throw CliException.Usage($"{path}: no row has a value in the column '{key}'.");
    }

    /// <summary>The log comes as a file, for it may be larger than memory.</summary>
    private static async Task<KeyedColumns> LogAsync(
        Call call, string endpoint, string key, DateTimeOffset? since, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-skew-");
        var path = Path.Combine(folder.FullName, "log.jsonl");
        try
        {
            await using (var stream = File.Create(path))
            {
                await call.Client.ExportPredictionsAsync(
                    endpoint, "jsonl", stream, since, cancellation: cancellation);
            }

            return new FileInfo(path).Length > 0
                ? await ReadAsync(call, path, key, Input, cancellation)
                : throw CliException.Usage($"The log of '{endpoint}' has no records in this time.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static SkewInfo Compare(KeyedColumns then, KeyedColumns now, double tolerance)
    {
        var both = then.Names.Intersect(now.Names).Order(StringComparer.Ordinal).ToList();
        if (both.Count == 0)
        {
            throw CliException.Usage(
                $"The two sides have no column of numbers together: {string.Join(", ", then.Names.Take(10))} against "
                + $"{string.Join(", ", now.Names.Take(10))}.");
        }

        return new SkewInfo(then.Keys, now.Keys, [.. both.Select(column => Info(
            column, FeatureSkew.Compare(then.Column(column), now.Column(column), tolerance)))]);
    }

    private static SkewColumn Info(string column, SkewReport report) => new(
        column, report.Matched, report.Unequal.Successes, report.MissingDiffers, Finite(report.Difference.Value),
        Finite(report.Difference.Interval.Low), Finite(report.Difference.Interval.High), Finite(report.Greatest),
        report.WorstKeys);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static void Show(SkewInfo info, Terminal to)
    {
        var matched = info.Columns.Max(column => column.Matched);
        to.Out.WriteLine($"{matched} of {info.TrainingKeys} keys of the training were asked for, of {info.ServingKeys} "
            + "in the log.");
        var list = new Listing("feature", "differ", "of", "missing on one side", "mean of serving less training",
            "95% from", "to", "greatest", "worst keys");
        foreach (var column in info.Columns.OrderByDescending(column => column.Differ))
        {
            list.Add(column.Name, column.Differ, column.Matched, column.MissingOnOneSide, Number(column.Mean),
                Number(column.Low), Number(column.High), Number(column.Greatest),
                string.Join(", ", column.WorstKeys.Take(3)));
        }

        list.Write(to);
        if (matched == 0)
            to.Out.WriteLine("No key is on both sides; see --key and --logged-key.");
    }

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.######", CultureInfo.InvariantCulture) : "";
}

/// <summary>What the two sides have together.</summary>
internal sealed record SkewInfo(int TrainingKeys, int ServingKeys, IReadOnlyList<SkewColumn> Columns);

/// <summary>One feature of the same things on both sides.</summary>
internal sealed record SkewColumn(
    string Name, long Matched, long Differ, long MissingOnOneSide, double? Mean, double? Low, double? High,
    double? Greatest, IReadOnlyList<string> WorstKeys);
