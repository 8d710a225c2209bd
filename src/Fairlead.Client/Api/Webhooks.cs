namespace Fairlead.Client.Api;

/// <summary>
/// A web service that is told of events: changes of models, versions, aliases, promotions, rollouts and endpoints, and
/// alerts. What is secret is never answered; left out in a later request it stays as it is.
/// </summary>
public sealed record WebhookRequest
{
    /// <summary>Where to; often secret itself, so no more than its host is answered.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// With it every message carries <c>X-Fairlead-Signature: v1=HEX</c>, the HMAC-SHA256 under this of the value of
    /// <c>X-Fairlead-Timestamp</c>, a full stop and the body. An empty text removes it.
    /// </summary>
    public string? Secret { get; init; }

    /// <summary>
    /// The events that it wants: a whole event (<c>alias.set</c>), those of a thing (<c>alias</c>), or <c>*</c>. None:
    /// those of alias, alert, endpoint, evaluation, model, promotion, rollout and version.
    /// </summary>
    public IReadOnlyList<string> Events { get; set; } = [];

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>A webhook with how it does.</summary>
public sealed record WebhookInfo
{
    public required string Name { get; init; }

    /// <summary>The host of its address.</summary>
    public string Target { get; set; } = "";

    /// <summary>Messages are signed.</summary>
    public bool HasSecret { get; init; }

    public IReadOnlyList<string> Events { get; set; } = [];

    /// <summary>Events on their way.</summary>
    public int Waiting { get; init; }

    /// <summary>Events of the last seven days that were given up.</summary>
    public int Dead { get; init; }

    /// <summary>Failures in a row; 0: the last attempt succeeded.</summary>
    public int Failures { get; init; }

    /// <summary>It is left in peace until then; null: it is not.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";
}

/// <summary>What became of a message to a webhook.</summary>
public sealed record WebhookDeliveryInfo
{
    public required long Id { get; init; }

    /// <summary>The value of <c>X-Fairlead-Delivery</c>, the same for every attempt.</summary>
    public required string Token { get; init; }

    /// <summary>Such as <c>alias.set</c>.</summary>
    public required string Event { get; init; }

    /// <summary><c>waiting</c>, <c>delivered</c> or <c>dead</c>.</summary>
    public required string Status { get; init; }

    public int Attempts { get; init; }

    /// <summary>What became of the last attempt.</summary>
    public string? Why { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What became of a message to try a webhook.</summary>
/// <param name="Delivered">It was taken.</param>
/// <param name="Why">In a sentence.</param>
public sealed record WebhookTestInfo(bool Delivered, string Why);
