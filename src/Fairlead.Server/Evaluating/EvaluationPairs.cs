using Fairlead.Client.Api;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Evaluating;

/// <summary>Two evaluations of the same rows.</summary>
internal sealed record EvaluationPair(
    EvaluationSpec Spec, IReadOnlyList<(LabelledRow Row, string? Segment)> Mine, IReadOnlyList<LabelledRow> Other)
{
    /// <summary>A figure of both over some rows, with the test of the difference; null where none can be told.
    /// </summary>
    /// <param name="metric">The figure.</param>
    /// <param name="rows">The places of the rows; null: all.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    public PairedFigure? Compare(QualityMetric metric, int[]? rows, double alpha) => rows is null
        ? PairedQuality.Compare(metric, Other, [.. Mine.Select(each => each.Row)], Spec.Positive, alpha)
        : PairedQuality.Compare(metric, [.. rows.Select(i => Other[i])], [.. rows.Select(i => Mine[i].Row)],
            Spec.Positive, alpha);
}

/// <summary>Holds evaluations of the same rows against each other, row by row.</summary>
internal sealed class EvaluationPairs(EvaluationStore store)
{
    /// <summary>Reads both; refuses two that are not about the same rows.</summary>
    public async Task<EvaluationPair> ReadAsync(
        EvaluationRow mine, EvaluationRow other, CancellationToken cancellation)
    {
        var spec = StoredJson.Read<EvaluationSpec>(mine.Spec);
        var otherSpec = StoredJson.Read<EvaluationSpec>(other.Spec);
        foreach (var row in new[] { mine, other })
        {
            if (row.FinishedAt is null)
                throw Refuse("evaluation_unfinished", $"The evaluation {row.Id} is not finished.");
            if (!row.HasRows)
            {
                throw Refuse("evaluation_rows_gone",
                    $"The answers of evaluation {row.Id} are not kept row by row any more; evaluate "
                    + $"{row.Model}/{row.Number} again.");
            }
        }

        var (mineRows, otherRows) = (
            await store.RowsAsync(mine, cancellation), await store.RowsAsync(other, cancellation));
        var same = spec.HasRowsOf(otherSpec) && mineRows.Count == otherRows.Count
            && mineRows.Zip(otherRows).All(pair => IsSame(pair.First, pair.Second));
        return same
            ? new EvaluationPair(spec, mineRows, [.. otherRows.Select(each => each.Row)])
            : throw Refuse("evaluations_differ",
                $"The evaluations {mine.Id} and {other.Id} are not about the same rows and labels; evaluate both "
                + "versions on one file, with the same label, class and column of segments.");
    }

    /// <summary>Every figure that has a paired test, over all rows and by segment.</summary>
    public async Task<EvaluationComparisonInfo> CompareAsync(
        EvaluationRow mine, EvaluationRow other, CancellationToken cancellation)
    {
        var pair = await ReadAsync(mine, other, cancellation);
        var figures = new List<ComparedFigureInfo>();
        var segments = EvaluationResult.Divided(pair.Spec, pair.Mine)
            .Select(each => ((string?)each.Name, (int[]?)each.Rows)).Prepend((null, null));
        foreach (var (name, rows) in segments)
        {
            // Figures that are taken apart group by group are told over all rows only: segments can be many.
            foreach (var metric in QualityMetrics.WordsOf(pair.Spec.Task).Select(word => QualityMetrics.Of(word)!.Value)
                .Where(metric => name is null || !IsSlow(metric)))
            {
                if (pair.Compare(metric, rows, pair.Spec.Alpha) is { } figure)
                    figures.Add(Info(name, figure));
            }
        }

        return new EvaluationComparisonInfo
        {
            Version = $"{mine.Model}/{mine.Number}",
            Against = $"{other.Model}/{other.Number}",
            Evaluation = mine.Id,
            AgainstEvaluation = other.Id,
            Alpha = pair.Spec.Alpha,
            Figures = figures,
        };
    }

    private static bool IsSlow(QualityMetric metric) => metric is not (QualityMetric.Accuracy or QualityMetric.Auc
        or QualityMetric.Brier or QualityMetric.LogLoss or QualityMetric.MeanAbsoluteError
        or QualityMetric.MeanSquaredError or QualityMetric.Bias);

    private static bool IsSame((LabelledRow Row, string? Segment) mine, (LabelledRow Row, string? Segment) other) =>
        mine.Row.Label == other.Row.Label && mine.Row.Value.Equals(other.Row.Value) && mine.Segment == other.Segment;

    private static ComparedFigureInfo Info(string? segment, PairedFigure figure) => new()
    {
        Segment = segment,
        Name = figure.Metric.Word(),
        Value = StoredJson.Figure(figure.Challenger),
        Against = StoredJson.Figure(figure.Champion),
        Difference = StoredJson.Figure(figure.Difference),
        Low = StoredJson.Figure(figure.Low),
        High = StoredJson.Figure(figure.High),
        P = StoredJson.Figure(figure.P),
        Verdict = Verdict(figure),
        Method = figure.Method,
        Rows = figure.Rows,
    };

    private static string Verdict(PairedFigure figure)
    {
        if (!(figure.Low > 0) && !(figure.High < 0))
            return "same";
        return figure.Metric == QualityMetric.Bias ? "other"
            : figure.Low > 0 == figure.Metric.LowerIsBetter() ? "worse" : "better";
    }

    private static RefusalException Refuse(string code, string message) =>
        new(new Refusal(RefusalKind.Conflict, code, message));
}
