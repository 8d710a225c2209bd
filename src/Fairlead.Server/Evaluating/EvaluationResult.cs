using Fairlead.Core.Quality;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Evaluating;

/// <summary>What an evaluation found, as it is kept.</summary>
internal sealed record EvaluationResult(
    IReadOnlyList<EvaluatedSegment> Segments, EvaluationTimes? Times)
{
    /// <summary>Most segments: those with the most rows.</summary>
    public const int MostSegments = 50;

    /// <summary>The figures over all rows, by name; what is no finite number is left out.</summary>
    public IReadOnlyDictionary<string, double> Overall() => Segments[0].Figures
        .Where(figure => figure.Value is not null)
        .GroupBy(figure => figure.Name).ToDictionary(group => group.Key, group => group.First().Value!.Value);

    /// <summary>Computes.</summary>
    public static EvaluationResult Of(EvaluationSpec spec, IReadOnlyList<(LabelledRow Row, string? Segment)> rows,
        IReadOnlyList<double> times)
    {
        List<EvaluatedSegment> segments = [Of(spec, null, [.. rows.Select(row => row.Row)])];
        foreach (var (name, members) in Divided(spec, rows))
            segments.Add(Of(spec, name, [.. members.Select(row => rows[row].Row)]));
        return new EvaluationResult(segments, EvaluationTimes.Of(times));
    }

    /// <summary>The segments with the most rows, each with the places of its rows.</summary>
    public static IEnumerable<(string Name, int[] Rows)> Divided(
        EvaluationSpec spec, IReadOnlyList<(LabelledRow Row, string? Segment)> rows) =>
        spec.By is null || spec.Task == AnswerKind.Ranking
            ? []
            : Enumerable.Range(0, rows.Count).GroupBy(row => rows[row].Segment!, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Take(MostSegments).Select(group => ($"{spec.By}={group.Key}", group.ToArray()));

    private static EvaluatedSegment Of(EvaluationSpec spec, string? name, IReadOnlyList<LabelledRow> rows)
    {
        var figures = QualityFigures.Of(spec.Task, rows, spec.Positive, spec.Alpha);
        return new EvaluatedSegment(name, figures.Rows, figures.Unusable,
        [
            .. figures.Figures.Select(figure => new EvaluatedFigure(figure.Name, figure.Of,
                StoredJson.Figure(figure.Estimate.Value), StoredJson.Figure(figure.Estimate.Interval.Low),
                StoredJson.Figure(figure.Estimate.Interval.High))),
        ]);
    }
}

internal sealed record EvaluatedSegment(
    string? Name, long Rows, long Unusable, IReadOnlyList<EvaluatedFigure> Figures);

internal sealed record EvaluatedFigure(string Name, string Of, double? Value, double? Low, double? High);

/// <summary>Quantiles of how long single rows took, in milliseconds.</summary>
internal sealed record EvaluationTimes(int Rows, double P50, double P95, double P99)
{
    public static EvaluationTimes? Of(IReadOnlyList<double> milliseconds)
    {
        if (milliseconds.Count == 0)
            return null;
        double[] sorted = [.. milliseconds.Order()];
        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
        return new(sorted.Length, At(0.5), At(0.95), At(0.99));
    }

    /// <summary>The quantile of a percentage that is kept; null for another.</summary>
    public double? Quantile(double share) => share switch
    {
        0.5 => P50,
        0.95 => P95,
        0.99 => P99,
        _ => null,
    };
}
