namespace Fairlead.Core.Monitoring;

/// <summary>
/// Infers a schema from a reference. What it proposes is wider than what was seen, since the next row may be the most
/// extreme: ranges by a tenth of their width on each side (never over 0), missing shares by half as much again and one
/// percentage point.
/// </summary>
public static class SchemaInference
{
    /// <summary>Columns with more distinct names take any.</summary>
    public const int MostCategories = 64;

    private const double Margin = 0.1;

    /// <summary>The schema of a reference, column by column.</summary>
    public static DataSchema Of(IEnumerable<KeyValuePair<string, ColumnEvidence>> reference) =>
        new([.. reference.Select(pair => Of(pair.Key, pair.Value))]);

    private static ColumnSchema Of(string name, ColumnEvidence evidence)
    {
        var missing = evidence.Rows == 0 ? 1 : 1 - (double)evidence.Values / evidence.Rows;
        var column = new ColumnSchema(name, evidence.Kind)
        {
            Required = evidence.Rows > 0 && missing == 0,
            MaxMissingShare = missing == 0 ? 0 : Math.Min(1, 1.5 * missing + 0.01),
        };
        if (evidence.Kind == ColumnKind.Category)
        {
            return evidence.CountError == 0 && evidence.Counts.Count is > 0 and <= MostCategories
                ? column with { Categories = [.. evidence.Counts.Keys.Order(StringComparer.Ordinal)] }
                : column;
        }

        if (evidence.Numbers is not { Count: > 0 } numbers)
            return column;
        var margin = Margin * (numbers.Max - numbers.Min);
        var whole = IsWhole(numbers.Values);
        var (low, high) = (numbers.Min - margin, numbers.Max + margin);
        if (whole)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        return column with
        {
            Whole = whole && evidence.Kind == ColumnKind.Number,
            Min = numbers.Min >= 0 ? Math.Max(0, low) : low,
            Max = numbers.Max <= 0 ? Math.Min(0, high) : high,
        };
    }

    private static bool IsWhole(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
        {
            if (value != Math.Floor(value))
                return false;
        }

        return true;
    }
}
