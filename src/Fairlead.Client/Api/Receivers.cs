using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// Whom alerts are told to, and when: exactly one of <see cref="Webhook"/>, <see cref="Slack"/> and
/// <see cref="Email"/>. A document of <c>kind: Receiver</c> is this with a name. What is secret is never answered; left
/// out in a later request it stays as it is, and an empty text removes it.
/// </summary>
public sealed record ReceiverRequest
{
    /// <summary>Labels whose values alerts must share to be told together.</summary>
    public IReadOnlyList<string> GroupBy { get; set; } = ["monitor", "endpoint"];

    /// <summary>How long a change waits for others to go with it, 0 to 1 h.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan GroupWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The least time between two messages about a group, 10 s to 12 h.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan GroupInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>After how long it is said again that something fires, at most 30 d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan RepeatInterval { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Whether the end of an alert is told too.</summary>
    public bool SendResolved { get; set; } = true;

    public WebhookReceiver? Webhook { get; init; }

    public SlackReceiver? Slack { get; init; }

    public EmailReceiver? Email { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>A web service that takes messages in the form of Alertmanager's webhooks, version 4.</summary>
public sealed record WebhookReceiver
{
    /// <summary>Where to; often secret itself, so no more than its host is answered.</summary>
    public string? Url { get; init; }

    /// <summary>
    /// With it every message carries <c>X-Fairlead-Signature: v1=HEX</c>, the HMAC-SHA256 under this of the value of
    /// <c>X-Fairlead-Timestamp</c>, a full stop and the body.
    /// </summary>
    public string? Secret { get; init; }
}

/// <summary>A channel of Slack, or of a service that takes the same messages.</summary>
public sealed record SlackReceiver
{
    /// <summary>The address of the incoming webhook; secret, so no more than its host is answered.</summary>
    public string? Url { get; init; }
}

/// <summary>Mail by a server that takes it by SMTP.</summary>
public sealed record EmailReceiver
{
    public required string Host { get; init; }

    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c>, <c>tls</c> from the first byte, or <c>none</c>.</summary>
    public string Security { get; set; } = "starttls";

    public string? Username { get; init; }

    /// <summary>Secret.</summary>
    public string? Password { get; init; }

    public required string From { get; init; }

    public IReadOnlyList<string> To { get; set; } = [];
}

/// <summary>A receiver without what is secret: of addresses the host is told, of secrets whether there is one.
/// </summary>
public sealed record ReceiverInfo
{
    public required string Name { get; init; }

    /// <summary><c>webhook</c>, <c>slack</c> or <c>email</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Where it leads, in a line.</summary>
    public required string Target { get; init; }

    /// <summary>Whether it signs (webhook) or has a password (email).</summary>
    public bool HasSecret { get; init; }

    public required ReceiverRequest Settings { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";
}

/// <summary>What became of a message that was sent to try a receiver.</summary>
/// <param name="IsDelivered">Whether the receiver took it.</param>
/// <param name="Why">What became of it, in a sentence.</param>
public sealed record ReceiverTest(bool IsDelivered, string Why);
