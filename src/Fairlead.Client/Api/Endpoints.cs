using System.Text.Json;
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
/// What an arm answers: a version of a model, by number or by an alias that is resolved when it is written, or an
/// answer without a model (a control group).
/// </summary>
public abstract record ArmRequest
{
    /// <summary>The model; left out for an arm without one.</summary>
    public string? Model { get; init; }

    public int? Version { get; init; }

    public string? Alias { get; init; }

    /// <summary>
    /// For an arm without a model: <c>none</c> answers no outputs, <c>constant</c> the same values for every row,
    /// <c>rule</c> those of the first rule that holds for the row. Requests are read as by the stable version, and what
    /// that would refuse is refused.
    /// </summary>
    public string? Answer { get; init; }

    /// <summary>
    /// The values of a constant by the name of the output, each a number, a text, true or false; for rules the answer
    /// where none holds.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Outputs { get; init; }

    /// <summary>For <c>rule</c>: the rules, the first that holds wins.</summary>
    public IReadOnlyList<RuleInfo>? Rules { get; init; }

    public BatchingInfo Batching { get; set; } = new();

    /// <summary>0: planned from the machine's cores.</summary>
    public int ThreadsPerRun { get; init; }

    /// <summary>0: the endpoint's bound.</summary>
    public int MaxInFlight { get; init; }
}

/// <summary>One rule of an arm without a model.</summary>
public sealed record RuleInfo
{
    /// <summary>
    /// A condition over the row's fields, such as <c>amount &gt; 5000 and country in ("NL", "BE")</c>: comparisons
    /// <c>== != &lt; &lt;= &gt; &gt;=</c>, <c>in (…)</c>, <c>is missing</c>, joined by <c>and</c>, <c>or</c>,
    /// <c>not</c> and parentheses. A comparison with a missing value is false.
    /// </summary>
    public required string When { get; init; }

    /// <summary>What is answered then, by the name of the output; the same outputs in every rule.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Then { get; init; }
}

/// <summary>
/// The units that stay out of every rollout, and what answers them. Raising the share takes more units in; none leaves.
/// </summary>
public sealed record HoldoutRequest : ArmRequest
{
    /// <summary>Share of the units, such as <c>5%</c> or 0.05; above 0 and at most a half.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Share { get; init; }
}

/// <summary>By which outcome the endpoint's value is told.</summary>
public sealed record ValueInfo
{
    /// <summary>
    /// <c>outcome:NAME</c>, a conversion (0 or 1) or an amount, per unit; or <c>outcome:NAME/OTHER</c>, a ratio of two
    /// outcomes.
    /// </summary>
    public required string Metric { get; init; }

    /// <summary>The unit of the values, such as <c>EUR</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>How long an outcome takes; younger predictions do not enter, in any arm. At most 365 d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan LabelDelay { get; init; }

    /// <summary>
    /// Share of the units whose answers leave a record for the value, above 0 to 1: the same units always and in both
    /// groups alike. Default 1.
    /// </summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Sample { get; set; } = 1;
}

/// <summary>Which requests of an endpoint are recorded, what of them, and for how long.</summary>
public sealed record LogInfo
{
    /// <summary>Share of the units (of the requests where there is no unit), such as <c>10%</c>; default all.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Share { get; set; } = 1;

    /// <summary>
    /// Fields of which only is kept whether they were there: names of inputs, outputs and their columns, or
    /// <c>unit</c>.
    /// </summary>
    public IReadOnlyList<string> Redact { get; set; } = [];

    /// <summary>Fields that are kept as hashes under a key of this installation.</summary>
    public IReadOnlyList<string> Hash { get; set; } = [];

    /// <summary>Fields that are not kept.</summary>
    public IReadOnlyList<string> Omit { get; set; } = [];

    /// <summary>How long records are kept. Default 30 d, 1 h to 3,650 d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// The field by whose value a person's records are found when they shall be forgotten, or <c>unit</c>; left out:
    /// nobody's can be.
    /// </summary>
    public string? Subject { get; init; }
}

/// <summary>A variant as its owner writes it.</summary>
public sealed record VariantRequest : ArmRequest
{
    public required string Name { get; init; }

    /// <summary>Share relative to the other weights; 0 keeps the variant loaded without traffic.</summary>
    public double Weight { get; set; } = 1;
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

    /// <summary>The units that stay out of every rollout; left out: none.</summary>
    public HoldoutRequest? Holdout { get; init; }

    /// <summary>By which outcome the endpoint's value is told; left out: as the question says.</summary>
    public ValueInfo? Value { get; init; }

    /// <summary>Statistics of what is asked and answered are kept, minute by minute.</summary>
    public bool Windows { get; set; } = true;

    /// <summary>Which requests are recorded; left out: none.</summary>
    public LogInfo? Log { get; init; }

    /// <summary>What the inputs may be; left out: anything that the model takes.</summary>
    public SchemaInfo? Schema { get; init; }

    /// <summary>By which keys versions must be signed; left out: they need not be.</summary>
    public SignatureDemand? Signature { get; init; }

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

    /// <summary>The model; null for a variant without one.</summary>
    public string? Model { get; init; }

    /// <summary>The version; null for a variant without a model.</summary>
    public int? Version { get; init; }

    /// <summary><c>none</c>, <c>constant</c> or <c>rule</c> for a variant without a model; else null.</summary>
    public string? Answer { get; init; }

    /// <summary>The values of a constant; for rules the answer where none holds.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Outputs { get; init; }

    /// <summary>The rules, the first that holds wins.</summary>
    public IReadOnlyList<RuleInfo>? Rules { get; init; }

    public double Weight { get; init; }

    /// <summary>
    /// The share of the units, 0 to 1: of a variant its weight over the sum of the weights, within what a holdout
    /// leaves; of the holdout its own.
    /// </summary>
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

    /// <summary>The variant as its owner would write it.</summary>
    public VariantRequest AsRequest() => new()
    {
        Name = Name,
        Model = Model,
        Version = Version,
        Answer = Answer,
        Outputs = Outputs,
        Rules = Rules,
        Weight = Weight,
        Batching = Batching,
        ThreadsPerRun = ThreadsPerRun,
        MaxInFlight = MaxInFlight,
    };

    /// <summary>The holdout as its owner would write it.</summary>
    public HoldoutRequest AsHoldoutRequest() => new()
    {
        Share = Share,
        Model = Model,
        Version = Version,
        Answer = Answer,
        Outputs = Outputs,
        Rules = Rules,
        Batching = Batching,
        ThreadsPerRun = ThreadsPerRun,
        MaxInFlight = MaxInFlight,
    };
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

    /// <summary>The units that stay out of every rollout, and what answers them; null: none.</summary>
    public VariantInfo? Holdout { get; init; }

    /// <summary>By which outcome the endpoint's value is told; null: not declared.</summary>
    public ValueInfo? Value { get; init; }

    /// <summary>Statistics of what is asked and answered are kept, minute by minute.</summary>
    public bool Windows { get; set; } = true;

    /// <summary>Which requests are recorded; null: none.</summary>
    public LogInfo? Log { get; init; }

    /// <summary>What the inputs may be; null: anything that the model takes.</summary>
    public SchemaInfo? Schema { get; init; }

    /// <summary>By which keys versions must be signed; null: they need not be.</summary>
    public SignatureDemand? Signature { get; init; }

    /// <summary>
    /// Rows that broke the schema on the answering replica since it serves the schema; where one endpoint is asked for.
    /// </summary>
    public IReadOnlyList<SchemaCountInfo> SchemaFaults { get; set; } = [];

    /// <summary>The generation that is wanted.</summary>
    public long Generation { get; init; }

    /// <summary>The generation that the answering replica serves; 0: none yet.</summary>
    public long ServingGeneration { get; init; }

    /// <summary>How far each replica is.</summary>
    public IReadOnlyList<PlacementInfo> Placements { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";

    /// <summary>The endpoint as its owner would write it: what is sent to change a part of it.</summary>
    public PutEndpointRequest AsRequest() => new()
    {
        Unit = Unit,
        Stable = Stable,
        Limits = Limits,
        Variants = [.. Variants.Select(variant => variant.AsRequest())],
        Holdout = Holdout?.AsHoldoutRequest(),
        Value = Value,
        Windows = Windows,
        Log = Log,
        Schema = Schema,
    };
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
