namespace Fairlead.Client.Api;

/// <summary>An alert: what a monitor found about one thing, and whom it is told to.</summary>
public record AlertInfo
{
    public long Id { get; init; }

    public required string Monitor { get; init; }

    public required string Endpoint { get; init; }

    public required string Severity { get; init; }

    /// <summary>What tells it from every other alert; the three above are among them.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>
    /// <c>inactive</c>, <c>pending</c>, <c>firing</c>, <c>resolved</c>, <c>insufficient_data</c> or <c>error</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>When the state began.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last evaluation.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>The figure of the last evaluation; null without one.</summary>
    public double? Value { get; init; }

    /// <summary>Its sentence.</summary>
    public string Why { get; set; } = "";

    /// <summary>Names of the receivers that it is told to.</summary>
    public IReadOnlyList<string> Receivers { get; set; } = [];

    /// <summary>Numbers of the silences that keep it from people.</summary>
    public IReadOnlyList<string> SilencedBy { get; set; } = [];

    /// <summary>Fingerprints of the firing alerts that make it not worth telling.</summary>
    public IReadOnlyList<string> InhibitedBy { get; set; } = [];

    /// <summary>Who looks after it; null while nobody said so.</summary>
    public AlertAck? Ack { get; init; }
}

/// <summary>Somebody's word that he looks after an alert. It holds until the alert fires no more.</summary>
public sealed record AlertAck(string By, DateTimeOffset At, string Comment);

/// <summary>An alert with what happened to it, newest first.</summary>
public sealed record AlertDetail : AlertInfo
{
    public IReadOnlyList<AlertTransitionInfo> Transitions { get; set; } = [];

    /// <summary>The messages that spoke of it.</summary>
    public IReadOnlyList<AlertDeliveryInfo> Deliveries { get; set; } = [];
}

/// <summary>A change of an alert's state.</summary>
public sealed record AlertTransitionInfo
{
    /// <summary>From 1, without gaps.</summary>
    public long Number { get; init; }

    public DateTimeOffset At { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    public double? Value { get; init; }

    public string Why { get; set; } = "";
}

/// <summary>A message about an alert.</summary>
public sealed record AlertDeliveryInfo
{
    /// <summary>The id that every attempt carried.</summary>
    public required string Id { get; init; }

    public required string Receiver { get; init; }

    /// <summary>Whether it told that the alert fires, or that it does so no more.</summary>
    public bool ToldFiring { get; init; }

    /// <summary><c>waiting</c>, <c>delivered</c> or <c>dropped</c>.</summary>
    public required string Status { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>What became of the last attempt.</summary>
    public string? Why { get; init; }
}

/// <summary>Which alerts are wanted; what is null is not asked for.</summary>
public sealed record AlertFilter
{
    public string? State { get; init; }

    public string? Endpoint { get; init; }

    public string? Monitor { get; init; }

    public string? Severity { get; init; }
}

/// <summary>Says that one looks after an alert.</summary>
public sealed record AckRequest
{
    /// <summary>What one does about it; also the reason in the audit log.</summary>
    public required string Comment { get; init; }
}
