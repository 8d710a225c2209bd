using System.Text.Json.Serialization;

namespace Fairlead.Client.Api;

/// <summary>
/// A standing check of an endpoint, as its owner writes it; a document of <c>kind: Monitor</c> is this with a name.
/// Exactly one of the sections says what it looks at.
/// </summary>
public sealed record MonitorRequest
{
    public required string Endpoint { get; init; }

    /// <summary>Time from look to look; 10 s to 1 d.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Every { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Only this variant; left out: each by itself.</summary>
    public string? Variant { get; init; }

    /// <summary>Why it is there.</summary>
    public string Description { get; set; } = "";

    /// <summary>What becomes of what it finds.</summary>
    public MonitorAlertRequest Alert { get; set; } = new();

    public DriftWatchRequest? Drift { get; init; }

    public QualityWatchRequest? Quality { get; init; }

    public QualityWatchRequest? Estimate { get; init; }

    public ConceptWatchRequest? Concept { get; init; }

    public ServiceWatchRequest? Service { get; init; }

    public ObjectiveWatchRequest? Objective { get; init; }

    public SeriesWatchRequest? Series { get; init; }

    public SchemaWatchRequest? Schema { get; init; }
}

/// <summary>How a monitor's alerts live and whom they are told to.</summary>
public sealed record MonitorAlertRequest
{
    /// <summary><c>page</c>, <c>ticket</c> or <c>info</c>.</summary>
    public string Severity { get; set; } = "ticket";

    /// <summary>How long what is wrong must hold before it is told.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan For { get; set; }

    /// <summary>How long it must be gone before it is over.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan KeepFiringFor { get; set; }

    /// <summary>Further labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>Names of receivers.</summary>
    public IReadOnlyList<string> Notify { get; set; } = [];
}

/// <summary>Between what a figure must lie; a side that is left out is free.</summary>
public sealed record LimitRequest
{
    public double? Min { get; init; }

    public double? Max { get; init; }
}

/// <summary>Inputs and outputs, column by column, against a reference.</summary>
public sealed record DriftWatchRequest
{
    /// <summary>What they are held against: <c>rolling:7d</c> (the time before what is looked at), <c>training</c>
    /// (what the version learnt from), or <c>dataset:NAME/VERSION</c>.</summary>
    public string Reference { get; set; } = "rolling:7d";

    /// <summary>How many false alarms in 30 days are put up with, over all columns.</summary>
    public double FalseAlarms { get; set; } = 1;

    /// <summary>Fewer values on either side are insufficient data.</summary>
    public long MinimumRows { get; set; } = 100;

    /// <summary>Only these columns; empty: all.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>Methods by column, such as <c>population_stability</c>; a column that is not named gets the one that
    /// suits its values.</summary>
    public IReadOnlyDictionary<string, string> Methods { get; set; } = new Dictionary<string, string>();

    /// <summary>Sizes that matter by column, in the unit of its method.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; set; } = new Dictionary<string, double>();

    /// <summary>All columns together, row by row, beside each by itself; left out: they are not.</summary>
    public RowDriftRequest? Together { get; init; }
}

/// <summary>The numbers of requests, all columns together, against those of the time before.</summary>
public sealed record RowDriftRequest
{
    /// <summary><c>domain_classifier</c>, <c>reconstruction</c>, <c>mmd</c> or <c>energy</c>; left out: the
    /// first.</summary>
    public string? Method { get; init; }

    /// <summary>The size that matters, in the unit of the method.</summary>
    public double? Threshold { get; init; }

    /// <summary>How far back the rows lie that are looked at.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How long the time before that is whose rows they are held against.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Past { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Share of the units whose rows are kept for it.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Sample { get; set; } = 1;
}

/// <summary>How good answers are: by their outcomes, or as can be expected without them.</summary>
public sealed record QualityWatchRequest
{
    /// <summary>The outcome, which has the name of the output that it is held against.</summary>
    public required string Outcome { get; init; }

    /// <summary><c>classification</c>, <c>regression</c> or <c>ranking</c>.</summary>
    public string Task { get; set; } = "classification";

    /// <summary>The figure, such as <c>auc</c>, <c>recall</c>, <c>mae</c>, <c>ndcg</c>, <c>recall_at</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>The class that counts as positive.</summary>
    public string? Positive { get; init; }

    /// <summary>The output that holds the positive class's probability, or the score, such as
    /// <c>probabilities[1]</c>.</summary>
    public string? Score { get; init; }

    /// <summary>The class of each element of the output that <see cref="Score"/> then names: figures of many classes
    /// (<c>auc</c>, <c>auc_weighted</c>, <c>log_loss</c>).</summary>
    public IReadOnlyList<string> Classes { get; set; } = [];

    /// <summary>What the figure must keep.</summary>
    public LimitRequest? Limit { get; init; }

    /// <summary>The most that it may be worse than the version's own evaluation.</summary>
    public double? Drop { get; init; }

    /// <summary>The name of the figure among the version's own; left out: that of the metric.</summary>
    public string? Evaluation { get; init; }

    /// <summary>The input by whose values it is told too; of outcomes only.</summary>
    public string? By { get; init; }

    /// <summary>How far back the predictions lie that are looked at.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long an outcome takes: younger predictions do not enter.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan LabelDelay { get; set; }

    /// <summary>Of estimates: how far back the labelled predictions lie that are learnt from.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Reference { get; init; }

    /// <summary>Fewer rows are insufficient data.</summary>
    public long MinimumRows { get; set; } = 200;

    /// <summary>How many false alarms in 30 days are put up with.</summary>
    public double FalseAlarms { get; set; } = 1;

    /// <summary>Share of the units whose predictions are kept for it.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double Sample { get; set; } = 1;

    /// <summary>Of rankings: places that count.</summary>
    public int Places { get; set; } = 10;
}

/// <summary>Outcomes one by one, in the order of their coming.</summary>
public sealed record ConceptWatchRequest
{
    public required string Outcome { get; init; }

    /// <summary><c>error</c> (the label is not the predicted one), <c>absolute_error</c> or <c>value</c>.</summary>
    public string Signal { get; set; } = "error";

    /// <summary><c>adwin</c>, <c>ddm</c>, <c>eddm</c>, <c>hddm_a</c>, <c>hddm_w</c>, <c>page_hinkley</c>,
    /// <c>kswin</c>, <c>cusum</c> or <c>ewma</c>.</summary>
    public string Detector { get; set; } = "adwin";

    /// <summary>How long a detection is told as the case.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Hold { get; set; } = TimeSpan.FromHours(1);
}

/// <summary>How an endpoint answers.</summary>
public sealed record ServiceWatchRequest
{
    /// <summary><c>error_rate</c>, <c>latency:p95</c> (s), <c>compute:p95</c> (s a row) or <c>traffic</c> (requests a
    /// second).</summary>
    public required string Metric { get; init; }

    public required LimitRequest Limit { get; init; }

    /// <summary>How far back is looked.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Fewer requests are insufficient data.</summary>
    public long MinimumRequests { get; set; } = 50;
}

/// <summary>A service level objective.</summary>
public sealed record ObjectiveWatchRequest
{
    /// <summary>The share of requests that must be answered, such as <c>99.9%</c>.</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public required double Objective { get; init; }

    /// <summary>The time over which it must be.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Period { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>A figure of the business.</summary>
public sealed record SeriesWatchRequest
{
    /// <summary>The name of a series that callers post, or <c>outcome:NAME</c>.</summary>
    public required string Series { get; init; }

    /// <summary><c>same_hours</c>, <c>same_hours_of_week</c>, <c>forecast</c> or <c>limit</c>.</summary>
    public string Rule { get; set; } = "same_hours_of_week";

    /// <summary>What is made of the values of a step: <c>sum</c>, <c>mean</c> or <c>count</c>.</summary>
    public string Total { get; set; } = "sum";

    /// <summary>The length of a step.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Step { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How far back the history counts.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan History { get; set; } = TimeSpan.FromDays(28);

    /// <summary>How many deviations wide the bounds are.</summary>
    public double Deviations { get; set; } = 4;

    /// <summary>For a fixed limit.</summary>
    public LimitRequest? Limit { get; init; }

    /// <summary>Only this side is an alarm: <c>high</c> or <c>low</c>; left out: both.</summary>
    public string? Only { get; init; }

    /// <summary>How long after its end a step is complete.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Delay { get; set; }

    /// <summary>Hours from UTC of the zone whose hours and days count.</summary>
    public double UtcOffset { get; set; }
}

/// <summary>The rows that break the endpoint's schema, column by column and rule by rule.</summary>
public sealed record SchemaWatchRequest
{
    /// <summary>The share of rows that may break a rule, such as <c>1%</c>; left out: what the schema says of each
    /// column (<c>maxMissingShare</c>, <c>maxFaultyShare</c>).</summary>
    [JsonConverter(typeof(ShareJsonConverter))]
    public double? Limit { get; init; }

    /// <summary>Only these columns; empty: all of the schema.</summary>
    public IReadOnlyList<string> Columns { get; set; } = [];

    /// <summary>How far back is looked.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>What distances that the schema sets are taken from: <c>training</c>, <c>rolling:7d</c> or
    /// <c>dataset:NAME/VERSION</c>.</summary>
    public string Reference { get; set; } = "training";

    /// <summary>Fewer rows are insufficient data.</summary>
    public long MinimumRows { get; set; } = 100;

    /// <summary>How many false alarms in 30 days are put up with, over all rules.</summary>
    public double FalseAlarms { get; set; } = 1;
}

/// <summary>A monitor with what it found last.</summary>
public sealed record MonitorInfo
{
    public required string Name { get; init; }

    public required string Endpoint { get; init; }

    /// <summary>What it looks at: <c>drift</c>, <c>quality</c>, <c>estimate</c>, <c>concept</c>, <c>service</c>,
    /// <c>objective</c>, <c>series</c> or <c>schema</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// The gravest of what it found: <c>breach</c>, <c>failed</c>, <c>insufficient_data</c>, <c>clear</c>, or
    /// <c>new</c> before the first look.
    /// </summary>
    public required string State { get; init; }

    /// <summary>As it was written.</summary>
    public required MonitorRequest Request { get; init; }

    /// <summary>When it last looked.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>When it looks next.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>Grows with every change of the monitor.</summary>
    public long Revision { get; init; }

    public string ChangedBy { get; set; } = "";

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>What it found, the gravest first.</summary>
    public IReadOnlyList<MonitorFindingInfo> Findings { get; set; } = [];
}

/// <summary>What a monitor found of one thing.</summary>
public sealed record MonitorFindingInfo
{
    /// <summary>What tells it from the others: variant, version, column, segment.</summary>
    public IReadOnlyDictionary<string, string> Subject { get; set; } = new Dictionary<string, string>();

    /// <summary><c>breach</c>, <c>failed</c>, <c>insufficient_data</c> or <c>clear</c>.</summary>
    public required string State { get; init; }

    /// <summary>The figure; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>Ends of its interval, or of what was expected.</summary>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <summary>All of it in one sentence.</summary>
    public string Why { get; set; } = "";
}

/// <summary>One look of a monitor.</summary>
public sealed record MonitorLookInfo
{
    public DateTimeOffset At { get; init; }

    public required string State { get; init; }

    public IReadOnlyList<MonitorFindingInfo> Findings { get; set; } = [];
}

/// <summary>Points of a series.</summary>
public sealed record SeriesPointsRequest
{
    public required IReadOnlyList<SeriesPointRequest> Points { get; init; }
}

/// <summary>A value of a series at its moment; posted again with another value it replaces what was there.</summary>
public sealed record SeriesPointRequest
{
    public required DateTimeOffset At { get; init; }

    public required double Value { get; init; }
}

/// <summary>What became of points.</summary>
public sealed record SeriesPointsResult(int Added, int Changed, int Unchanged);

/// <summary>A series that callers post.</summary>
public sealed record SeriesInfo
{
    public required string Name { get; init; }

    public long Points { get; init; }

    public DateTimeOffset First { get; init; }

    public DateTimeOffset Last { get; init; }
}
