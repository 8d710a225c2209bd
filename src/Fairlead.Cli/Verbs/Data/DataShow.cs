using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>Shows the versions of a dataset, or one with statistics and the models that name it.</summary>
internal static class DataShow
{
    private const int ShownValues = 3;

    public static Command Create(Terminal terminal)
    {
        var reference = DatasetReference.Argument("dataset", "A dataset, or one of its versions");
        return new Command("show", "Show the versions of a dataset, or one of them") { reference }
            .Runs(terminal, async (call, cancellation) =>
            {
                var wanted = call.Value(reference);
                if (wanted.Number is { } number)
                {
                    var version = await call.Client.GetDatasetVersionAsync(wanted.Name, number, cancellation);
                    call.Write(version, to => Show(version, to));
                    return;
                }

                var versions = await Pages.AllAsync(
                    page => call.Client.ListDatasetVersionsAsync(wanted.Name, page, cancellation));
                call.Write(versions, to => Show(versions.Items, to));
            });
    }

    private static void Show(IReadOnlyList<DatasetVersionInfo> versions, Terminal to)
    {
        var list = new Listing(
            "version", "split", "rows", "columns", "source", "statistics", "created", "by", "description");
        foreach (var version in versions)
        {
            list.Add(version.Number, version.Split, version.Rows, version.Columns.Count, version.Source,
                version.Profile is not null, version.CreatedAt, version.CreatedBy, version.Description);
        }

        list.Write(to);
    }

    private static void Show(DatasetVersionInfo version, Terminal to)
    {
        new Facts()
            .Add("version", $"{version.Name}/{version.Number}")
            .Add("description", version.Description)
            .Add("digest", version.Digest)
            .Add("source", version.Source)
            .Add("address", version.Address)
            .Add("size", version.Bytes is { } bytes ? ByteText.Format(bytes) : null)
            .Add("files", version.Files)
            .Add("rows", version.Rows)
            .Add("labels", version.Labels)
            .Add("split", version.Split)
            .Add("statistics", version.NoProfileBecause is { } why ? $"none: {why}" : null)
            .Add("used by", string.Join(", ", version.UsedBy.Select(use => $"{use.Model}/{use.Version} ({use.Role})")))
            .Add("created", version.CreatedAt)
            .Add("by", version.CreatedBy)
            .Write(to);
        if (version.Columns.Count == 0)
            return;
        to.Out.WriteLine();
        var statistics = version.Statistics.ToDictionary(column => column.Name);
        var list = new Listing("column", "type", "missing", "mean", "sd", "p05", "p50", "p95", "distinct", "frequent");
        foreach (var column in version.Columns)
            Add(list, column, statistics.GetValueOrDefault(column.Name));
        list.Write(to);
    }

    private static void Add(Listing list, DatasetColumnInfo column, ColumnInfo? known)
    {
        // Of texts these are lengths, which nobody looks for in a table.
        var numbers = known?.Kind == "number" ? known.Numbers : null;
        list.Add(column.Name, column.Type, known is null ? "" : Share(known.Missing, known.Rows),
            Number(numbers?.Mean), Number(numbers?.StandardDeviation), Number(numbers?.P05), Number(numbers?.P50),
            Number(numbers?.P95), known?.Distinct,
            known is null ? "" : string.Join(", ", known.Frequent.Where(each => each.Count > known.FrequentError)
                .Take(ShownValues).Select(each => $"{each.Value} {Share(each.Count, known.Rows)}")));
    }

    private static string Number(double? value) =>
        value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";

    private static string Share(long part, long whole) =>
        whole == 0 ? "" : (100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}
