using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Serving.Facts;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Server.Rollouts.Figures;

/// <summary>What the replicas counted in one generation of a rollout, added up.</summary>
/// <param name="Generation">The generation.</param>
/// <param name="Arms">Its arms.</param>
/// <param name="Images">The sums by the name of the arm.</param>
internal sealed record GenerationFacts(
    long Generation, IReadOnlyList<GenerationArm> Arms, IReadOnlyDictionary<string, FactsImage> Images)
{
    /// <summary>
    /// The arm that a candidate is compared with: its control cohort where there is one, else stable.
    /// </summary>
    public GenerationArm? Reference =>
        Arms.FirstOrDefault(arm => arm.Role == ArmRole.Control) is { } control ? control : Stable;

    public bool HasControl => Arms.Any(arm => arm.Role == ArmRole.Control);

    private GenerationArm? Stable => Arms.FirstOrDefault(arm => arm.Role == ArmRole.Stable);

    public FactsImage? Of(GenerationArm? arm) => arm is null ? null : Images.GetValueOrDefault(arm.Name.ToString());
}

/// <summary>Reads single figures out of sums.</summary>
internal static class ArmTables
{
    /// <summary>A metric that needs no outcomes, of one arm; nothing where it was not counted.</summary>
    public static ArmFigure Figure(FactsImage? image, Metric metric) => metric.Kind switch
    {
        _ when image is null => ArmFigure.None,
        MetricKind.ErrorRate => Ratio(image.Requests),
        MetricKind.Latency => Quantile(image.Latency, metric.Quantile),
        MetricKind.Compute => Quantile(image.Compute, metric.Quantile),
        MetricKind.Disagreement => Ratio(image.Disagreements),
        MetricKind.Output or MetricKind.ShadowDifference => image.Outputs.TryGetValue(metric.ToString(), out var totals)
            ? Ratio(totals)
            : ArmFigure.None,
        _ => ArmFigure.None,
    };

    public static ArmFigure Ratio(BucketTotals totals)
    {
        var figure = totals.Ratio();
        return figure.Records > 0 ? new ArmFigure(figure.Records, figure.Value, figure.Variance) : ArmFigure.None;
    }

    /// <summary>
    /// A quantile with its variance from the binomial spread of ranks: half the distance between the quantiles one
    /// standard error of the rank below and above (Woodruff 1952). Requests count as independent here; a bucket of the
    /// histogram is the least that can be told apart.
    /// </summary>
    private static ArmFigure Quantile(TimeHistogram histogram, double q)
    {
        var n = histogram.Total();
        if (n == 0)
            return ArmFigure.None;

        var error = Math.Sqrt(q * (1 - q) / n);
        var spread = (histogram.Quantile(q + error) - histogram.Quantile(q - error)) / 2;
        return new ArmFigure(n, histogram.Quantile(q), spread * spread);
    }
}
