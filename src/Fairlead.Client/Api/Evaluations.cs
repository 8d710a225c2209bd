using System.Text.Json.Nodes;

namespace Fairlead.Client.Api;

/// <summary>Begins to evaluate a version on labelled rows, or finds the evaluation that asks for the same.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The column that holds what it was.</summary>
    public required string Label { get; init; }

    /// <summary><c>classification</c>, <c>regression</c> or <c>ranking</c>.</summary>
    public string Task { get; set; } = "classification";

    /// <summary>The positive class; null: averages over classes.</summary>
    public string? Positive { get; init; }

    /// <summary>The output that is held against the label; null: the one of its name, or the first.</summary>
    public string? Output { get; init; }

    /// <summary>The output with its element that holds the score, as <c>probabilities[1]</c>; null: none.</summary>
    public string? Score { get; init; }

    /// <summary>The column by whose values figures are told too; for a ranking: whose values name the lists.</summary>
    public string? By { get; init; }

    /// <summary>One less the level of the intervals, above 0 and at most 0.5.</summary>
    public double Alpha { get; set; } = 0.05;

    /// <summary>SHA-256 of the file that holds the rows, 64 hexadecimal digits.</summary>
    public required string Digest { get; init; }

    /// <summary>The registered dataset that the file is, as <c>NAME/VERSION</c>; null: none.</summary>
    public string? Dataset { get; init; }

    /// <summary>Where the rows lie, in the words of whoever evaluates.</summary>
    public string Source { get; set; } = "";

    /// <summary>Only so many rows from the beginning; null: all.</summary>
    public int? Limit { get; init; }

    /// <summary>Makes a new evaluation even where a finished one asks for the same.</summary>
    public bool Again { get; init; }

    /// <summary>For the audit log.</summary>
    public string? Reason { get; init; }
}

/// <summary>The next rows of an evaluation.</summary>
public sealed record EvaluationRowsRequest
{
    /// <summary>The rows that were sent before; others than are known are refused.</summary>
    public required int First { get; init; }

    /// <summary>What the model takes, one object a row.</summary>
    public required IReadOnlyList<JsonObject> Rows { get; init; }

    /// <summary>What each row was: a text, or a number written as one.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The segment of each row; null where none is asked for.</summary>
    public IReadOnlyList<string>? Segments { get; init; }
}

/// <summary>An evaluation of a version on labelled rows.</summary>
public sealed record EvaluationInfo
{
    public required long Id { get; init; }

    public required string Model { get; init; }

    public required int Version { get; init; }

    /// <summary><c>running</c> or <c>finished</c>.</summary>
    public required string State { get; init; }

    public required string Label { get; init; }

    public required string Task { get; init; }

    public string? Positive { get; init; }

    public string Output { get; set; } = "";

    public string? Score { get; init; }

    public string? By { get; init; }

    public double Alpha { get; init; }

    /// <summary>SHA-256 of the file with the rows.</summary>
    public string Digest { get; set; } = "";

    /// <summary>The registered dataset that the file is.</summary>
    public string? Dataset { get; init; }

    public string Source { get; set; } = "";

    public int? Limit { get; init; }

    /// <summary>The rows that were scored so far.</summary>
    public int Rows { get; init; }

    /// <summary>The answers are kept row by row, so that another version can be held against it.</summary>
    public bool HasRows { get; init; }

    /// <summary>Figures over all rows, first, and over each segment.</summary>
    public IReadOnlyList<EvaluatedSegmentInfo> Segments { get; set; } = [];

    /// <summary>How long single rows took; null where none were timed.</summary>
    public EvaluationTimesInfo? Times { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset? FinishedAt { get; init; }
}

/// <summary>Figures of an evaluation over some of its rows.</summary>
public sealed record EvaluatedSegmentInfo
{
    /// <summary>Null: over all rows.</summary>
    public string? Segment { get; init; }

    public long Rows { get; init; }

    /// <summary>Rows that could not enter, because a label or an answer was no number, for example.</summary>
    public long Unusable { get; init; }

    public IReadOnlyList<EvaluationFigureInfo> Figures { get; set; } = [];
}

/// <summary>A figure of an evaluation with its interval.</summary>
/// <param name="Name">Such as <c>auc</c>.</param>
/// <param name="Of">What exactly it is, where a name alone would be ambiguous.</param>
/// <param name="Value">The figure; null where the rows do not define it.</param>
/// <param name="Low">Lower end of its interval; null where none is known.</param>
/// <param name="High">Upper end.</param>
public sealed record EvaluationFigureInfo(string Name, string Of, double? Value, double? Low, double? High);

/// <summary>Times of single rows, in milliseconds, without transport.</summary>
public sealed record EvaluationTimesInfo(int Rows, double P50, double P95, double P99);

/// <summary>Two versions on the same rows.</summary>
public sealed record EvaluationComparisonInfo
{
    /// <summary>The version that is held against the other, as <c>credit/3</c>.</summary>
    public required string Version { get; init; }

    public required string Against { get; init; }

    public long Evaluation { get; init; }

    public long AgainstEvaluation { get; init; }

    public double Alpha { get; init; }

    public IReadOnlyList<ComparedFigureInfo> Figures { get; set; } = [];
}

/// <summary>A figure of two versions on the same rows.</summary>
public sealed record ComparedFigureInfo
{
    /// <summary>Null: over all rows.</summary>
    public string? Segment { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the version.</summary>
    public double? Value { get; init; }

    /// <summary>Of the one that it is held against.</summary>
    public double? Against { get; init; }

    /// <summary>The difference.</summary>
    public double? Difference { get; init; }

    /// <summary>Lower end of the difference's interval.</summary>
    public double? Low { get; init; }

    public double? High { get; init; }

    /// <summary>Two-sided p-value of no difference.</summary>
    public double? P { get; init; }

    /// <summary><c>better</c>, <c>worse</c>, or <c>same</c> where the interval holds 0.</summary>
    public string Verdict { get; set; } = "";

    /// <summary>The test.</summary>
    public string Method { get; set; } = "";

    /// <summary>The rows that entered.</summary>
    public long Rows { get; init; }
}
