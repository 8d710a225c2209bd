using System.Globalization;

namespace Fairlead.Core.Tracking.Search;

/// <summary>A value that a filter compares with: a text, or a number that keeps its integers exact.</summary>
/// <param name="Text">The text, or the number as it is written.</param>
/// <param name="Number">The number; NaN for a text.</param>
/// <param name="Integer">The number where it is a whole one of 64 bits.</param>
public readonly record struct SearchValue(string Text, double Number, long? Integer)
{
    public static SearchValue OfText(string text) => new(text, double.NaN, null);

    /// <summary>A number as it is written.</summary>
    public static SearchValue OfNumber(string text) =>
        SearchNumber.TryRead(text, out var number)
            ? new SearchValue(text, number,
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)
                    ? integer
                    : null)
            : throw new ArgumentException($"'{text}' is no number.", nameof(text));
}

/// <summary>Numbers as filters write them: decimal, with an exponent if need be, finite.</summary>
internal static class SearchNumber
{
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryRead(string text, out double number) =>
        double.TryParse(text, Style, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
