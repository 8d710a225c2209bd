namespace Fairlead.Client.Api;

/// <summary>The numbers that one look at a check came to.</summary>
public abstract record CheckFigures
{
    public double StableUnits { get; init; }

    public double CandidateUnits { get; init; }

    /// <summary>Stable's figure; null when unknown.</summary>
    public double? StableValue { get; init; }

    /// <summary>The candidate's figure; null when unknown.</summary>
    public double? CandidateValue { get; init; }

    /// <summary>What the rule is about: candidate − stable, or the candidate's figure.</summary>
    public double? Estimate { get; init; }

    /// <summary>Lower end of the interval around the estimate; null: unbounded.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end of the interval; null: unbounded.</summary>
    public double? High { get; init; }

    /// <summary>What the interval must lie on the good side of, on the axis of the estimate; null: unknown.</summary>
    public double? Boundary { get; init; }

    /// <summary>For a check by a field: the slice that decided.</summary>
    public string? Slice { get; init; }
}

/// <summary>What a check found last, with every number that led to it.</summary>
public sealed record RolloutCheckInfo : CheckFigures
{
    public required string Name { get; init; }

    /// <summary>The candidate that it is about.</summary>
    public required string Candidate { get; init; }

    /// <summary>The step that it belongs to, counted from 1; null for a guard.</summary>
    public int? Step { get; init; }

    /// <summary>The rule in words.</summary>
    public string Rule { get; set; } = "";

    public bool DryRun { get; init; }

    /// <summary><c>pass</c>, <c>inconclusive</c>, <c>fail</c>, <c>error</c>, or <c>not looked at</c>.</summary>
    public string Verdict { get; set; } = "";

    /// <summary>The verdict in a sentence with its numbers.</summary>
    public string Why { get; set; } = "";

    /// <summary>What the looks before found, oldest first; only when they are asked for.</summary>
    public IReadOnlyList<RolloutLookInfo> Looks { get; set; } = [];
}

/// <summary>What one look at a check found: a point of the line of estimates over time.</summary>
public sealed record RolloutLookInfo : CheckFigures
{
    public DateTimeOffset At { get; init; }

    /// <summary>The step at which it was taken, counted from 1; 0: before the first one.</summary>
    public int Step { get; init; }

    /// <summary><c>pass</c>, <c>inconclusive</c>, <c>fail</c> or <c>error</c>.</summary>
    public required string Verdict { get; init; }
}
