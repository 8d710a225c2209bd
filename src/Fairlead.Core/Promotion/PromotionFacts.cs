using System.Collections.Immutable;
using Fairlead.Core.Models;
using Fairlead.Core.Quality;

namespace Fairlead.Core.Promotion;

/// <summary>A figure of an evaluation over some rows.</summary>
/// <param name="Segment">Null: all rows.</param>
/// <param name="Rows">How many.</param>
/// <param name="Value">The figure; NaN where it is not defined.</param>
/// <param name="Low">Lower end of its interval; NaN where none is known.</param>
/// <param name="High">Upper end.</param>
public sealed record FoundFigure(string? Segment, long Rows, double Value, double Low, double High);

/// <summary>What an endpoint's callers are used to.</summary>
/// <param name="Endpoint">Its name.</param>
/// <param name="Version">The version that answers them, in words.</param>
/// <param name="Signature">What they send and get.</param>
public sealed record FoundCallers(string Endpoint, string Version, Signature Signature);

/// <summary>Everything that one check gets to see.</summary>
public sealed record PromotionFacts
{
    /// <summary>Why there is nothing to judge by, in a sentence that says what to do; null when there is.</summary>
    public string? Missing { get; init; }

    /// <summary>Nothing is there yet that the version could be worse than.</summary>
    public string? NothingToCompare { get; init; }

    /// <summary>Where figures come from, such as <c>evaluation 7 on heldout/1</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>Figures of the version, all rows first.</summary>
    public ImmutableArray<FoundFigure> Figures { get; init; } = [];

    /// <summary>Figures of both versions with the interval of the difference, all rows first.</summary>
    public ImmutableArray<(string? Segment, PairedFigure Figure)> Pairs { get; init; } = [];

    /// <summary>How the data breaks schemas: the columns with a sentence each.</summary>
    public ImmutableArray<string> SchemaFindings { get; init; } = [];

    /// <summary>Columns with too few rows to judge by.</summary>
    public ImmutableArray<string> SchemaUndecided { get; init; } = [];

    /// <summary>What the version takes and gives.</summary>
    public Signature? Signature { get; init; }

    public ImmutableArray<FoundCallers> Callers { get; init; } = [];

    /// <summary>The quantile of the times of single rows, in milliseconds; NaN: none.</summary>
    public double Milliseconds { get; init; } = double.NaN;

    public long FileBytes { get; init; }

    public long MemoryBytes { get; init; }

    /// <summary>Characters of the longest card, and where it stands.</summary>
    public (int Characters, string Where) Card { get; init; } = (0, "");
}
