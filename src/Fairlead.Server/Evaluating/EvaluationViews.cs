using Fairlead.Client.Api;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Evaluating;

/// <summary>Evaluations as the API tells them.</summary>
internal static class EvaluationViews
{
    public static EvaluationInfo Info(EvaluationRow row, bool withSegments)
    {
        var spec = StoredJson.Read<EvaluationSpec>(row.Spec);
        var result = row.Result is null ? null : StoredJson.Read<EvaluationResult>(row.Result);
        return new EvaluationInfo
        {
            Id = row.Id,
            Model = row.Model,
            Version = row.Number,
            State = row.FinishedAt is null ? "running" : "finished",
            Label = spec.Label,
            Task = spec.Task.ToString().ToLowerInvariant(),
            Positive = spec.Positive,
            Output = spec.Output,
            Score = spec.Score,
            By = spec.By,
            Alpha = spec.Alpha,
            Digest = spec.Digest,
            Dataset = spec.Dataset,
            Source = spec.Source,
            Limit = spec.Limit,
            Rows = row.Rows,
            HasRows = row.HasRows,
            Segments = result is null ? []
                : [.. result.Segments.Take(withSegments ? result.Segments.Count : 1).Select(Segment)],
            Times = result?.Times is { } times ? new(times.Rows, times.P50, times.P95, times.P99) : null,
            CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
            CreatedBy = row.CreatedBy,
            FinishedAt = Instants.FromMicroseconds(row.FinishedAt),
        };
    }

    private static EvaluatedSegmentInfo Segment(EvaluatedSegment segment) => new()
    {
        Segment = segment.Name,
        Rows = segment.Rows,
        Unusable = segment.Unusable,
        Figures = [.. segment.Figures.Select(figure =>
            new EvaluationFigureInfo(figure.Name, figure.Of, figure.Value, figure.Low, figure.High))],
    };
}
