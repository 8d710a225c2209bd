namespace Fairlead.Client.Api;

/// <summary>Whom the server takes its caller for.</summary>
public sealed record CallerInfo
{
    /// <summary>The key's name; <c>local</c> while access control is off.</summary>
    public required string Name { get; init; }

    /// <summary><c>viewer</c>, <c>predictor</c>, <c>operator</c> or <c>admin</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The key's number; 0 while access control is off.</summary>
    public long KeyId { get; init; }

    /// <summary>Endpoints that the key is limited to; empty: all.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <summary>Models that the key is limited to; empty: all.</summary>
    public IReadOnlyList<string> Models { get; set; } = [];
}
