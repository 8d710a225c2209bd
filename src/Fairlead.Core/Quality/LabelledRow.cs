using System.Globalization;
using System.Runtime.InteropServices;

namespace Fairlead.Core.Quality;

/// <summary>An answer with what turned out.</summary>
/// <param name="Label">The class that it was; null where only a number is known.</param>
/// <param name="Value">The number that it was; NaN where only a class is known.</param>
/// <param name="Predicted">What was answered, as text; null where it was not kept.</param>
/// <param name="Score">The probability of the positive class, or the score; NaN where none was kept.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LabelledRow(string? Label, double Value, string? Predicted, double Score)
{
    /// <summary>The hash of its unit: rows of one unit are one ranked list.</summary>
    public ulong Unit { get; init; }

    /// <summary>The scores of all classes, in their order; null where these were not asked for.</summary>
    public IReadOnlyList<double>? ClassScores { get; init; }

    /// <summary>How long after the answer it turned out.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What was answered, as a finite number; null where it is none.</summary>
    internal double? Number =>
        double.TryParse(Predicted, NumberStyles.Float, CultureInfo.InvariantCulture, out var said)
        && double.IsFinite(said) ? said : null;

    /// <summary>
    /// The class that it was. A number names the class that is written as it; with a positive class that is no number,
    /// 1 and 0 say whether it was that.
    /// </summary>
    internal string? ClassOf(string? positive)
    {
        if (Label is not null || double.IsNaN(Value))
            return Label;
        var isNumber = positive is null
            || double.TryParse(positive, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
        return isNumber ? Value.ToString("R", CultureInfo.InvariantCulture)
            : Value is 0 or 1 ? Value > 0 ? positive : $"not {positive}"
            : null;
    }
}
