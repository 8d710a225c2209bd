using System.Collections.Immutable;

namespace Fairlead.Core.Checks;

/// <summary>What a check found, with every number that led to it.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Why">The verdict in a sentence with its numbers.</param>
public sealed record CheckResult(CheckVerdict Verdict, string Why)
{
    /// <summary>Units of stable.</summary>
    public double StableUnits { get; init; }

    /// <summary>Units of the candidate.</summary>
    public double CandidateUnits { get; init; }

    /// <summary>Stable's figure over the phases; NaN when none.</summary>
    public double Stable { get; init; } = double.NaN;

    /// <summary>The candidate's figure over the phases; NaN when none.</summary>
    public double Candidate { get; init; } = double.NaN;

    /// <summary>
    /// The estimate that the rule is about: candidate − stable, or the candidate's figure; NaN when none.
    /// </summary>
    public double Estimate { get; init; } = double.NaN;

    /// <summary>Lower end of the interval around the estimate, valid under the check's horizon.</summary>
    public double Low { get; init; } = double.NegativeInfinity;

    /// <summary>Upper end of the interval.</summary>
    public double High { get; init; } = double.PositiveInfinity;

    /// <summary>
    /// What the interval must lie on the good side of, on the axis of the estimate: the limit, or the margin with its
    /// sign; NaN when it cannot be told yet.
    /// </summary>
    public double Boundary { get; init; } = double.NaN;

    /// <summary>For a check by a field: the slice that decided.</summary>
    public string? Slice { get; init; }
}

/// <summary>What a check remembers from look to look; stored with the rollout.</summary>
public sealed record CheckProgress
{
    /// <summary>A check that was never looked at.</summary>
    public static CheckProgress Fresh { get; } = new();

    /// <summary>Information fractions of the looks taken so far, for scheduled looks; spent error rate is not given
    /// back.</summary>
    public ImmutableArray<double> Looks { get; init; } = [];

    /// <summary>A verdict that stands: an early look of a plan decided, and later looks do not change it.</summary>
    public CheckVerdict? Settled { get; init; }

    /// <summary>Since when there has been no data; null while there is.</summary>
    public DateTimeOffset? WithoutDataSince { get; init; }

    /// <summary>The newest result.</summary>
    public CheckResult? Latest { get; init; }

    public bool Equals(CheckProgress? other) =>
        other is not null && Looks.AsSpan().SequenceEqual(other.Looks.AsSpan()) && Settled == other.Settled
        && WithoutDataSince == other.WithoutDataSince && Latest == other.Latest;

    public override int GetHashCode() => HashCode.Combine(Looks.Length, Settled, WithoutDataSince, Latest);
}
