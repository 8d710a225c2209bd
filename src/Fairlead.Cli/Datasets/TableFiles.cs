using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;

namespace Fairlead.Cli.Datasets;

/// <summary>Reads the cells of tables that lie in files.</summary>
internal static class TableFiles
{
    /// <summary>Whether a file is a table, by its extension.</summary>
    public static bool IsTable(string path) =>
        Path.GetExtension(path).ToUpperInvariant() is ".CSV" or ".PARQUET" or ".JSON" or ".JSONL" or ".NDJSON";

    /// <summary>Adds every cell of a table to a profile. A fault ends it with a sentence that says where.</summary>
    public static async Task ReadAsync(string path, TableProfile profile, CancellationToken cancellation)
    {
        try
        {
            await using var content = File.OpenRead(path);
            switch (Path.GetExtension(path).ToUpperInvariant())
            {
                case ".PARQUET":
                    ParquetTable.Read(path, profile, cancellation);
                    break;
                case ".CSV":
                    ReadCsv(path, content, profile, cancellation);
                    break;
                default:
                    await ReadJsonAsync(path, content, profile, cancellation);
                    break;
            }
        }
        catch (CliException fault) when (!fault.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw CliException.Usage($"{path}: {fault.Message}", fault.Hint);
        }
    }

    internal static void ReadCsv(
        string path, Stream content, TableProfile profile, CancellationToken cancellation)
    {
        using var text = new StreamReader(content, leaveOpen: true);
        var csv = new CsvReader(text);
        var heading = csv.Read() ?? throw CliException.Usage("the CSV is empty; its first line names the columns.");

        // Whoever writes an index along often gives it no name.
        string[] names = [.. heading.Select((name, i) => name.Length > 0 ? name : $"column {i + 1}")];
        profile.Heading(path, names);
        ColumnProfile[] columns = [.. names.Select(profile.Column)];
        while (csv.Read() is { } record)
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Count != columns.Length)
            {
                throw CliException.Usage(
                    $"line {csv.RecordLine} has {record.Count} fields, the heading has {columns.Length}.");
            }

            for (var i = 0; i < columns.Length; i++)
                columns[i].Add(Cell.OfUntyped(record[i]));
            profile.CountRows(1);
        }
    }

    private static async Task ReadJsonAsync(
        string path, Stream content, TableProfile profile, CancellationToken cancellation)
    {
        var rows = await RowSources.SniffAsync(
            content, () => throw CliException.Usage("this is neither a JSON array of rows nor JSON lines."), _ => { },
            cancellation);
        await foreach (var row in rows.ReadAsync(cancellation))
        {
            foreach (var (name, value) in row)
            {
                if (name.Length == 0)
                    throw CliException.Usage("a field has no name.");
                profile.Column(name).Add(Of(value));
            }

            profile.CountRows(1);
        }
    }

    private static Cell Of(JsonNode? value) => value switch
    {
        null => Cell.Missing,
        JsonValue scalar => scalar.GetValueKind() switch
        {
            JsonValueKind.True => Cell.OfBoolean(true),
            JsonValueKind.False => Cell.OfBoolean(false),
            JsonValueKind.Number => Number(scalar.ToJsonString()),
            _ => Text(scalar.GetValue<string>()),
        },
        JsonArray items when items.All(item => item?.GetValueKind() == JsonValueKind.Number) =>
            Cell.OfList([.. items.Select(item => Number(item!.ToJsonString()).Number)]),
        _ => Cell.OfText(value.ToJsonString()),
    };

    private static Cell Number(string json) => Cell.OfUntyped(json);

    /// <summary>JSON has no words for these numbers; an endpoint takes their names.</summary>
    private static Cell Text(string text) => text switch
    {
        "NaN" => Cell.Missing,
        "Infinity" => Cell.OfNumber(double.PositiveInfinity, written: text),
        "-Infinity" => Cell.OfNumber(double.NegativeInfinity, written: text),
        _ => Cell.OfText(text),
    };
}
