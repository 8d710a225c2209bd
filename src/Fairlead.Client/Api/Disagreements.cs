namespace Fairlead.Client.Api;

/// <summary>How a candidate's answers to copies differ from what callers got.</summary>
public sealed record DisagreementsInfo
{
    /// <summary>The candidate's arm.</summary>
    public required string Candidate { get; init; }

    /// <summary>Copies whose two answers were compared.</summary>
    public long Copies { get; init; }

    /// <summary>Share of them that were answered otherwise; null without copies.</summary>
    public double? Differing { get; init; }

    /// <summary>Outputs with labels: texts, whole numbers, truth values.</summary>
    public IReadOnlyList<LabelPairsInfo> Labels { get; set; } = [];

    /// <summary>Outputs with numbers, by element.</summary>
    public IReadOnlyList<NumberPairsInfo> Numbers { get; set; } = [];

    /// <summary>The requests that were answered most differently, worst first.</summary>
    public IReadOnlyList<DisagreementExample> Examples { get; set; } = [];
}

/// <summary>Two versions' labels of the same rows.</summary>
public sealed record LabelPairsInfo
{
    public required string Output { get; init; }

    /// <summary>Rows that were compared.</summary>
    public long Pairs { get; init; }

    /// <summary>Rows with the same label.</summary>
    public long Agreed { get; init; }

    /// <summary>Cohen's kappa: agreement beyond chance, 1 when they always agree; null when it is not
    /// defined.</summary>
    public double? Kappa { get; init; }

    /// <summary>Rows that were not kept apart, because there were too many labels.</summary>
    public long LeftOut { get; init; }

    public IReadOnlyList<ClassPairsInfo> Classes { get; set; } = [];
}

/// <summary>How often which version gave one label.</summary>
public sealed record ClassPairsInfo
{
    public required string Class { get; init; }

    public long Both { get; init; }

    public long OnlyChampion { get; init; }

    public long OnlyCandidate { get; init; }

    /// <summary>
    /// McNemar's two-sided p-value between units, whose requests go together; null where not all are known by unit.
    /// </summary>
    public double? P { get; init; }
}

/// <summary>Two versions' numbers for the same requests.</summary>
public sealed record NumberPairsInfo
{
    /// <summary>The output, with the element where a row has several.</summary>
    public required string Output { get; init; }

    public long Requests { get; init; }

    /// <summary>Candidate − what callers got.</summary>
    public double? MeanDifference { get; init; }

    /// <summary>Lower end of its 95 % interval, between units; null: unknown.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end.</summary>
    public double? High { get; init; }

    /// <summary>Two-sided p-value of the paired t test between units.</summary>
    public double? P { get; init; }

    /// <summary>Two-sided p-value of Wilcoxon's signed-rank test between units, whose requests go together.</summary>
    public double? WilcoxonP { get; init; }
}

/// <summary>A request that two versions answered differently.</summary>
public sealed record DisagreementExample
{
    /// <summary>The id that the caller got; empty when the key that signed it is gone.</summary>
    public required string PredictionId { get; init; }

    public DateTimeOffset At { get; init; }

    public long Generation { get; init; }

    /// <summary>Share of its rows that were answered otherwise.</summary>
    public double Share { get; init; }

    /// <summary>Largest difference of a number.</summary>
    public double LargestDifference { get; init; }

    /// <summary>What was asked, as JSON by the name of the input.</summary>
    public string Inputs { get; set; } = "";

    /// <summary>What the caller got, as JSON by the name of the output.</summary>
    public string Champion { get; set; } = "";

    /// <summary>What the candidate answered.</summary>
    public string Candidate { get; set; } = "";
}
