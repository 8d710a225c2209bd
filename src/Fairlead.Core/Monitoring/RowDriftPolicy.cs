namespace Fairlead.Core.Monitoring;

/// <summary>How all columns are compared together, and when that is an alarm.</summary>
public sealed record RowDriftPolicy
{
    /// <summary>A method that somebody has set; null: the domain classifier.</summary>
    public RowMethod? Method { get; init; }

    /// <summary>The size that matters, in the unit of the method; null: the method's own.</summary>
    public double? Threshold { get; init; }

    /// <summary>The chance of a false alarm at this look.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>Fewer rows on either side are insufficient data.</summary>
    public long MinimumRows { get; init; } = 100;

    /// <summary>Draws rows, folds and permutations.</summary>
    public ulong Seed { get; init; }
}
