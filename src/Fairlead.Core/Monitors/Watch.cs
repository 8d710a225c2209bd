using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Quality;
using Fairlead.Statistics.Series;

namespace Fairlead.Core.Monitors;

/// <summary>What a monitor looks at.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DriftWatch), "drift")]
[JsonDerivedType(typeof(QualityWatch), "quality")]
[JsonDerivedType(typeof(EstimateWatch), "estimate")]
[JsonDerivedType(typeof(ConceptWatch), "concept")]
[JsonDerivedType(typeof(ServiceWatch), "service")]
[JsonDerivedType(typeof(ObjectiveWatch), "objective")]
[JsonDerivedType(typeof(SeriesWatch), "series")]
[JsonDerivedType(typeof(SchemaWatch), "schema")]
public abstract record Watch
{
    /// <summary>How it is written: the name of its section.</summary>
    [JsonIgnore]
    public abstract string Word { get; }

    /// <summary>What has to be kept of the endpoint's answers for it; null: nothing beyond windows.</summary>
    [JsonIgnore]
    public virtual Observation? Needs => null;
}

/// <summary>Columns of inputs and outputs against a reference.</summary>
/// <param name="Reference">As <c>rolling:7d</c>, <c>training</c>, <c>dataset:NAME/3</c>.</param>
public sealed record DriftWatch(string Reference) : Watch
{
    /// <summary>How many windows there are, the first of five minutes (<see cref="DriftWindow.Ladder"/>).</summary>
    public const int Windows = 28;

    public override string Word => "drift";

    /// <summary>How many false alarms in 30 days are put up with, over all columns.</summary>
    public double FalseAlarms { get; init; } = 1;

    /// <summary>Those of each column by itself: all of them, or half where rows are looked at too.</summary>
    [JsonIgnore]
    public double FalseAlarmsOfColumns => Together is null ? FalseAlarms : FalseAlarms / 2;

    /// <summary>Fewer values on either side are insufficient data.</summary>
    public long MinimumRows { get; init; } = 100;

    /// <summary>Only these columns; empty: all.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>Methods that were set, by column.</summary>
    public ImmutableSortedDictionary<string, DriftMethod> Methods { get; init; } =
        ImmutableSortedDictionary<string, DriftMethod>.Empty;

    /// <summary>Sizes that matter that were set, by column, in the unit of its method.</summary>
    public ImmutableSortedDictionary<string, double> Thresholds { get; init; } =
        ImmutableSortedDictionary<string, double>.Empty;

    /// <summary>All columns together, row by row; null: they are not looked at so.</summary>
    public RowDriftWatch? Together { get; init; }

    public override Observation? Needs => Together is not { } together
        ? null
        : new Observation { Outcomes = true, Features = true, RecordShare = together.Sample };
}

/// <summary>
/// The numbers of rows, all columns together, against those of the time before; half of the monitor's false alarms are
/// its.
/// </summary>
public sealed record RowDriftWatch
{
    /// <summary>A method that was set; null: the one that suits most.</summary>
    public RowMethod? Method { get; init; }

    /// <summary>The size that matters, in the unit of the method; null: the method's own.</summary>
    public double? Threshold { get; init; }

    /// <summary>How far back the rows lie that are looked at.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromHours(6);

    /// <summary>How long the time before that is whose rows they are held against.</summary>
    public TimeSpan Past { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Share of the units whose rows are kept for it.</summary>
    public double Sample { get; init; } = 1;
}

/// <summary>Answers of which labels tell, now or later, how good they were.</summary>
/// <param name="Outcome">The name of the outcome, which is also that of the output that it is held against.</param>
/// <param name="Answers">What kind of answers.</param>
/// <param name="Metric">The figure.</param>
public abstract record LabelWatch(string Outcome, AnswerKind Answers, QualityMetric Metric) : Watch
{
    /// <summary>The class that counts as positive; null: macro averages over classes.</summary>
    public string? Positive { get; init; }

    /// <summary>The output, with its element, that holds the positive class's probability, or the score.</summary>
    public string? Score { get; init; }

    /// <summary>
    /// The class of each element of <see cref="Score"/>, which then names an output and no element; empty: the score is
    /// one class's.
    /// </summary>
    public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>What the figure must keep.</summary>
    public Limit Limit { get; init; } = new();

    /// <summary>
    /// The most that the figure may be worse than the version's own evaluation; null: it is not held against that.
    /// </summary>
    public double? Drop { get; init; }

    /// <summary>The name of the figure among the version's own; null: that of the metric.</summary>
    public string? Evaluation { get; init; }

    /// <summary>How far back the predictions lie that are looked at.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long an outcome takes.</summary>
    public TimeSpan LabelDelay { get; init; }

    /// <summary>Fewer rows are insufficient data.</summary>
    public long MinimumRows { get; init; } = 200;

    /// <summary>How many false alarms in 30 days are put up with.</summary>
    public double FalseAlarms { get; init; } = 1;

    /// <summary>Share of the units whose answers are kept for it.</summary>
    public double Sample { get; init; } = 1;

    /// <summary>Places of a ranked list that count.</summary>
    public int Places { get; init; } = 10;

    public override Observation? Needs => new Observation
    {
        Outcomes = true,
        Labels = Answers == AnswerKind.Ranking ? [] : [Outcome],
        Scores = Score is not { } score ? []
            : Classes.IsEmpty ? [Observation.Element(score, score, null)]
            : [.. Enumerable.Range(0, Classes.Length).Select(i => Observation.ElementOf(score, i))],
        RecordShare = Sample,
    };
}

/// <summary>The quality of answers whose outcomes have come.</summary>
public sealed record QualityWatch(string Outcome, AnswerKind Answers, QualityMetric Metric)
    : LabelWatch(Outcome, Answers, Metric)
{
    /// <summary>The input field by whose values the figure is also told; null: none.</summary>
    public string? By { get; init; }

    public override string Word => "quality";

    public override Observation? Needs => base.Needs! with { Slices = By is { } by ? [by] : [] };
}

/// <summary>The quality that answers without outcomes can be expected to have.</summary>
public sealed record EstimateWatch(string Outcome, AnswerKind Answers, QualityMetric Metric)
    : LabelWatch(Outcome, Answers, Metric)
{
    /// <summary>How far back the labelled answers lie that are learnt from.</summary>
    public TimeSpan Reference { get; init; } = TimeSpan.FromDays(30);

    public override string Word => "estimate";

    public override Observation? Needs => base.Needs! with { Features = Answers == AnswerKind.Regression };
}

/// <summary>The outcomes one by one, in the order of their coming.</summary>
/// <param name="Outcome">The name of the outcome.</param>
/// <param name="Signal">What of an outcome is watched.</param>
/// <param name="Detector">By which detector.</param>
public sealed record ConceptWatch(string Outcome, ConceptSignal Signal, ConceptMethod Detector) : Watch
{
    /// <summary>How long a detection is told as the case.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromHours(1);

    public override string Word => "concept";

    public override Observation? Needs => new Observation
    {
        Outcomes = true,
        Labels = Signal == ConceptSignal.Value ? [] : [Outcome],
    };
}

/// <summary>How the endpoint answers: errors, times, traffic; from windows.</summary>
/// <param name="Metric">The figure.</param>
public sealed record ServiceWatch(ServiceMetric Metric) : Watch
{
    /// <summary>For times: the quantile, above 0 and below 1.</summary>
    public double Quantile { get; init; }

    /// <summary>What it must keep; seconds, a share, or requests a second.</summary>
    public Limit Limit { get; init; } = new();

    /// <summary>How far back is looked.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Fewer requests are insufficient data; traffic itself needs none.</summary>
    public long MinimumRequests { get; init; } = 50;

    public override string Word => "service";
}

/// <summary>A service level objective, by how fast its budget of errors burns.</summary>
/// <param name="Objective">The share of requests that must be answered, above 0 and below 1.</param>
public sealed record ObjectiveWatch(decimal Objective) : Watch
{
    /// <summary>The time over which it must be.</summary>
    public TimeSpan Period { get; init; } = TimeSpan.FromDays(30);

    public override string Word => "objective";
}

/// <summary>A figure of the business, hour by hour or day by day.</summary>
/// <param name="Series">The name of a series that callers post, or <c>outcome:NAME</c> of the endpoint.</param>
/// <param name="Rule">What it is held against.</param>
public sealed record SeriesWatch(string Series, SeriesRule Rule) : Watch
{
    /// <summary>What stands before the name of an outcome.</summary>
    public const string OutcomePrefix = "outcome:";

    /// <summary>What is made of the values of one step.</summary>
    public SeriesTotal Total { get; init; } = SeriesTotal.Sum;

    /// <summary>The length of a step.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How far back the history counts.</summary>
    public TimeSpan History { get; init; } = TimeSpan.FromDays(28);

    /// <summary>How many deviations wide the bounds are.</summary>
    public double Deviations { get; init; } = 4;

    /// <summary>For a fixed limit: what it must keep.</summary>
    public Limit Limit { get; init; } = new();

    /// <summary>Only this side is an alarm; null: both.</summary>
    public SeriesVerdict? Only { get; init; }

    /// <summary>How long after its end a step is complete.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Offset of the zone whose hours and days count.</summary>
    public TimeSpan Offset { get; init; }

    public override string Word => "series";

    public override Observation? Needs => OutcomeName is null ? null : new Observation { Outcomes = true };

    /// <summary>The outcome; null for a series that callers post.</summary>
    [JsonIgnore]
    public string? OutcomeName => Series.StartsWith(OutcomePrefix, StringComparison.Ordinal)
        ? Series[OutcomePrefix.Length..]
        : null;
}

/// <summary>The rows that break the endpoint's schema, rule by rule; from windows.</summary>
public sealed record SchemaWatch : Watch
{
    /// <summary>The share of rows that may break a rule; null: what the schema says of each column.</summary>
    public double? Limit { get; init; }

    /// <summary>Only these columns; empty: all of the schema.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>How far back is looked.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>What distances that the schema sets are taken from.</summary>
    public string Reference { get; init; } = "training";

    /// <summary>Fewer rows are insufficient data.</summary>
    public long MinimumRows { get; init; } = 100;

    /// <summary>How many false alarms in 30 days are put up with.</summary>
    public double FalseAlarms { get; init; } = 1;

    public override string Word => "schema";
}

/// <summary>What a detector of concept drift is given of an outcome.</summary>
public enum ConceptSignal
{
    /// <summary>1 where the label is not the predicted one, 0 where it is.</summary>
    Error,

    /// <summary>|actual − predicted|.</summary>
    AbsoluteError,

    /// <summary>The outcome's own value.</summary>
    Value,
}

/// <summary>The detectors of concept drift, each with the parameters that its paper proposes.</summary>
public enum ConceptMethod
{
    Adwin,
    Ddm,
    Eddm,
    HddmA,
    HddmW,
    PageHinkley,
    Kswin,
    Cusum,
    Ewma,
}

/// <summary>How an endpoint answers.</summary>
public enum ServiceMetric
{
    /// <summary>Share of requests that failed by the server's or the model's fault.</summary>
    ErrorRate,

    /// <summary>A quantile of the time from arrival to answer, in seconds.</summary>
    Latency,

    /// <summary>A quantile of the model's own time per row, in seconds.</summary>
    Compute,

    /// <summary>Requests a second.</summary>
    Traffic,
}

/// <summary>What a figure of the business is held against.</summary>
public enum SeriesRule
{
    /// <summary>The same hour of the days before.</summary>
    SameHours,

    /// <summary>The same hour of the same day of the weeks before.</summary>
    SameHoursOfWeek,

    /// <summary>A forecast with a season of a week (of a day for steps below a day).</summary>
    Forecast,

    /// <summary>A fixed limit.</summary>
    Limit,
}

/// <summary>What is made of the values of one step of a series.</summary>
public enum SeriesTotal
{
    Sum,
    Mean,
    Count,
}
