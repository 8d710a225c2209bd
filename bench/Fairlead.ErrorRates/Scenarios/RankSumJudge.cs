using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>What the judge said over many judgements of ten metrics each.</summary>
internal sealed class JudgeTally
{
    public int Runs { get; private set; }

    public int Metrics { get; private set; }

    public int MetricsFailed { get; private set; }

    public int RunsFailed { get; private set; }

    /// <summary>Share of the metrics that were judged high or low.</summary>
    public double MetricRate => MetricsFailed / (double)Metrics;

    /// <summary>Share of the runs with at least one such metric.</summary>
    public double RunRate => RunsFailed / (double)Runs;

    public void Count(int metrics, int failed)
    {
        Runs++;
        Metrics += metrics;
        MetricsFailed += failed;
        RunsFailed += failed > 0 ? 1 : 0;
    }

    public void Add(JudgeTally other)
    {
        Runs += other.Runs;
        Metrics += other.Metrics;
        MetricsFailed += other.MetricsFailed;
        RunsFailed += other.RunsFailed;
    }
}

/// <summary>Points of time series that a judge of the kind of Kayenta compares.</summary>
/// <param name="Name">As the table calls it.</param>
/// <param name="Points">Points of each arm.</param>
/// <param name="Correlation">Between neighbouring points (first-order autoregression).</param>
/// <param name="Shift">By how much the experiment is truly higher, as a share.</param>
/// <param name="Gate">Only means that differ by at least this share count; 0 counts any.</param>
internal sealed record JudgeCase(string Name, int Points, double Correlation, double Shift, double Gate);

/// <summary>
/// Ten metrics of mean 100 and deviation 30, a point a minute, of two services that are identical or not, judged by the
/// rank-sum judge with its ordinary settings.
/// </summary>
internal static class RankSumJudge
{
    private const int Metrics = 10;
    private const double Mean = 100;
    private const double Deviation = 30;

    /// <summary>The first ones are identical services; the rest differ.</summary>
    private static readonly JudgeCase[] Cases =
    [
        new("identical, points independent", 60, 0, 0, 0),
        new("identical, correlation 0.5", 60, 0.5, 0, 0),
        new("identical, correlation 0.8", 60, 0.8, 0, 0),
        new("identical, correlation 0.8, differences under 10 % ignored", 60, 0.8, 0, 0.1),
        new("10 % higher, points independent", 60, 0, 0.1, 0),
        new("20 % higher, points independent", 60, 0, 0.2, 0),
        new("10 % higher, ten points", 10, 0, 0.1, 0),
    ];

    public static (JudgeCase Case, JudgeTally Tally)[] Measure(Effort effort) =>
    [
        .. Cases.Select((each, i) => (each, ParallelRuns.Tally(
            effort.Runs(1000), effort.Threads, effort.Seed ^ (0x80 + (ulong)i), () => new JudgeTally(),
            (generator, tally) => tally.Count(Metrics, Failed(each, generator)), (sum, part) => sum.Add(part)))),
    ];

    private static int Failed(JudgeCase each, SplitMix64 generator)
    {
        var options = new JudgeOptions
        {
            Effect = each.Gate > 0 ? new EffectBounds(1 - each.Gate, 1 + each.Gate) : new EffectBounds(1, 1),
        };
        var failed = 0;
        for (var metric = 0; metric < Metrics; metric++)
        {
            var control = Series(each, 0, generator);
            var experiment = Series(each, each.Shift, generator);
            if (KayentaJudge.Judge(control, experiment, options).Label != MetricLabel.Pass)
                failed++;
        }

        return failed;
    }

    private static double[] Series(JudgeCase each, double shift, SplitMix64 generator)
    {
        var points = new double[each.Points];
        var state = generator.NextNormal();
        var fresh = Math.Sqrt(1 - each.Correlation * each.Correlation);
        for (var i = 0; i < points.Length; i++)
        {
            points[i] = Mean * (1 + shift) + Deviation * state;
            state = each.Correlation * state + fresh * generator.NextNormal();
        }

        return points;
    }
}
