using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;

namespace Fairlead.Cli.Skew;

/// <summary>
/// The numbers of a table's columns by key, for the same things to be compared on both sides. A key that comes again
/// replaces the row before: the newest counts. What is no number is as good as missing, NaN.
/// </summary>
internal sealed class KeyedColumns
{
    /// <summary>Most keys of one side.</summary>
    public const int MostKeys = 1_000_000;

    private readonly Dictionary<string, Dictionary<string, double>> _columns = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Rows without the key.</summary>
    public long WithoutKey { get; private set; }

    /// <summary>How many keys there are.</summary>
    public int Keys => _keys.Count;

    /// <summary>The columns that hold a number somewhere, by name.</summary>
    public IEnumerable<string> Names => _columns.Keys;

    /// <summary>The values of a column by key; a key without one has NaN.</summary>
    public IReadOnlyDictionary<string, double> Column(string name)
    {
        var values = _columns[name];
        return _keys.ToDictionary(key => key, key => values.GetValueOrDefault(key, double.NaN), StringComparer.Ordinal);
    }

    /// <summary>Reads a table.</summary>
    /// <param name="rows">The table.</param>
    /// <param name="key">The column that says which thing a row is about.</param>
    /// <param name="prefix">What stands before the names of the columns that are wanted, and is taken away.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async Task<KeyedColumns> ReadAsync(
        IRowSource rows, string key, string prefix, CancellationToken cancellation)
    {
        var table = new KeyedColumns();
        await foreach (var row in rows.ReadAsync(cancellation))
            table.Add(row, key, prefix);
        return table;
    }

    private void Add(JsonObject row, string key, string prefix)
    {
        if (KeyOf(row[key]) is not { } name)
        {
            WithoutKey++;
            return;
        }

        if (_keys.Add(name) && _keys.Count > MostKeys)
            throw CliException.Usage($"There are more than {MostKeys} keys; compare a part of them.");
        foreach (var (column, value) in row)
        {
            if (column == key || !column.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var number = Number(value);
            if (!_columns.TryGetValue(column[prefix.Length..], out var values))
            {
                if (double.IsNaN(number))
                    continue;
                _columns[column[prefix.Length..]] = values = new(StringComparer.Ordinal);
            }

            values[name] = number;
        }
    }

    /// <summary>Numbers are equal however many zeros follow; texts are as they are.</summary>
    private static string? KeyOf(JsonNode? value) => value is not JsonValue
        || value.ToString() is not { Length: > 0 } text
        ? null
        : value.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("0.############################", CultureInfo.InvariantCulture)
            : text;

    private static double Number(JsonNode? value) => value is not JsonValue ? double.NaN
        : value.GetValueKind() == JsonValueKind.True ? 1
        : value.GetValueKind() == JsonValueKind.False ? 0
        : double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : double.NaN;
}
