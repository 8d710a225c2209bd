using System.Text.Json;

namespace Fairlead.Client.Api;

/// <summary>
/// A document of <c>kind: Endpoint</c> is a <see cref="PutEndpointRequest"/> with a name; one of <c>kind: Model</c>
/// is this: what is said about a model and where its aliases point. Aliases that are not named stay.
/// </summary>
public sealed record ModelDocument
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public IReadOnlyDictionary<string, int>? Aliases { get; init; }
}

/// <summary>What applying documents did, or would do.</summary>
public sealed record ApplyInfo(bool DryRun, IReadOnlyList<AppliedDocument> Documents);

/// <summary>What became of one document.</summary>
public sealed record AppliedDocument
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary><c>created</c>, <c>changed</c> or <c>unchanged</c>.</summary>
    public required string Outcome { get; init; }

    public IReadOnlyList<Difference> Differences { get; set; } = [];

    /// <summary>For an endpoint: its generation afterwards.</summary>
    public long? Generation { get; init; }
}

/// <summary>
/// One member that differs. <paramref name="Before"/> or <paramref name="After"/> is null where there is nothing.
/// </summary>
/// <param name="Path">Such as <c>variants[canary].weight</c>.</param>
public sealed record Difference(string Path, JsonElement? Before, JsonElement? After);
