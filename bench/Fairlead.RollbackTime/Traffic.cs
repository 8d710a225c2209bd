using Fairlead.Serving.Facts;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Numerics;

namespace Fairlead.RollbackTime;

/// <summary>Requests that are made up: how many fail, how long they take and what the model answers.</summary>
internal sealed class Traffic
{
    public const double PerSecond = 200;
    public const double Share = 0.05;
    public const string Score = "output:score";

    private const double ScoreMean = 0.4;
    private const double ScoreSpread = 0.25;

    // Seconds: the median of a log-normal duration, and the standard deviation of its logarithm.
    private static readonly (double Median, double Spread) Latency = (0.020, 0.6);
    private static readonly (double Median, double Spread) Compute = (0.001, 0.4);
    private static readonly double[] LatencyShares = SharesOf(Latency);
    private static readonly double[] ComputeShares = SharesOf(Compute);

    /// <summary>An arm that nobody has asked yet.</summary>
    public static FactsImage Nothing()
    {
        var image = new FactsImage();
        image.Outputs.Add(Score, new BucketTotals());
        return image;
    }

    /// <summary>One request to an arm.</summary>
    public static void Ask(FactsImage arm, double errorRate, SplitMix64 chance)
    {
        var bucket = BucketTotals.BucketOf(chance.Next());
        arm.Requests.Add(bucket, chance.NextDouble() < errorRate ? 1 : 0);
        arm.Outputs[Score].Add(bucket, ScoreMean + ScoreSpread * chance.NextNormal());
        arm.Latency.Record(Duration(Latency, chance));
        arm.Compute.Record(Duration(Compute, chance));
    }

    /// <summary>Many requests to an arm at once: the sums that so many requests leave, drawn as sums.</summary>
    public static void AskMany(FactsImage arm, double expected, double errorRate, SplitMix64 chance)
    {
        for (var bucket = 0; bucket < BucketTotals.Count; bucket++)
        {
            var answered = Draws.Poisson(expected / BucketTotals.Count * (1 - errorRate), chance);
            var failed = Draws.Poisson(expected / BucketTotals.Count * errorRate, chance);
            var all = answered + failed;
            if (all == 0)
                continue;
            arm.Requests.Add(bucket, failed, all, all);
            var scores = all * ScoreMean + Math.Sqrt(all) * ScoreSpread * chance.NextNormal();
            arm.Outputs[Score].Add(bucket, scores, all, all);
        }

        Fill(arm.Latency, LatencyShares, expected, chance);
        Fill(arm.Compute, ComputeShares, expected, chance);
    }

    private static void Fill(TimeHistogram histogram, double[] shares, double expected, SplitMix64 chance)
    {
        for (var bucket = 0; bucket < shares.Length; bucket++)
        {
            if (shares[bucket] > 0)
                histogram.Add(bucket, Draws.Poisson(expected * shares[bucket], chance));
        }
    }

    private static TimeSpan Duration((double Median, double Spread) of, SplitMix64 chance) =>
        TimeSpan.FromSeconds(of.Median * Math.Exp(of.Spread * chance.NextNormal()));

    /// <summary>How the histogram divides a million durations; it alone knows its bounds.</summary>
    private static double[] SharesOf((double Median, double Spread) of)
    {
        const int draws = 1_000_000;
        var histogram = new TimeHistogram();
        for (var i = 0; i < draws; i++)
            histogram.Record(TimeSpan.FromSeconds(
                of.Median * Math.Exp(of.Spread * Normal.Quantile((i + 0.5) / draws))));
        var buckets = Enumerable.Range(0, TimeHistogram.Buckets);
        return [.. buckets.Select(bucket => (double)histogram.Count(bucket) / draws)];
    }
}
