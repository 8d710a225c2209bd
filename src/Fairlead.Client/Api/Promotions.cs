using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// What versions of a model must show before an alias moves to one of them; a document of <c>kind:
/// PromotionPolicy</c> is this with the model.
/// </summary>
public sealed record PromotionPolicyRequest
{
    /// <summary>Aliases that move in no other way.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = ["champion"];

    /// <summary>Stages that are entered and left in no other way.</summary>
    public IReadOnlyList<string> Stages { get; set; } = [];

    public IReadOnlyList<PromotionCheckRequest> Checks { get; set; } = [];

    /// <summary>Whose word is needed; left out: nobody's.</summary>
    public PromotionApprovalsRequest? Approvals { get; init; }

    /// <summary>A rollout may move the aliases too.</summary>
    public bool AllowRollouts { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Whose word a promotion needs.</summary>
public sealed record PromotionApprovalsRequest
{
    /// <summary>So many different people.</summary>
    public int Count { get; set; } = 1;

    /// <summary>The least role of their keys: <c>operator</c> or <c>admin</c>.</summary>
    public string Role { get; set; } = "operator";

    /// <summary>Who asked does not count.</summary>
    public bool NotByAuthor { get; init; }

    /// <summary>How long they have.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Within { get; set; } = TimeSpan.FromDays(7);
}

/// <summary>
/// A check of a policy. <c>metric</c> with <c>atLeast</c> or <c>atMost</c> holds a figure of an evaluation against a
/// limit, with <c>margin</c> against the present version on the same rows; each other member is a check of its own.
/// </summary>
public sealed record PromotionCheckRequest
{
    public required string Name { get; init; }

    /// <summary>The figure of an evaluation, such as <c>auc</c>.</summary>
    public string? Metric { get; init; }

    public double? AtLeast { get; init; }

    public double? AtMost { get; init; }

    /// <summary>How much worse than the present version still counts as equal; a negative one demands a gain.</summary>
    public double? Margin { get; init; }

    /// <summary>One-sided error rate of a comparison.</summary>
    public double Alpha { get; set; } = 0.05;

    /// <summary>The registered dataset whose evaluation is looked at, as <c>NAME/VERSION</c>.</summary>
    public string? Dataset { get; init; }

    /// <summary>Rows below which nothing is said.</summary>
    public long MinimumRows { get; set; } = 100;

    /// <summary>It must hold in every segment that has enough rows too.</summary>
    public bool BySegment { get; init; }

    /// <summary>The data of the evaluation against the schema of endpoints.</summary>
    public EndpointsCheckRequest? Data { get; init; }

    /// <summary>Callers of endpoints can go on as they do.</summary>
    public EndpointsCheckRequest? Signature { get; init; }

    /// <summary>Times of single rows, in milliseconds.</summary>
    public LatencyCheckRequest? Latency { get; init; }

    public SizeCheckRequest? Size { get; init; }

    public CardCheckRequest? Card { get; init; }

    /// <summary>Evaluated and shown, but decides nothing.</summary>
    public bool DryRun { get; init; }
}

/// <summary>The endpoints that a check is about; none: those that serve the present version.</summary>
public sealed record EndpointsCheckRequest
{
    public IReadOnlyList<string> Endpoints { get; set; } = [];
}

/// <summary>A budget of time; one of the quantiles.</summary>
public sealed record LatencyCheckRequest
{
    public double? P50 { get; init; }

    public double? P95 { get; init; }

    public double? P99 { get; init; }
}

/// <summary>Budgets in bytes.</summary>
public sealed record SizeCheckRequest
{
    /// <summary>All files together.</summary>
    public long? Files { get; init; }

    /// <summary>What loading the version takes.</summary>
    public long? Memory { get; init; }
}

/// <summary>How much must have been written about a version.</summary>
public sealed record CardCheckRequest
{
    public int Characters { get; set; } = 1;
}

/// <summary>A policy as it stands.</summary>
public sealed record PromotionPolicyInfo
{
    public required string Model { get; init; }

    public required PromotionPolicyRequest Policy { get; init; }

    /// <summary>Each check in words.</summary>
    public IReadOnlyList<string> Rules { get; set; } = [];

    public DateTimeOffset ChangedAt { get; init; }

    public string ChangedBy { get; set; } = "";
}

/// <summary>Asks for a version to be promoted.</summary>
public sealed record PromotionRequest
{
    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary>The alias to move; or a stage.</summary>
    public string? Alias { get; init; }

    /// <summary>The stage to move to, such as <c>Production</c>; or an alias.</summary>
    public string? Stage { get; init; }

    /// <summary>For the audit log, and for those who are asked.</summary>
    public string? Reason { get; init; }
}

/// <summary>Says yes or no to a promotion.</summary>
public sealed record PromotionDecisionRequest
{
    /// <summary>Why; a no needs one.</summary>
    public string? Reason { get; init; }
}

/// <summary>A promotion, with every check and its figures.</summary>
public sealed record PromotionInfo
{
    /// <summary>0 for what was only tried.</summary>
    public required long Id { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary>What is moved: <c>@champion</c>, or <c>stage Production</c>.</summary>
    public required string Target { get; init; }

    /// <summary>The version that it points to before; null: none.</summary>
    public int? From { get; init; }

    /// <summary><c>open</c>, <c>moved</c>, <c>failed</c>, <c>declined</c>, <c>expired</c>, <c>superseded</c>; of what
    /// was only tried <c>passes</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>SHA-256 of the version's manifest: only approvals of it count.</summary>
    public string Digest { get; set; } = "";

    public IReadOnlyList<PromotionCheckInfo> Checks { get; set; } = [];

    /// <summary>Who approved it so far.</summary>
    public IReadOnlyList<string> Approvals { get; set; } = [];

    /// <summary>How many people must approve.</summary>
    public int Needed { get; init; }

    /// <summary>The least role of their keys.</summary>
    public string NeededRole { get; set; } = "";

    public string Author { get; set; } = "";

    public string? Reason { get; init; }

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    public string? Why { get; init; }
}

/// <summary>What a check of a promotion found.</summary>
public sealed record PromotionCheckInfo : CheckFigures
{
    public required string Name { get; init; }

    /// <summary>The rule in words.</summary>
    public string Rule { get; set; } = "";

    public bool DryRun { get; init; }

    /// <summary><c>pass</c>, <c>inconclusive</c>, <c>fail</c> or <c>error</c>.</summary>
    public string Verdict { get; set; } = "";

    /// <summary>The verdict in a sentence with its numbers.</summary>
    public string Why { get; set; } = "";
}

/// <summary>Which promotions to list.</summary>
public sealed record PromotionFilter
{
    public string? Model { get; init; }

    /// <summary>Also those that are decided.</summary>
    public bool All { get; init; }
}
