namespace Fairlead.Core.Monitoring;

/// <summary>What was found of a column, or of all.</summary>
public enum DriftState
{
    /// <summary>Looked at in enough rows, and nothing that is both large and no chance.</summary>
    Ok,

    /// <summary>Nothing can be said: too few rows, or what the test needs was not kept. Never taken for OK.</summary>
    InsufficientData,

    /// <summary>A difference that is large, no chance, and seen in enough rows.</summary>
    Drift,
}

/// <summary>Which side of a column is compared.</summary>
public enum DriftAspect
{
    /// <summary>Its values.</summary>
    Distribution,

    /// <summary>The share of rows without a value.</summary>
    Missing,

    /// <summary>The share of values whose category the reference does not have.</summary>
    NewCategories,

    /// <summary>All columns together, row by row.</summary>
    Together,
}

/// <summary>A column with its reference and a window of it.</summary>
public sealed record ColumnPair(string Name, ColumnEvidence Reference, ColumnEvidence Current);

/// <summary>One comparison of one column, with all that led to its state.</summary>
/// <param name="Column">The column.</param>
/// <param name="Aspect">What of it.</param>
/// <param name="State">What was found.</param>
/// <param name="Test">The method, by its name.</param>
/// <param name="Why">Why this method, in words.</param>
/// <param name="EffectName">What the effect is.</param>
/// <param name="Effect">The size of the difference; NaN where nothing was computed.</param>
/// <param name="Error">By how much sketches may have made it too large.</param>
/// <param name="Threshold">The size that matters; what is sure of the effect must reach it.</param>
/// <param name="P">The p-value; NaN where nothing was computed.</param>
/// <param name="AdjustedP">The same, corrected for all comparisons of the look.</param>
/// <param name="ReferenceRows">Values of the reference.</param>
/// <param name="CurrentRows">Values of the window.</param>
/// <param name="Sentence">All of it in one sentence.</param>
public sealed record DriftFinding(
    string Column,
    DriftAspect Aspect,
    DriftState State,
    string Test,
    string Why,
    string EffectName,
    double Effect,
    double Error,
    double Threshold,
    double P,
    double AdjustedP,
    long ReferenceRows,
    long CurrentRows,
    string Sentence);

/// <summary>What one look at all columns found.</summary>
/// <param name="State">Drift where any comparison found it; OK only where all had enough data and none did.</param>
/// <param name="Findings">Every comparison, drift first, then by the size of the effect against its threshold.</param>
/// <param name="Alpha">What the corrected p-values were held to.</param>
public sealed record DriftReport(DriftState State, IReadOnlyList<DriftFinding> Findings, double Alpha);
