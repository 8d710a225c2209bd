namespace Fairlead.Client.Api;

/// <summary>Keeps alerts from people for a while; they stay visible.</summary>
public sealed record SilenceRequest
{
    /// <summary>
    /// Which alerts: all of these must match. <c>label=value</c>, <c>label!=value</c>, <c>label=~pattern</c> or
    /// <c>label!~pattern</c>; a pattern matches the whole value.
    /// </summary>
    public required IReadOnlyList<string> Matchers { get; init; }

    /// <summary>From when on; left out: now.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Until when, at most a year ahead.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>Why; also the reason in the audit log.</summary>
    public required string Comment { get; init; }
}

/// <summary>A silence.</summary>
public sealed record SilenceInfo
{
    public long Id { get; init; }

    public required IReadOnlyList<string> Matchers { get; init; }

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public required string Author { get; init; }

    public required string Comment { get; init; }

    /// <summary><c>pending</c>, <c>active</c> or <c>expired</c>.</summary>
    public required string State { get; init; }
}

/// <summary>
/// A rule that some alerts make others not worth telling: while a source fires, targets with the same values of the
/// labels in <see cref="Equal"/> are held back. A document of <c>kind: Inhibition</c> is this with a name.
/// </summary>
public sealed record InhibitionRequest
{
    /// <summary>Which alerts hold back; matchers as of silences.</summary>
    public required IReadOnlyList<string> Source { get; init; }

    /// <summary>Which alerts are held back.</summary>
    public required IReadOnlyList<string> Target { get; init; }

    /// <summary>Labels that must have the same value in both; one that is missing in both is the same.</summary>
    public IReadOnlyList<string> Equal { get; set; } = ["endpoint"];

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>An inhibition.</summary>
public sealed record InhibitionInfo
{
    public required string Name { get; init; }

    public required InhibitionRequest Settings { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";
}
