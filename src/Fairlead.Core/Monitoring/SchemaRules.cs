using System.Collections.Frozen;
using System.Globalization;
using Fairlead.Core.Controls;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Monitoring;

/// <summary>Holds values and rows to a schema, and schemas to sense.</summary>
public static class SchemaRules
{
    private static readonly FrozenDictionary<string, SchemaFault> ByWord = Enum.GetValues<SchemaFault>()
        .ToFrozenDictionary(Word, StringComparer.Ordinal);

    /// <summary>
    /// What is wrong with a schema that somebody wrote; empty when nothing is. One that checks nothing is refused: it
    /// would pass everything and look like success.
    /// </summary>
    public static IReadOnlyList<Refusal> Check(DataSchema schema)
    {
        var refusals = new List<Refusal>();
        if (schema.Columns.Count == 0)
            Add("columns", "The schema has no columns, so it would check nothing; name at least one.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < schema.Columns.Count; i++)
        {
            var column = schema.Columns[i];
            var at = $"columns[{i}]";
            if (!seen.Add(column.Name))
                Add($"{at}.name", $"Column '{column.Name}' stands twice; join the two.");
            if (column.Min > column.Max)
                Add($"{at}.min", $"'{column.Name}' has min {column.Min} above max {column.Max}; swap them.");
            if (column.Kind == ColumnKind.Category && (column.Min ?? column.Max) is not null)
                Add($"{at}.min", $"'{column.Name}' is a category without a range; leave min and max out.");
            if (column.Kind != ColumnKind.Category && column.Categories is not null)
                Add($"{at}.categories", $"'{column.Name}' is no category; leave its categories out.");
            if (column.Categories is { Count: 0 })
                Add($"{at}.categories", $"'{column.Name}' allows no category; name them or leave them out.");
            if (!IsShare(column.MaxMissingShare) || !IsShare(column.MaxFaultyShare))
                Add(at, $"The shares of '{column.Name}' must lie between 0 and 1.");
        }

        return refusals;

        void Add(string field, string message) =>
            refusals.Add(new(RefusalKind.Invalid, "schema_invalid", message) { Field = field });
    }

    /// <summary>Whether a column takes a number.</summary>
    public static SchemaFault Check(ColumnSchema column, double value) => column.Kind switch
    {
        _ when !double.IsFinite(value) => SchemaFault.NotFinite,
        ColumnKind.Text => SchemaFault.WrongType,
        ColumnKind.Category => Known(column, ColumnEvidence.Name(value == 0 ? 0 : value)),
        _ when column.Whole && value != Math.Floor(value) => SchemaFault.NotWhole,
        _ => InRange(column, value),
    };

    /// <summary>Whether a column takes a text.</summary>
    public static SchemaFault Check(ColumnSchema column, string value) => column.Kind switch
    {
        ColumnKind.Number => SchemaFault.WrongType,
        ColumnKind.Category => Known(column, value),
        _ => InRange(column, value.Length),
    };

    /// <summary>Everything by which a row breaks the schema; a null value is a missing one.</summary>
    public static IReadOnlyList<SchemaFinding> Check(
        DataSchema schema, IReadOnlyDictionary<string, ScalarValue?> row)
    {
        var findings = new List<SchemaFinding>();
        foreach (var column in schema.Columns)
        {
            if (!row.TryGetValue(column.Name, out var value) || value is null)
            {
                if (column.Required)
                    findings.Add(Finding(column, SchemaFault.Missing, "nothing"));
                continue;
            }

            var fault = value.Kind switch
            {
                ScalarKind.Text => Check(column, value.Text),
                ScalarKind.Flag when column.Kind == ColumnKind.Category =>
                    Known(column, value.Number > 0 ? "true" : "false"),
                _ => Check(column, value.Number),
            };
            var found = value.Kind == ScalarKind.Text ? $"'{value.Text}'" : Say(value.Number);
            if (fault != SchemaFault.None)
                findings.Add(Finding(column, fault, found));
        }

        if (!schema.OtherColumns)
        {
            findings.AddRange(row.Keys.Except(schema.Columns.Select(column => column.Name), StringComparer.Ordinal)
                .Order(StringComparer.Ordinal).Select(name => new SchemaFinding(
                    name, SchemaFault.UnknownColumn, 1, $"'{name}' is no column of the schema")));
        }

        return findings;
    }

    /// <summary>The name of a fault on the wire and in metrics.</summary>
    public static string Word(SchemaFault fault) => fault switch
    {
        SchemaFault.Missing => "missing",
        SchemaFault.UnknownColumn => "unknown_column",
        SchemaFault.WrongType => "wrong_type",
        SchemaFault.NotFinite => "not_finite",
        SchemaFault.NotWhole => "not_whole",
        SchemaFault.BelowRange => "below_range",
        SchemaFault.AboveRange => "above_range",
        SchemaFault.UnknownCategory => "unknown_category",
        SchemaFault.TooFar => "too_far",
        _ => "none",
    };

    /// <summary>The fault of a name on the wire; none for a name that this release does not know.</summary>
    public static SchemaFault Fault(string word) => ByWord.GetValueOrDefault(word);

    /// <summary>What becomes of a row: a refusal that names every fault, or null where it goes through.</summary>
    public static Refusal? Decide(SchemaMode mode, IReadOnlyList<SchemaFinding> findings) =>
        mode == SchemaMode.Reject && findings.Count > 0
            ? new(RefusalKind.Invalid, "schema_broken",
                $"The row breaks the schema: {string.Join("; ", findings.Select(finding => finding.Sentence))}.")
            {
                Field = findings[0].Column,
            }
            : null;

    internal static string Expected(ColumnSchema column) => column switch
    {
        { Kind: ColumnKind.Category, Categories: { } names } =>
            $"one of {string.Join(", ", names.Take(5))}{(names.Count > 5 ? $" and {names.Count - 5} more" : "")}",
        { Kind: ColumnKind.Category } => "a name",
        { Kind: ColumnKind.Text } => $"a text of{Range(column)} characters",
        _ => $"a {(column.Whole ? "whole number" : "number")}{Range(column)}",
    };

    /// <summary>A number for people.</summary>
    public static string Say(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static string Range(ColumnSchema column) => (column.Min, column.Max) switch
    {
        ({ } low, { } high) => $" {Say(low)} to {Say(high)}",
        ({ } low, null) => $" {Say(low)} or above",
        (null, { } high) => $" up to {Say(high)}",
        _ => column.Kind == ColumnKind.Text ? " any" : "",
    };

    /// <summary>What is wrong with a value, in words.</summary>
    /// <param name="column">What it may be.</param>
    /// <param name="found">What it is.</param>
    public static string Sentence(ColumnSchema column, string found) =>
        $"'{column.Name}' must be {Expected(column)} and is {found}";

    private static SchemaFinding Finding(ColumnSchema column, SchemaFault fault, string found) =>
        new(column.Name, fault, 1, Sentence(column, found));

    private static SchemaFault Known(ColumnSchema column, string name) =>
        column.Categories?.Contains(name, StringComparer.Ordinal) ?? true
            ? SchemaFault.None
            : SchemaFault.UnknownCategory;

    private static SchemaFault InRange(ColumnSchema column, double value) =>
        value < column.Min ? SchemaFault.BelowRange
        : value > column.Max ? SchemaFault.AboveRange
        : SchemaFault.None;

    private static bool IsShare(double value) => value is >= 0 and <= 1;
}
