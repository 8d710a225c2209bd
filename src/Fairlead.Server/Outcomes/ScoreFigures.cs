using Fairlead.Core.Checks;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Buckets;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>
/// Figures of what turned out against the scores that were kept: the area under the ROC curve, and the logarithmic
/// loss. Only events that are known to have happened or not take part: of a class by its label, else outcomes of 0 and
/// 1.
/// </summary>
internal static class ScoreFigures
{
    public static async Task<Dictionary<OutcomeCell, ArmFigure>> ReadAsync(
        FairleadDbContext db, IQueryable<OutcomeRow> outcomes, Metric metric, string? field,
        CancellationToken cancellation)
    {
        var (isClass, positive, isArea) = (metric.Value.Length > 0, metric.Value, metric.Kind == MetricKind.Auc);
        var known = isClass
            ? outcomes.Where(row => row.Label != null)
            : outcomes.Where(row => row.Value == 0 || row.Value == 1);
        var groups = await (
            from outcome in known
            join score in db.AnswerScores on new { outcome.Endpoint, outcome.Time, outcome.Randomness }
                equals new { score.Endpoint, score.Time, score.Randomness }
            where score.Output == metric.Score && (isArea || score.LossIfTrue != null)
            group score by new
            {
                outcome.Generation,
                outcome.Arm,
                outcome.Bucket,
                Happened = isClass ? outcome.Label == positive : outcome.Value == 1,
                Bin = isArea ? score.Bin : 0,
                Slices = field == null ? "{}" : outcome.Slices,
            }
            into grouped
            select new
            {
                grouped.Key,
                Count = grouped.LongCount(),
                IfTrue = grouped.Sum(row => row.LossIfTrue ?? 0),
                IfFalse = grouped.Sum(row => row.LossIfFalse ?? 0),
            }).ToListAsync(cancellation);

        var areas = new Dictionary<OutcomeCell, ScoreTotals>();
        var losses = new Dictionary<OutcomeCell, BucketTotals>();
        foreach (var group in groups)
        {
            if (OutcomeTotals.SliceOf(group.Key.Slices, field) is not { } slice)
                continue;
            var cell = new OutcomeCell(group.Key.Generation, group.Key.Arm, slice);
            if (isArea)
                Of(areas, cell).Add(group.Key.Bucket, group.Key.Bin, group.Key.Happened, group.Count);
            else
            {
                Of(losses, cell).Add(group.Key.Bucket, group.Key.Happened ? group.IfTrue : group.IfFalse,
                    group.Count, group.Count);
            }
        }

        return isArea
            ? areas.ToDictionary(each => each.Key, each => OutcomeTotals.Figure(each.Value.Auc()))
            : losses.ToDictionary(each => each.Key, each => OutcomeTotals.Figure(each.Value.Ratio()));
    }

    private static T Of<T>(Dictionary<OutcomeCell, T> totals, OutcomeCell cell)
        where T : new()
    {
        if (!totals.TryGetValue(cell, out var sums))
            totals.Add(cell, sums = new T());
        return sums;
    }
}
