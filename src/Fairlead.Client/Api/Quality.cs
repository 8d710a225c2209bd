namespace Fairlead.Client.Api;

/// <summary>What is asked about the quality of an endpoint's answers.</summary>
/// <param name="Outcome">The outcome, which has the name of the output that it is held against.</param>
/// <param name="Task"><c>classification</c>, <c>regression</c> or <c>ranking</c>; by default the first.</param>
/// <param name="Positive">The class that counts as positive; left out: averages over classes.</param>
/// <param name="Score">The output with the positive class's probability, or the score.</param>
/// <param name="By">The input by whose values it is told too.</param>
/// <param name="From">Beginning of the predictions that are looked at; by default a day before the end.</param>
/// <param name="To">Their end; by default now.</param>
/// <param name="Variant">Only this variant.</param>
/// <param name="Alpha">One less the level of the intervals; by default 0.05.</param>
/// <param name="Places">Places of a ranked list that count; by default 10.</param>
/// <param name="Classes">The class of each element of the output that <paramref name="Score"/> then names.</param>
public sealed record QualityQuestion(
    string Outcome, string? Task = null, string? Positive = null, string? Score = null, string? By = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null, string? Variant = null, double? Alpha = null,
    int? Places = null, IReadOnlyList<string>? Classes = null);

/// <summary>How good an endpoint's answers were, by what turned out.</summary>
public sealed record QualityInfo
{
    public required string Endpoint { get; init; }

    public required string Outcome { get; init; }

    public required string Task { get; init; }

    public string? Positive { get; init; }

    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    /// <summary>One less the level of the intervals.</summary>
    public double Alpha { get; init; }

    /// <summary>Only the newest so many labelled predictions were looked at; null: all of them.</summary>
    public int? Newest { get; init; }

    /// <summary>Each variant with each version, and its segments behind it.</summary>
    public IReadOnlyList<ArmQualityInfo> Arms { get; set; } = [];
}

/// <summary>How good the answers of one variant with one version were.</summary>
public sealed record ArmQualityInfo
{
    public required string Variant { get; init; }

    public required string Version { get; init; }

    /// <summary>As <c>field=value</c>; null: all.</summary>
    public string? Segment { get; init; }

    /// <summary>Predictions whose outcome entered.</summary>
    public long Rows { get; init; }

    /// <summary>Predictions with an outcome that could not enter: what was predicted was not kept, or is no number.
    /// </summary>
    public long Unusable { get; init; }

    /// <summary>All predictions that outcomes could be joined to; null for a segment.</summary>
    public long? Answers { get; init; }

    /// <summary>How long outcomes took, of those that came.</summary>
    public LabelDelayInfo? Delay { get; init; }

    public IReadOnlyList<QualityFigureInfo> Figures { get; set; } = [];

    /// <summary>Of classes: the names.</summary>
    public IReadOnlyList<string> Classes { get; set; } = [];

    /// <summary>Of classes: how often each was answered (inner) where each it was (outer).</summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; set; } = [];

    /// <summary>Of probabilities: predicted against happened.</summary>
    public IReadOnlyList<ReliabilityInfo> Reliability { get; set; } = [];
}

/// <summary>How long outcomes took, in seconds.</summary>
public sealed record LabelDelayInfo(double P50, double P90, double P99);

/// <summary>A figure.</summary>
public sealed record QualityFigureInfo
{
    public required string Name { get; init; }

    /// <summary>What exactly it is.</summary>
    public string Of { get; set; } = "";

    /// <summary>Null where the rows do not define it.</summary>
    public double? Value { get; init; }

    public double? Low { get; init; }

    public double? High { get; init; }

    /// <summary>The version's own figure of that name, from its registration; null: it has none.</summary>
    public double? Evaluation { get; init; }
}

/// <summary>One bin of a reliability curve.</summary>
/// <param name="Predicted">Mean predicted probability.</param>
/// <param name="Observed">Share that happened.</param>
/// <param name="Low">Lower end of its interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Count">Rows.</param>
public sealed record ReliabilityInfo(double Predicted, double Observed, double Low, double High, long Count);

/// <summary>What is asked about the cost of serving.</summary>
/// <param name="From">Beginning; by default 24 h before the end.</param>
/// <param name="To">End; by default now.</param>
/// <param name="PerCpuHour">What a core costs an hour, in any currency; by default 0.</param>
/// <param name="PerGibibyteHour">What a GiB of memory costs an hour; by default 0.</param>
public sealed record CostQuestion(
    DateTimeOffset? From = null, DateTimeOffset? To = null, double? PerCpuHour = null, double? PerGibibyteHour = null);

/// <summary>What serving an endpoint cost.</summary>
public sealed record CostInfo
{
    public required string Endpoint { get; init; }

    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    public IReadOnlyList<ArmCostInfo> Arms { get; set; } = [];
}

/// <summary>What one variant with one version used.</summary>
public sealed record ArmCostInfo
{
    public required string Variant { get; init; }

    public required string Version { get; init; }

    /// <summary>Rows that were answered.</summary>
    public long Predictions { get; init; }

    /// <summary>Seconds of a core that the model ran: rows times the mean time of one, times the threads of a run.
    /// </summary>
    public double CpuSeconds { get; init; }

    /// <summary>GiB that the loaded model held, times the seconds for which the endpoint had it, on every replica.
    /// </summary>
    public double GibibyteSeconds { get; init; }

    /// <summary>At the prices of the question.</summary>
    public double Total { get; init; }

    /// <summary>The same for 1,000 predictions; null where there were none.</summary>
    public double? PerThousand { get; init; }
}
