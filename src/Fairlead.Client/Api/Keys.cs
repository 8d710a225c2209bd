namespace Fairlead.Client.Api;

/// <summary>Makes an API key.</summary>
public sealed record CreateKeyRequest
{
    /// <summary>
    /// Says whose key it is, in lists and in the audit log. Unique among the keys that are not revoked.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>
    /// <c>viewer</c>, <c>predictor</c>, <c>operator</c> or <c>admin</c>; each includes those before it.
    /// </summary>
    public required string Role { get; init; }

    /// <summary>The key is refused from then on; left out: never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Endpoints that the key is limited to; empty: all.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <summary>Models that the key is limited to; empty: all.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];

    /// <summary>Most predictions a second; 0: no limit.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>What is known of a key; the key itself is not.</summary>
public sealed record KeyInfo
{
    public long Id { get; init; }

    public required string Name { get; init; }

    public required string Role { get; init; }

    public IReadOnlyList<string> Endpoints { get; set; } = [];

    public IReadOnlyList<string> Models { get; set; } = [];

    public double RequestsPerSecond { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public string State { get; set; } = "active";
}

/// <summary>A new key. <paramref name="Secret"/> is shown this once and kept nowhere.</summary>
public sealed record CreatedKey(KeyInfo Key, string Secret);
