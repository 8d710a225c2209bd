using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// A version that shall become the endpoint's stable one. Either a version or an alias is given; an alias is resolved
/// when the rollout starts.
/// </summary>
public sealed record CandidateRequest
{
    /// <summary>
    /// The name of its arm; left out: <c>candidate</c>, or <c>candidate-N</c> where there are several.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>Left out: the model of the endpoint's stable version.</summary>
    public string? Model { get; init; }

    public int? Version { get; init; }

    public string? Alias { get; init; }

    /// <summary>Left out: as stable's.</summary>
    public BatchingInfo? Batching { get; init; }

    /// <summary>Left out: as stable's.</summary>
    public int? ThreadsPerRun { get; init; }

    /// <summary>Left out: as stable's.</summary>
    public int? MaxInFlight { get; init; }
}

/// <summary>What a named strategy is made from.</summary>
public sealed record StrategyRequest
{
    /// <summary>The checks that let it go forward.</summary>
    public IReadOnlyList<CheckRequest> Checks { get; set; } = [];

    /// <summary>The rungs of a ladder, or the one share of a slice; left out: the strategy's own.</summary>
    [JsonConverter(typeof(SharesJsonConverter))]
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Time on each rung, at least. Default 10 min.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Longest time on each rung; left out: for ever.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Within { get; init; }

    /// <summary>A concurrent control cohort on every rung.</summary>
    public bool Control { get; init; }

    /// <summary>Somebody must approve before everything is switched.</summary>
    public bool Approve { get; init; }

    /// <summary>For the strategy <c>bandit</c>.</summary>
    public AdaptStepRequest? Adapt { get; init; }
}

/// <summary>A time in which nothing moves forward: weekly, or once between two instants.</summary>
public sealed record FreezeRequest
{
    /// <summary>Begin of a weekly freeze, such as <c>Fri 16:00</c>.</summary>
    public string? FromWeekly { get; init; }

    /// <summary>End of a weekly freeze, such as <c>Mon 08:00</c>.</summary>
    public string? ToWeekly { get; init; }

    /// <summary>IANA name of the time zone of a weekly freeze. Default <c>UTC</c>.</summary>
    public string Zone { get; set; } = "UTC";

    /// <summary>Begin of a freeze that happens once.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>End of a freeze that happens once.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>
/// A rollout as its author writes it; the same members as a document of <c>kind: Rollout</c>. Either a strategy or
/// steps are given.
/// </summary>
public sealed record RolloutRequest
{
    /// <summary>The endpoint that is moved.</summary>
    public required string Endpoint { get; init; }

    /// <summary>One version, or several; none for the strategy <c>control</c>.</summary>
    public IReadOnlyList<CandidateRequest> Candidates { get; set; } = [];

    /// <summary><c>all-at-once</c>, <c>blue-green</c>, <c>canary</c>, <c>shadow</c>, <c>ab</c>,
    /// <c>champion-challenger</c>, <c>bandit</c>, <c>control</c> or <c>conservative</c>.</summary>
    public string? Strategy { get; init; }

    /// <summary>What the strategy is made from.</summary>
    public StrategyRequest? Options { get; init; }

    /// <summary>
    /// For the strategy <c>control</c>: the units that are held out, this time and of every later rollout, and what
    /// answers them. It becomes the endpoint's <c>holdout</c>.
    /// </summary>
    public HoldoutRequest? Holdout { get; init; }

    /// <summary>The steps, walked in order.</summary>
    public IReadOnlyList<StepRequest>? Steps { get; init; }

    /// <summary>
    /// Checks that are armed from the first request to the end of the bake. Left out: the error rate is no worse by 0.2
    /// percentage points and p95 of the compute time no worse by 50 %. An empty list: none.
    /// </summary>
    public IReadOnlyList<CheckRequest>? Guards { get; init; }

    /// <summary>Observed time with everything on the winner before it becomes stable. Default 0.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Bake { get; init; }

    /// <summary>How long the version before stays loaded afterwards. Default 0.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan KeepWarm { get; init; }

    /// <summary>Time between two looks at armed checks. Default 2 s, 100 ms to 20 s.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan LookEvery { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest time until every replica follows a change. Default 10 min.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan ProgressDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Times in which nothing moves forward.</summary>
    public IReadOnlyList<FreezeRequest> Freezes { get; set; } = [];

    /// <summary>An alias of the candidates' model that moves to the winner.</summary>
    public string? Alias { get; init; }

    /// <summary>
    /// What becomes of a win: <c>automatic</c> promotes it, <c>propose</c> asks people first, with the traffic of the
    /// last step meanwhile. Left out: automatic.
    /// </summary>
    public string? Promote { get; init; }

    /// <summary>For <c>promote: propose</c>: who must approve, and by when.</summary>
    public ProposalRequest? Proposal { get; init; }

    /// <summary>Where the endpoint has an active rollout already, that one is aborted first.</summary>
    public bool Supersede { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>Who must approve a proposal, and by when.</summary>
public sealed record ProposalRequest
{
    /// <summary>
    /// When a proposal expires, from the moment that it is made; the rollout is paused then, and resuming it proposes
    /// anew. Default 7 d.
    /// </summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Within { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How many different people must approve, 1 to 10. Default 1.</summary>
    public int Count { get; set; } = 1;

    /// <summary>Who started the rollout does not count. Needs access control.</summary>
    public bool NotByAuthor { get; init; }
}

/// <summary>What somebody does to a rollout: pause, resume, approve, decline, skip, promote or abort.</summary>
public sealed record RolloutCommandRequest
{
    /// <summary>For <c>promote</c>: which candidate, where several are left.</summary>
    public string? Candidate { get; init; }

    /// <summary>For <c>approve</c>: the digest that was looked at; refused when the step waits for another.</summary>
    public string? Digest { get; init; }

    /// <summary>For the audit log; demanded by <c>decline</c>, <c>skip</c> and <c>promote</c>.</summary>
    public string? Reason { get; init; }
}

/// <summary>A plan compiled: what will happen, in order.</summary>
public sealed record RolloutPlanInfo
{
    public required string Endpoint { get; init; }

    /// <summary>The version that is stable before, such as <c>credit/1</c>.</summary>
    public required string StableVersion { get; init; }

    /// <summary>Its arm.</summary>
    public string Stable { get; set; } = "";

    public string Strategy { get; set; } = "";

    public string Author { get; set; } = "";

    public IReadOnlyList<CandidateInfo> Candidates { get; set; } = [];

    public IReadOnlyList<RolloutStepInfo> Steps { get; set; } = [];

    /// <summary>The guards, one sentence each.</summary>
    public IReadOnlyList<string> Guards { get; set; } = [];

    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Bake { get; init; }

    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan KeepWarm { get; init; }

    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan ProgressDeadline { get; init; }

    public string? Alias { get; init; }

    /// <summary>The plan as it was written.</summary>
    public RolloutRequest? Written { get; init; }

    /// <summary>
    /// Of a plan that is only tried: what its checks can tell at the endpoint's traffic of the last hour.
    /// </summary>
    public IReadOnlyList<CheckOutlookInfo> Outlook { get; set; } = [];
}

/// <summary>What a check of a plan can tell, and when; every request counts as a unit.</summary>
/// <param name="Check">Its name.</param>
/// <param name="Step">The step that it belongs to, counted from 1; null: a guard.</param>
/// <param name="Share">The candidate's share of the traffic meanwhile, 0 to 1.</param>
/// <param name="Units">Units of the candidate that it plans with.</param>
/// <param name="Seconds">Time until they are there; null: nothing is asked.</param>
/// <param name="Power">The chance with which the difference is told, such as 0.8.</param>
/// <param name="Deviations">
/// The distance from its margin that is told, in standard deviations of one unit; null: it compares nothing.
/// </param>
/// <param name="Difference">The same in the metric's unit; null: the present spread is not known.</param>
/// <param name="Text">All of it in a sentence.</param>
public sealed record CheckOutlookInfo(
    string Check, int? Step, double Share, long Units, double? Seconds, double Power, double? Deviations,
    double? Difference, string Text);

/// <summary>A candidate as it stands.</summary>
/// <param name="Name">Its arm.</param>
/// <param name="Version">Such as <c>credit/2</c>.</param>
/// <param name="Digest">SHA-256 of its manifest.</param>
/// <param name="DroppedBecause">Why it was given up; null while it was not.</param>
public sealed record CandidateInfo(string Name, string Version, string Digest, string? DroppedBecause = null);

/// <summary>A step as it stands.</summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Text">What it does, in words.</param>
/// <param name="State"><c>done</c>, <c>current</c>, <c>to come</c> or <c>left out</c>.</param>
/// <param name="Checks">The rules of its checks, one sentence each.</param>
public sealed record RolloutStepInfo(int Number, string Text, string State, IReadOnlyList<string> Checks);

/// <summary>One arm's part of the traffic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role"><c>stable</c>, <c>candidate</c>, <c>control</c>, <c>previous</c> or <c>returned</c>.</param>
/// <param name="Version">What answers.</param>
/// <param name="Weight">Share of the units, 0 to 1.</param>
/// <param name="Mirror">Share of the requests that it gets a copy of.</param>
public sealed record RolloutArmInfo(string Name, string Role, string Version, double Weight, double Mirror);

/// <summary>Somebody's approval of a step.</summary>
/// <param name="Who">Who.</param>
/// <param name="At">When.</param>
/// <param name="Step">Counted from 1.</param>
/// <param name="Digest">What was approved.</param>
/// <param name="ExpiresAt">When it stops counting.</param>
public sealed record RolloutApprovalInfo(
    string Who, DateTimeOffset At, int Step, string Digest, DateTimeOffset ExpiresAt);

/// <summary>A rollout as it stands.</summary>
public sealed record RolloutInfo
{
    public required long Id { get; init; }

    public required string Endpoint { get; init; }

    /// <summary><c>running</c>, <c>paused</c>, <c>baking</c>, <c>keeping warm</c>, <c>succeeded</c> or
    /// <c>rolled back</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Why it waits or ended; null while there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The present step, counted from 1; 0: before the first one.</summary>
    public int Step { get; init; }

    /// <summary>How often the present step was begun.</summary>
    public int Attempt { get; init; }

    public RolloutPlanInfo? Plan { get; init; }

    /// <summary>The traffic that is wanted.</summary>
    public IReadOnlyList<RolloutArmInfo> Arms { get; set; } = [];

    /// <summary>The endpoint's generation with that traffic.</summary>
    public long Generation { get; init; }

    /// <summary>Every live replica follows it.</summary>
    public bool Followed { get; init; }

    public IReadOnlyList<RolloutCheckInfo> Checks { get; set; } = [];

    public IReadOnlyList<RolloutApprovalInfo> Approvals { get; set; } = [];

    /// <summary>The newest proposal to promote the winner; null where none was made.</summary>
    public ProposalInfo? Proposal { get; init; }

    /// <summary>The candidate that goes on; null until it is known.</summary>
    public string? Winner { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the present step began to count.</summary>
    public DateTimeOffset StepAt { get; init; }

    /// <summary>Time of the present step in which somebody watched.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Observed { get; init; }

    /// <summary>A change forward waits for a freeze that ends then.</summary>
    public DateTimeOffset? FrozenUntil { get; init; }

    public string Author { get; set; } = "";

    /// <summary>Grows with every write.</summary>
    public long Revision { get; init; }
}

/// <summary>Something that happened in a rollout.</summary>
public sealed record RolloutEventInfo
{
    public required long Id { get; init; }

    public DateTimeOffset When { get; init; }

    /// <summary>Such as <c>step began</c>, <c>routed</c>, <c>verdict</c>, <c>rolled back</c>.</summary>
    public required string Kind { get; init; }

    public string Text { get; set; } = "";

    public string Who { get; set; } = "";

    public string? Reason { get; init; }

    /// <summary>The step at which it happened, counted from 1; 0: before the first one.</summary>
    public int Step { get; init; }

    public long Generation { get; init; }
}

/// <summary>Which rollouts to list.</summary>
public sealed record RolloutFilter
{
    public string? Endpoint { get; init; }

    /// <summary>Only those that are not over.</summary>
    public bool Active { get; init; }
}
