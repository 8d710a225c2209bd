namespace Fairlead.Client.Api;

/// <summary>What is asked about drift; what is left out is as the server does it.</summary>
/// <param name="From">Beginning of what is looked at; by default an hour before its end.</param>
/// <param name="To">Its end; by default now.</param>
/// <param name="ReferenceFrom">Beginning of the reference; by default 7 d before its end.</param>
/// <param name="ReferenceTo">End of the reference; by default where the look begins.</param>
/// <param name="Variant">Only this variant.</param>
/// <param name="Alpha">Chance of a false alarm at this look, over all columns; by default 0.001.</param>
/// <param name="Reference">
/// In place of a stretch of the past: <c>dataset:NAME/VERSION</c>, <c>training</c> (the datasets that the version which
/// answers learnt from), or <c>rolling:7d</c>.
/// </param>
public sealed record DriftQuestion(
    DateTimeOffset? From = null, DateTimeOffset? To = null, DateTimeOffset? ReferenceFrom = null,
    DateTimeOffset? ReferenceTo = null, string? Variant = null, double? Alpha = null, string? Reference = null);

/// <summary>What an endpoint is asked and answers now, held against what it was asked and answered before.</summary>
public sealed record DriftInfo
{
    public required string Endpoint { get; init; }

    /// <summary>Beginning of what is looked at.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Its end.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary><c>window</c>, <c>rolling</c>, <c>training</c> or <c>dataset:NAME/VERSION</c>.</summary>
    public string Reference { get; set; } = "window";

    /// <summary>Beginning of what it is held against; null for data.</summary>
    public DateTimeOffset? ReferenceFrom { get; init; }

    /// <summary>Its end; null for data.</summary>
    public DateTimeOffset? ReferenceTo { get; init; }

    /// <summary>One for each variant and version that was asked something.</summary>
    public IReadOnlyList<ArmDriftInfo> Arms { get; set; } = [];
}

/// <summary>What was found of one variant with one version.</summary>
public sealed record ArmDriftInfo
{
    public required string Variant { get; init; }

    /// <summary><c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</summary>
    public required string Version { get; init; }

    /// <summary>
    /// <c>drift</c>, <c>ok</c>, or <c>insufficient_data</c>, which is never to be taken for OK.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The chance of a false alarm at one look over all columns together, where nothing has changed.</summary>
    public double Alpha { get; init; }

    /// <summary>What it was held against, in words; why there was nothing, where there was nothing.</summary>
    public string HeldAgainst { get; set; } = "";

    /// <summary>The datasets that it was held against, as <c>NAME/VERSION</c>; none for the past.</summary>
    public IReadOnlyList<string> Datasets { get; set; } = [];

    /// <summary>Columns that the reference does not have, or has as another kind, each with why.</summary>
    public IReadOnlyList<string> NotCompared { get; set; } = [];

    /// <summary>Every comparison, drift first.</summary>
    public IReadOnlyList<DriftFindingInfo> Findings { get; set; } = [];
}

/// <summary>One comparison of one column.</summary>
public sealed record DriftFindingInfo
{
    public required string Column { get; init; }

    /// <summary><c>distribution</c>, <c>missing</c> or <c>new_categories</c>.</summary>
    public required string Aspect { get; init; }

    /// <summary><c>drift</c>, <c>ok</c> or <c>insufficient_data</c>.</summary>
    public required string State { get; init; }

    /// <summary>The method.</summary>
    public required string Test { get; init; }

    /// <summary>Why this method.</summary>
    public string Why { get; set; } = "";

    /// <summary>What the effect is.</summary>
    public string EffectName { get; set; } = "";

    /// <summary>The size of the difference; null where nothing was computed.</summary>
    public double? Effect { get; init; }

    /// <summary>By how much sketches may have made it too large.</summary>
    public double Error { get; init; }

    /// <summary>The size that matters.</summary>
    public double Threshold { get; init; }

    /// <summary>The p-value, corrected for all comparisons of the look; null where nothing was computed.</summary>
    public double? P { get; init; }

    /// <summary>Values of the reference.</summary>
    public long ReferenceRows { get; init; }

    /// <summary>Values that are looked at.</summary>
    public long CurrentRows { get; init; }

    /// <summary>All of it in one sentence.</summary>
    public string Sentence { get; set; } = "";
}
