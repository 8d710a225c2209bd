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

    /// <summary>How long after the answer it turned out.</summary>
    public TimeSpan Delay { get; init; }
}
