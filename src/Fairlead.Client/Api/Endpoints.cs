using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>How requests of one variant are put together into batches.</summary>
public sealed record BatchingInfo
{
    /// <summary>Most rows of a batch; 1 switches batching off. Default 32, at most 4,096.</summary>
    public int MaxRows { get; set; } = 32;

    /// <summary>Longest wait of the oldest request for company. Default 0, at most 1 s.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan MaxDelay { get; init; }

    /// <summary>Row counts at which a batch leaves at once.</summary>
    public IReadOnlyList<int> PreferredRows { get; set; } = [];
}

/// <summary>The bounds of an endpoint.</summary>
public sealed record LimitsInfo
{
    /// <summary>Most requests in the endpoint at once. Default 1,024.</summary>
    public int MaxInFlight { get; set; } = 1024;

    /// <summary>Longest time to an answer. Default 30 s, 1 ms to 10 min.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// A variant as its owner writes it. Either a version or an alias is given; an alias is resolved when it is written.
/// </summary>
public sealed record VariantRequest
{
    public required string Name { get; init; }

    public required string Model { get; init; }

    public int? Version { get; init; }

    public string? Alias { get; init; }

    /// <summary>Share relative to the other weights; 0 keeps the variant loaded without traffic.</summary>
    public double Weight { get; set; } = 1;

    public BatchingInfo Batching { get; set; } = new();

    /// <summary>0: planned from the machine's cores.</summary>
    public int ThreadsPerRun { get; init; }

    /// <summary>0: the endpoint's bound.</summary>
    public int MaxInFlight { get; init; }
}

/// <summary>An endpoint as its owner writes it; the same members as a document of <c>kind: Endpoint</c>.</summary>
public sealed record PutEndpointRequest
{
    /// <summary><c>request</c>, <c>header:NAME</c> or <c>field:NAME</c>.</summary>
    public string Unit { get; set; } = "request";

    /// <summary>Answers requests without a unit; left out: the first variant.</summary>
    public string? Stable { get; init; }

    public LimitsInfo Limits { get; set; } = new();

    public required IReadOnlyList<VariantRequest> Variants { get; init; }

    /// <summary>
    /// The generation that this change starts from; 0: the endpoint must not exist; left out: whatever it is.
    /// </summary>
    public long? ExpectedGeneration { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>A variant as it stands.</summary>
public sealed record VariantInfo
{
    public required string Name { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    public double Weight { get; init; }

    /// <summary>The weight over the sum of the weights, 0 to 1.</summary>
    public double Share { get; init; }

    /// <summary>Share of the requests that it gets a copy of, while a rollout mirrors to it.</summary>
    public double Mirror { get; init; }

    /// <summary>The permanent number of the variant, which its prediction ids carry.</summary>
    public int Arm { get; init; }

    public BatchingInfo Batching { get; set; } = new();

    public int ThreadsPerRun { get; init; }

    public int MaxInFlight { get; init; }

    /// <summary>What an owner might not expect, such as <c>batching off: …</c>.</summary>
    public IReadOnlyList<string> Notes { get; set; } = [];
}

/// <summary>An endpoint as it stands.</summary>
public sealed record EndpointInfo
{
    public required string Name { get; init; }

    /// <summary>The permanent number of the endpoint, which its prediction ids carry.</summary>
    public int Number { get; init; }

    public string Unit { get; set; } = "request";

    public string Stable { get; set; } = "";

    public LimitsInfo Limits { get; set; } = new();

    public IReadOnlyList<VariantInfo> Variants { get; set; } = [];

    /// <summary>The generation that is wanted.</summary>
    public long Generation { get; init; }

    /// <summary>The generation that the answering replica serves; 0: none yet.</summary>
    public long ServingGeneration { get; init; }

    /// <summary>How far each replica is.</summary>
    public IReadOnlyList<PlacementInfo> Placements { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";
}

/// <summary>How far one replica is with an endpoint.</summary>
public sealed record PlacementInfo
{
    public required string Replica { get; init; }

    /// <summary>The generation that the state is about.</summary>
    public long Generation { get; init; }

    /// <summary>The generation that the replica serves; 0: none.</summary>
    public long ServingGeneration { get; init; }

    /// <summary><c>waiting</c> (nothing heard yet), <c>placing</c>, <c>serving</c> or <c>failed</c>.</summary>
    public string State { get; set; } = "waiting";

    /// <summary>For <c>failed</c>: the reason.</summary>
    public string? Why { get; init; }

    /// <summary>The replica has been heard of within its lease.</summary>
    public bool Live { get; init; }
}

/// <summary>One change in the life of an endpoint.</summary>
public sealed record EndpointHistoryEntry
{
    public long Generation { get; init; }

    public DateTimeOffset When { get; init; }

    public string Who { get; set; } = "";

    public string? Reason { get; init; }

    /// <summary><c>created</c>, <c>changed</c> or <c>deleted</c>.</summary>
    public string Change { get; set; } = "";

    /// <summary>The endpoint from then on; null once deleted.</summary>
    public EndpointInfo? Endpoint { get; init; }
}
