using System.Globalization;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// Rows of requests that a schema refused: of these a window knows which column broke the schema and how, not the
/// values. A row may break it in several ways, and rows of a refused request may break it in none.
/// </summary>
/// <param name="Rows">How many rows the refused requests had.</param>
/// <param name="Faults">How many of these broke a column's rule.</param>
public sealed record RefusedRows(
    long Rows, IReadOnlyDictionary<(string Column, SchemaFault Fault), long> Faults)
{
    /// <summary>What a window counted.</summary>
    public static RefusedRows Of(WindowSketch window) => new(
        window.RefusedRows,
        window.Faults.GroupBy(each => (each.Key.Column, SchemaRules.Fault(each.Key.Fault)))
            .ToDictionary(each => each.Key, each => each.Sum(fault => fault.Value)));

    /// <summary>
    /// How much of a window breaks the rules of a schema, with the rows that were refused among the rows: what was let
    /// through, by rule, and what was refused for a reason that the answered rows cannot have, after it.
    /// </summary>
    /// <param name="schema">The schema.</param>
    /// <param name="window">Its columns as answered.</param>
    public IEnumerable<(string Column, SchemaShare Share)> Shares(
        DataSchema schema, IReadOnlyDictionary<string, ColumnEvidence> window)
    {
        var told = new HashSet<(string, SchemaFault)>();
        foreach (var column in schema.Columns.Where(column => window.ContainsKey(column.Name)))
        {
            foreach (var share in SchemaWindow.Shares(column, window[column.Name]))
            {
                told.Add((column.Name, share.Fault));
                var refused = Faults.GetValueOrDefault((column.Name, share.Fault));
                yield return (column.Name, share with
                {
                    Broken = share.Broken + refused,
                    About = share.About + refused,
                    Of = share.Of + Rows,
                });
            }
        }

        foreach (var ((column, fault), rows) in Ruled(schema).Where(each => !told.Contains(each.Key)))
        {
            var asked = Rows + (window.TryGetValue(column, out var answered) ? answered.Rows : 0);
            yield return (column, new SchemaShare(
                fault, rows, rows, asked, Allowed(schema, column, fault), Words(fault)));
        }
    }

    /// <summary>What was refused beyond what the schema allows of a window.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="answered">Rows that were let through.</param>
    /// <param name="minimumRows">Of fewer rows, refused and answered, nothing is said.</param>
    public IEnumerable<SchemaFinding> Findings(DataSchema schema, long answered, long minimumRows)
    {
        var all = answered + Rows;
        if (all < Math.Max(1, minimumRows))
            yield break;
        foreach (var ((column, fault), rows) in Ruled(schema))
        {
            var (share, allowed) = ((double)rows / all, Allowed(schema, column, fault));
            if (share > allowed)
            {
                yield return new(column, fault, share, string.Create(CultureInfo.InvariantCulture,
                    $"{share:0.##%} of the rows were refused because values of '{column}' {Words(fault)}, at most "
                    + $"{allowed:0.##%} are allowed"));
            }
        }
    }

    /// <summary>What breaks the schema as it is now: it may have been another one that refused.</summary>
    private IEnumerable<KeyValuePair<(string Column, SchemaFault Fault), long>> Ruled(DataSchema schema)
    {
        var columns = schema.Columns.Select(column => column.Name).ToHashSet(StringComparer.Ordinal);
        return Faults
            .Where(each => each.Key.Fault == SchemaFault.UnknownColumn
                ? !schema.OtherColumns && !columns.Contains(each.Key.Column)
                : columns.Contains(each.Key.Column) || each.Key.Column == WindowSketch.Rest)
            .OrderBy(each => each.Key.Column, StringComparer.Ordinal).ThenBy(each => each.Key.Fault);
    }

    private static double Allowed(DataSchema schema, string column, SchemaFault fault) =>
        schema.Columns.FirstOrDefault(each => each.Name == column) is not { } rule ? 0
        : fault == SchemaFault.Missing && rule.MaxMissingShare < 1 ? rule.MaxMissingShare
        : rule.MaxFaultyShare;

    private static string Words(SchemaFault fault) => fault switch
    {
        SchemaFault.Missing => "are missing",
        SchemaFault.UnknownColumn => "are of no column of the schema",
        SchemaFault.WrongType => "are of another type",
        SchemaFault.NotFinite => "are NaN or infinite",
        SchemaFault.NotWhole => "have a fraction",
        SchemaFault.BelowRange => "are below their range",
        SchemaFault.AboveRange => "are above their range",
        SchemaFault.UnknownCategory => "are no known category",
        _ => "break a rule",
    };
}
