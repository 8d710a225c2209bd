using System.Collections.Immutable;

namespace Fairlead.Core.Checks;

/// <summary>A figure of one arm in one phase, with the uncertainty of the figure itself.</summary>
/// <param name="Units">Units behind it; requests where every request is its own unit.</param>
/// <param name="Value">The figure: a mean, a ratio, a quantile.</param>
/// <param name="Variance">
/// Variance of the figure (not of single values), between units; NaN when it cannot be told.
/// </param>
public readonly record struct ArmFigure(double Units, double Value, double Variance)
{
    /// <summary>Nothing was seen.</summary>
    public static ArmFigure None { get; } = new(0, double.NaN, double.NaN);
}

/// <summary>
/// What was seen under one division of the traffic. Phases with other weights must not be pooled (Simpson's paradox):
/// each is compared within itself, and the differences are combined.
/// </summary>
/// <param name="Generation">The endpoint's generation that made this division.</param>
/// <param name="Stable">The arm to compare with: stable, or its concurrent control cohort.</param>
/// <param name="Candidate">The arm under judgement.</param>
public sealed record PhaseFigures(long Generation, ArmFigure Stable, ArmFigure Candidate);

/// <summary>
/// Everything that one check gets to see of one candidate (and of one slice, where it looks by a field).
/// </summary>
public sealed record CheckFacts
{
    /// <summary>Nothing is known.</summary>
    public static CheckFacts None { get; } = new();

    /// <summary>The figures, one a phase.</summary>
    public ImmutableArray<PhaseFigures> Phases { get; init; } = [];

    /// <summary>How long the candidate was observed.</summary>
    public TimeSpan Observed { get; init; }

    /// <summary>Why there is no usable data, in a sentence; null when there is.</summary>
    public string? NoData { get; init; }

    /// <summary>Why the check could not be carried out, in a sentence; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>The figures by the values of the check's field; empty for a check over all.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<PhaseFigures>> Slices { get; init; } =
        ImmutableSortedDictionary.Create<string, ImmutableArray<PhaseFigures>>(StringComparer.Ordinal);
}
