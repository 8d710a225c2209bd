using System.Runtime.InteropServices;
using Fairlead.Core.Checks;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Buckets;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>Which arm of which generation, and which value of the field that is looked by (empty: over all).</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutcomeCell(long Generation, int Arm, string Slice);

/// <summary>Adds outcomes up by arm, generation and bucket of units, and makes figures of them.</summary>
internal static class OutcomeTotals
{
    /// <summary>The figures of a metric.</summary>
    /// <param name="db">Where they are.</param>
    /// <param name="endpoint">The endpoint's number.</param>
    /// <param name="generations">The generations of the rollout.</param>
    /// <param name="metric">A metric that needs outcomes.</param>
    /// <param name="by">The field to keep values apart by; null: over all.</param>
    /// <param name="until">Only predictions from before, in milliseconds: later ones have not had time to turn out.
    /// </param>
    public static async Task<Dictionary<OutcomeCell, ArmFigure>> ReadAsync(
        FairleadDbContext db, int endpoint, IReadOnlyList<long> generations, Metric metric, string? by, long until,
        CancellationToken cancellation)
    {
        var outcomes = db.Outcomes.Where(row => row.Endpoint == endpoint && generations.Contains(row.Generation)
            && row.Name == metric.Name && row.Joined && row.Bucket >= 0 && row.Time <= until);
        if (metric.NeedsScores)
            return await ScoreFigures.ReadAsync(db, outcomes, metric, by, cancellation);

        return (await SumsAsync(db, endpoint, generations, metric, by, until, cancellation))
            .ToDictionary(each => each.Key, each => Figure(each.Value.Ratio()));
    }

    /// <summary>
    /// The sums of a metric that needs no scores, with the same arguments; of all units, or of those that enter the
    /// endpoint's value.
    /// </summary>
    public static async Task<Dictionary<OutcomeCell, BucketTotals>> SumsAsync(
        FairleadDbContext db, int endpoint, IReadOnlyList<long> generations, Metric metric, string? by, long until,
        CancellationToken cancellation, bool onlySampled = false)
    {
        var outcomes = db.Outcomes.Where(row => row.Endpoint == endpoint && generations.Contains(row.Generation)
            && row.Name == metric.Name && row.Joined && row.Bucket >= 0 && row.Time <= until);
        if (onlySampled)
            outcomes = outcomes.Where(row => row.Sampled);
        var groups = await outcomes
            .GroupBy(row => new
            {
                row.Generation,
                row.Arm,
                row.Bucket,
                row.Label,
                row.Predicted,
                Slices = by == null ? "{}" : row.Slices,
            })
            .Select(group => new
            {
                group.Key,
                Count = group.LongCount(),
                Sum = group.Sum(row => row.Value ?? 0),
                Numbers = group.LongCount(row => row.Value != null),
            })
            .ToListAsync(cancellation);

        var totals = new Dictionary<OutcomeCell, BucketTotals>();
        foreach (var group in groups)
        {
            if (SliceOf(group.Key.Slices, by) is not { } slice)
                continue;
            var (y, x) = metric.Kind == MetricKind.Outcome
                ? (group.Sum, group.Numbers)
                : Labels(metric, group.Key.Label, group.Key.Predicted, group.Count);
            if (x == 0)
                continue;
            var cell = new OutcomeCell(group.Key.Generation, group.Key.Arm, slice);
            if (!totals.TryGetValue(cell, out var sums))
                totals.Add(cell, sums = new BucketTotals());
            sums.Add(group.Key.Bucket, y, x, x);
        }

        return totals;
    }

    /// <summary>The value of the field that is looked by; empty for a look over all, null where it is
    /// unknown.</summary>
    public static string? SliceOf(string slices, string? by) =>
        by is null ? "" : StoredJson.Read<Dictionary<string, string>>(slices).GetValueOrDefault(by);

    public static ArmFigure Figure(BucketFigure figure) => figure.Records > 0
        ? new ArmFigure(figure.Records, figure.Value, figure.Variance)
        : ArmFigure.None;

    /// <summary>What outcomes with one label and one prediction add to a metric: numerator and denominator.</summary>
    private static (double Y, long X) Labels(Metric metric, string? label, string? predicted, long count)
    {
        if (label is null || predicted is null)
            return (0, 0);

        var (was, said) = (label == metric.Value, predicted == metric.Value);
        return metric.Kind switch
        {
            MetricKind.Accuracy => (label == predicted ? count : 0, count),
            MetricKind.Precision => said ? (was ? count : 0, count) : (0, 0),
            MetricKind.Recall => was ? (said ? count : 0, count) : (0, 0),
            MetricKind.FalsePositiveRate => was ? (0, 0) : (said ? count : 0, count),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric.Kind, "Not a metric of labels."),
        };
    }
}
