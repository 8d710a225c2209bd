using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Datasets;
using Fairlead.Cli.Rows;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Cli.Drift;

/// <summary>
/// Rows drawn from two files, as numbers: a number is itself, a category how common it is in both files together, a
/// text its length. The drawing is Vitter's reservoir ("Random sampling with a reservoir", 1985), algorithm R.
/// </summary>
internal static class FileRows
{
    /// <summary>Draws as many rows of a file as a look takes at most.</summary>
    /// <param name="path">The file, read from its first row to its last.</param>
    /// <param name="seed">Draws them.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async Task<IReadOnlyList<JsonObject>> DrawAsync(
        string path, ulong seed, CancellationToken cancellation)
    {
        var random = new SplitMix64(seed);
        var drawn = new List<JsonObject>(RowDrift.MostRows);
        var source = await RowSources.OpenFileAsync(
            path, () => Task.FromResult(FieldTypes.Texts), _ => { }, cancellation);
        var seen = 0;
        await foreach (var row in source.ReadAsync(cancellation))
        {
            seen++;
            if (drawn.Count < RowDrift.MostRows)
                drawn.Add(row);
            else if (random.NextIndex(seen) is var place && place < drawn.Count)
                drawn[place] = row;
        }

        return drawn;
    }

    /// <summary>The rows of both files as numbers.</summary>
    /// <param name="columns">What is taken of each row.</param>
    /// <param name="reference">Rows of the one file.</param>
    /// <param name="current">Rows of the other.</param>
    public static (IReadOnlyList<double[]> Reference, IReadOnlyList<double[]> Current) Numbers(
        IReadOnlyList<DriftColumn> columns, IReadOnlyList<JsonObject> reference, IReadOnlyList<JsonObject> current)
    {
        var rows = new double[reference.Count + current.Count][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = new double[columns.Count];
        for (var j = 0; j < columns.Count; j++)
        {
            var name = columns[j].Name;
            Cell[] cells = [.. reference.Concat(current).Select(row => CellOf(row[name]))];
            var encode = columns[j].Type == ColumnType.Number ? Number : OfTexts(cells);
            for (var i = 0; i < rows.Length; i++)
                rows[i][j] = cells[i].Kind == CellKind.Missing ? double.NaN : encode(cells[i]);
        }

        return (rows[..reference.Count], rows[reference.Count..]);
    }

    private static double Number(Cell cell) =>
        cell.Kind is CellKind.Number or CellKind.Boolean ? cell.Number : double.NaN;

    /// <summary>Shares are those of both files: of one alone they would tell its rows from the other's.</summary>
    private static Func<Cell, double> OfTexts(Cell[] cells)
    {
        var counts = cells.Where(cell => cell.Kind != CellKind.Missing).CountBy(cell => cell.Text)
            .ToDictionary(StringComparer.Ordinal);
        return counts.Count > DriftSide.MostCategories
            ? cell => cell.Text.Length
            : cell => (double)counts[cell.Text] / cells.Length;
    }

    private static Cell CellOf(JsonNode? value) => value switch
    {
        null => Cell.Missing,
        JsonValue scalar => scalar.GetValueKind() switch
        {
            JsonValueKind.True or JsonValueKind.False => Cell.OfBoolean(scalar.GetValue<bool>()),
            JsonValueKind.Number => Cell.OfUntyped(scalar.ToJsonString()),
            _ => Cell.OfUntyped(scalar.GetValue<string>()),
        },
        _ => Cell.OfText(value.ToJsonString()),
    };
}
