using System.Globalization;
using System.Text;
using Fairlead.Core.Monitoring;

namespace Fairlead.Serving.Schemas;

/// <summary>How one request breaks a schema. Made for broken requests only.</summary>
public sealed class SchemaReport
{
    /// <summary>The header of an answer, and the trailer of a gRPC call, that warns.</summary>
    public const string HeaderName = "fairlead-schema-faults";

    /// <summary>Most faults that are told of one request; the rest is counted.</summary>
    private const int Told = 10;

    /// <summary>Longest name of a column in a header.</summary>
    private const int LongestName = 60;

    private readonly List<Found> _found = [];

    /// <summary>Rows of the request, broken or not.</summary>
    public int Rows { get; internal set; }

    /// <summary>Each fault of a column, with the rows that have it.</summary>
    public IEnumerable<(string Column, SchemaFault Fault, long Rows)> Faults =>
        _found.Select(each => (each.Column, each.Fault, each.Rows));

    /// <summary>Every fault with its column, what was expected and what came, for the caller.</summary>
    public string Sentence()
    {
        var text = new StringBuilder("The request breaks the endpoint's schema: ");
        text.AppendJoin("; ", _found.Take(Told).Select(each => each.Sentence));
        if (_found.Count > Told)
            text.Append(CultureInfo.InvariantCulture, $"; and {_found.Count - Told} faults more");
        return text.Append('.').ToString();
    }

    /// <summary>
    /// The faults for a header, such as <c>age=above_range:3, job=missing:1</c>: column, fault and rows. Characters of
    /// a column's name that a header may not have are written as in an address.
    /// </summary>
    public string Header()
    {
        var pairs = _found.Take(Told).Select(each => string.Create(CultureInfo.InvariantCulture,
            $"{Short(each.Column)}={SchemaRules.Word(each.Fault)}:{each.Rows}"));
        return string.Join(", ", _found.Count > Told
            ? pairs.Append(string.Create(CultureInfo.InvariantCulture, $"more={_found.Count - Told}"))
            : pairs);
    }

    internal void Add(ColumnSchema column, SchemaFault fault, int row, int rows, Func<string> found)
    {
        foreach (var each in _found)
        {
            if (each.Fault == fault && each.Column == column.Name)
            {
                each.Rows++;
                return;
            }
        }

        var where = rows > 1 ? string.Create(CultureInfo.InvariantCulture, $" in row {row + 1}") : "";
        _found.Add(new Found(column.Name, fault, 1, SchemaRules.Sentence(column, found()) + where));
    }

    internal void AddAll(string column, SchemaFault fault, int rows, string sentence) =>
        _found.Add(new Found(column, fault, rows, sentence));

    private static string Short(string column)
    {
        if (column.Length > LongestName)
            column = column[..(char.IsHighSurrogate(column[LongestName - 1]) ? LongestName - 1 : LongestName)];
        return Uri.EscapeDataString(column);
    }

    private sealed class Found(string column, SchemaFault fault, long rows, string sentence)
    {
        public string Column { get; } = column;

        public SchemaFault Fault { get; } = fault;

        public long Rows { get; set; } = rows;

        public string Sentence { get; } = sentence;
    }
}
