using System.Globalization;

namespace Fairlead.Cli.Datasets;

/// <summary>What a cell of a table holds.</summary>
internal enum CellKind
{
    Missing,
    Number,
    Boolean,
    Text,
    List,
}

/// <summary>One cell of a table.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Number">The number; 1 or 0 for a boolean.</param>
/// <param name="IsWhole">The number is written without a fraction.</param>
/// <param name="Written">As it is written; null for a number or boolean whose text nobody has.</param>
/// <param name="Items">The numbers of a list.</param>
internal readonly record struct Cell(
    CellKind Kind, double Number, bool IsWhole, string? Written, IReadOnlyList<double>? Items)
{
    /// <summary>Longest number that a text may be.</summary>
    private const int LongestNumber = 400;

    public static Cell Missing { get; } = new(CellKind.Missing, 0, false, null, null);

    /// <summary>NaN stands for a missing number.</summary>
    public static Cell OfNumber(double number, bool isWhole = false, string? written = null) =>
        double.IsNaN(number) && written is null ? Missing : new(CellKind.Number, number, isWhole, written, null);

    public static Cell OfBoolean(bool value, string? written = null) =>
        new(CellKind.Boolean, value ? 1 : 0, true, written, null);

    /// <summary>An empty text is a missing value, as an endpoint takes it.</summary>
    public static Cell OfText(string text) =>
        text.Length == 0 ? Missing : new(CellKind.Text, 0, false, text, null);

    public static Cell OfList(IReadOnlyList<double> items) => new(CellKind.List, 0, false, null, items);

    /// <summary>A cell of a file without types: a number, a truth value or a text, by how it looks.</summary>
    public static Cell OfUntyped(string text)
    {
        if (text.Length == 0)
            return Missing;
        if (IsNumber(text, out var number))
            return new(CellKind.Number, number, IsWrittenWhole(text, number), text, null);
        if (text is "true" or "True" or "TRUE")
            return OfBoolean(true, text);
        return text is "false" or "False" or "FALSE" ? OfBoolean(false, text) : OfText(text);
    }

    /// <summary>The cell in words, for a column in which texts are.</summary>
    public string Text => Written ?? Kind switch
    {
        CellKind.Boolean => Number > 0 ? "true" : "false",
        CellKind.List => $"[{string.Join(',', Items!.Select(Name))}]",
        _ => Name(Number),
    };

    private static bool IsNumber(string text, out double number)
    {
        number = 0;

        // The framework takes zero bytes behind a number for nothing.
        return text.Length <= LongestNumber && !text.Contains('\0')
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static bool IsWrittenWhole(string text, double number) =>
        double.IsFinite(number) && text.AsSpan().IndexOfAny('.', 'e', 'E') < 0;

    private static string Name(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
