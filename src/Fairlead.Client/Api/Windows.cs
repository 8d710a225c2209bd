namespace Fairlead.Client.Api;

/// <summary>What was asked of an endpoint and answered in a stretch of time.</summary>
public sealed record WindowsInfo
{
    public required string Endpoint { get; init; }

    /// <summary>Beginning of the stretch.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>Its end, which is no longer in it.</summary>
    public DateTimeOffset To { get; init; }

    /// <summary>One for each variant and version, and for each part of the stretch where it was divided.</summary>
    public IReadOnlyList<WindowInfo> Windows { get; set; } = [];
}

/// <summary>What one variant with one version did.</summary>
public sealed record WindowInfo
{
    public required string Variant { get; init; }

    /// <summary><c>model/3</c>, or <c>none</c>, <c>constant</c>, <c>rule</c>.</summary>
    public required string Version { get; init; }

    public DateTimeOffset From { get; init; }

    public DateTimeOffset To { get; init; }

    public long Requests { get; init; }

    /// <summary>Requests by how they ended; <c>none</c> stands for an answer.</summary>
    public IReadOnlyDictionary<string, long> Ends { get; set; } = new Dictionary<string, long>();

    /// <summary>Rows that were answered.</summary>
    public long Rows { get; init; }

    /// <summary>Rows of requests that the endpoint's schema refused.</summary>
    public long RefusedRows { get; init; }

    /// <summary>Of these, what broke the schema, most rows first; a row may break it in several ways.</summary>
    public IReadOnlyList<RefusedFaultInfo> Refused { get; set; } = [];

    /// <summary>From arrival to answer; null: nothing was answered.</summary>
    public TimesInfo? Latency { get; init; }

    /// <summary>The model's run, by row; null: it never ran.</summary>
    public TimesInfo? Compute { get; init; }

    /// <summary>The greatest score of each row; null: the answers hold no scores.</summary>
    public ColumnInfo? Confidence { get; init; }

    /// <summary>Inputs and outputs.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; set; } = [];
}

/// <summary>Quantiles of times.</summary>
/// <param name="P50">Half of them are at most this many seconds.</param>
/// <param name="P90">90 % are.</param>
/// <param name="P95">95 % are.</param>
/// <param name="P99">99 % are.</param>
/// <param name="RelativeError">By how much each may be wrong, as a share of itself.</param>
public sealed record TimesInfo(double P50, double P90, double P95, double P99, double RelativeError);

/// <summary>What is known of the values of an input or output.</summary>
public sealed record ColumnInfo
{
    public required string Name { get; init; }

    /// <summary><c>input</c> or <c>output</c>.</summary>
    public string Role { get; set; } = "input";

    /// <summary><c>number</c>, <c>category</c> (a text out of a set that could be counted) or <c>text</c>.</summary>
    public string Kind { get; set; } = "number";

    public long Rows { get; init; }

    /// <summary>Rows without a value: left out, empty, or NaN.</summary>
    public long Missing { get; init; }

    /// <summary>Infinite values; they are in nothing else.</summary>
    public long NotFinite { get; init; }

    /// <summary>The numbers, or the lengths of texts; null: there were none.</summary>
    public NumbersInfo? Numbers { get; init; }

    /// <summary>About how many distinct values there were.</summary>
    public double Distinct { get; init; }

    /// <summary>Relative standard error of <see cref="Distinct"/>.</summary>
    public double DistinctError { get; init; }

    /// <summary>The frequent values, the most frequent first.</summary>
    public IReadOnlyList<FrequentInfo> Frequent { get; set; } = [];

    /// <summary>
    /// By how much a count may be too low, and how often a value that is not shown was there at most.
    /// </summary>
    public long FrequentError { get; init; }
}

/// <summary>Numbers of a column.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Mean">The mean.</param>
/// <param name="StandardDeviation">Of one value.</param>
/// <param name="P01">1 % are at most this.</param>
/// <param name="P05">5 % are.</param>
/// <param name="P25">25 % are.</param>
/// <param name="P50">50 % are.</param>
/// <param name="P75">75 % are.</param>
/// <param name="P95">95 % are.</param>
/// <param name="P99">99 % are.</param>
/// <param name="RankError">By how much the share of a quantile may be wrong, at 99 % confidence; 0: exact.</param>
public sealed record NumbersInfo(
    double Min, double Max, double Mean, double? StandardDeviation, double P01, double P05, double P25, double P50,
    double P75, double P95, double P99, double RankError);

/// <summary>A value and how often it was seen.</summary>
public sealed record FrequentInfo(string Value, long Count);
