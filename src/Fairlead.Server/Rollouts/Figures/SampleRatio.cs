using System.Globalization;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Server.Rollouts.Figures;

/// <summary>
/// Sample ratio mismatch: do the arms get the shares that the schedule gives them? Shares are held against each
/// generation's own weights, never against the present ones, and their variance is taken between buckets of units, so
/// that units with many requests raise no alarm. Looked at as often as wanted (confidence sequence).
/// </summary>
internal static class SampleRatio
{
    /// <summary>Error rate over all looks and arms of a rollout.</summary>
    private const double Alpha = 0.001;

    /// <summary>Requests of a generation below which nothing is said.</summary>
    private const double Fewest = 1000;

    /// <summary>Requests at which the sequence is tightest.</summary>
    private const double TuneAt = 20_000;

    /// <summary>The first mismatch in a sentence; null when there is none.</summary>
    public static string? Mismatch(IReadOnlyList<GenerationFacts> generations)
    {
        var divided = generations.Where(each => each.Arms.Count(arm => arm.Weight > 0) > 1).ToList();
        var looks = divided.Sum(each => each.Arms.Count(arm => arm.Weight > 0));
        foreach (var generation in divided)
        {
            var total = new double[BucketTotals.Count];
            foreach (var arm in generation.Arms)
                Add(total, generation.Of(arm)?.Requests, arm);
            foreach (var arm in generation.Arms.Where(arm => arm.Weight > 0))
            {
                if (Why(generation, arm, total, Alpha / looks) is { } why)
                    return why;
            }
        }

        return null;
    }

    private static void Add(double[] total, BucketTotals? requests, GenerationArm arm)
    {
        if (requests is null || arm.Weight <= 0)
            return;
        for (var i = 0; i < total.Length; i++)
            total[i] += requests.X[i];
    }

    private static string? Why(GenerationFacts generation, GenerationArm arm, double[] total, double alpha)
    {
        var own = generation.Of(arm)?.Requests ?? new BucketTotals();
        var share = new BucketTotals(total, own.X, total).Ratio();
        if (share.Records < Fewest || double.IsNaN(share.Variance))
            return null;

        // An arm that got nothing has no spread of its own; its share then has that of the weight it should have had.
        var variance = Math.Max(share.Variance, arm.Weight * (1 - arm.Weight) / share.Records);
        var look = AsymptoticSequence.Interval(
            share.Value - arm.Weight, Math.Sqrt(variance), share.Records, TuneAt, alpha);
        return look.Excludes0
            ? string.Create(CultureInfo.InvariantCulture,
                $"sample ratio mismatch: {arm.Name} got {share.Value * 100:0.##} % of {share.Records:0} requests in "
                + $"generation {generation.Generation}, where {arm.Weight * 100:0.##} % belong to it")
            : null;
    }
}
