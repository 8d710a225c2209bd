using System.Globalization;

namespace Fairlead.Core.Monitoring;

/// <summary>Which method compares a column, and why, in words.</summary>
public readonly record struct MethodChoice(DriftMethod Method, string Why)
{
    /// <summary>Numbers of at most so many distinct values are counted like names.</summary>
    public const int MostCountedValues = 20;

    // With five values expected, 20 are 1.5 times as likely as G says and 35,000 times as likely as Pearson's χ² says.
    private const string FarOut = "the G test keeps to its law where p-values are small, Pearson's χ² does not";

    /// <summary>Chooses by the reference alone, so that a window cannot change the test that it is held to.</summary>
    /// <param name="reference">What is compared with.</param>
    /// <param name="wanted">A method that somebody has set, or null.</param>
    public static MethodChoice Of(ColumnEvidence reference, DriftMethod? wanted)
    {
        if (wanted is { } method)
        {
            return method switch
            {
                _ when reference.Kind == ColumnKind.Category && method.NeedsNumbers() =>
                    new(DriftMethod.ChiSquare, $"set to {method}, which needs numbers; names are counted instead"),
                DriftMethod.FisherExact when reference.Counts.Count != 2 || reference.CountError > 0 =>
                    new(DriftMethod.ChiSquare, $"set to {method}, which needs two categories; there are others"),
                _ => new(method, "set for this column"),
            };
        }

        if (reference.Kind == ColumnKind.Text)
            return new(DriftMethod.ShapeAndMean, "a text is compared by its length in characters");
        var distinct = reference.Counts.Count;
        if (reference.Kind == ColumnKind.Category)
        {
            return distinct == 2 && reference.CountError == 0
                ? new(DriftMethod.FisherExact, "two categories: exact at every size")
                : new(DriftMethod.GTest, $"categories are compared by their counts; {FarOut}");
        }

        return HasFewValues(reference)
            ? new(DriftMethod.GTest, string.Create(
                CultureInfo.InvariantCulture,
                $"{distinct} distinct values in the reference, counted like categories; {FarOut}"))
            : new(DriftMethod.ShapeAndMean,
                "a number: means see small shifts, or ranks where values are too skewed for means, and "
                + "Kolmogorov–Smirnov any change of shape");
    }

    /// <summary>Numbers that are codes or counts: what a value is says more than how far it is from others.</summary>
    internal static bool HasFewValues(ColumnEvidence reference) =>
        reference.Kind == ColumnKind.Number && reference.CountError == 0 && reference.Counts.Count <= MostCountedValues;
}
