using Fairlead.ErrorRates.Rules;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Scenarios;

/// <summary>What the estimates of a scheduled test did over many runs with a true difference.</summary>
internal sealed class EstimateTally
{
    public int Runs { get; private set; }

    public int Covered { get; private set; }

    public int PlainTooHigh { get; private set; }

    public int UnbiasedTooHigh { get; private set; }

    /// <summary>Share of the intervals that hold the true difference.</summary>
    public double Coverage => Covered / (double)Runs;

    /// <summary>Share of the plain estimates above the true difference.</summary>
    public double PlainHigh => PlainTooHigh / (double)Runs;

    /// <summary>Share of the median-unbiased estimates above the true difference.</summary>
    public double UnbiasedHigh => UnbiasedTooHigh / (double)Runs;

    /// <summary>Both claims hold within three Monte-Carlo standard errors.</summary>
    public bool IsBorneOut =>
        Math.Abs(Coverage - 0.95) <= 3 * Math.Sqrt(0.95 * 0.05 / Runs)
        && Math.Abs(UnbiasedHigh - 0.5) <= 3 * Math.Sqrt(0.25 / Runs);

    public void Count(StoppedEstimate estimate, double truth)
    {
        Runs++;
        Covered += estimate.Low <= truth && truth <= estimate.High ? 1 : 0;
        PlainTooHigh += estimate.Naive > truth ? 1 : 0;
        UnbiasedTooHigh += estimate.MedianUnbiased > truth ? 1 : 0;
    }

    public void Add(EstimateTally other)
    {
        Runs += other.Runs;
        Covered += other.Covered;
        PlainTooHigh += other.PlainTooHigh;
        UnbiasedTooHigh += other.UnbiasedTooHigh;
    }
}

/// <summary>
/// The estimate after a stop: the conversions of <see cref="DailyConversions"/> with a lift of 10 %, stopped by
/// O'Brien–Fleming spending at five looks.
/// </summary>
internal static class EarlyStops
{
    private const int Looks = 5;

    public static EstimateTally Measure(Effort effort)
    {
        var times = Enumerable.Range(1, Looks).Select(k => k / (double)Looks).ToArray();
        var bounds = GroupSequential.Bounds(SpendingFunction.ObrienFleming, AllRules.Alpha, Sides.Two, times);
        double[] z = [.. bounds.Select(bound => bound.Z)];
        var (control, treatment) = DailyConversions.Tables(DailyConversions.Lift);
        return ParallelRuns.Tally(effort.Runs(4000), effort.Threads, effort.Seed ^ 0x55, () => new EstimateTally(),
            (generator, tally) => tally.Count(
                Run(DailyConversions.Draw(control, treatment, Looks * 3, generator), times, z),
                DailyConversions.Rate * DailyConversions.Lift),
            (sum, each) => sum.Add(each));
    }

    /// <summary>Three days to a look.</summary>
    private static StoppedEstimate Run(Look[] days, double[] times, double[] z)
    {
        for (var k = 0; ; k++)
        {
            var look = days[3 * k + 2];
            if (k == Looks - 1 || Math.Abs(look.Z) >= z[k])
                return StoppedEstimate.At(
                    times[..(k + 1)], z[..(k + 1)], Sides.Two, look.Difference, look.Error, AllRules.Alpha);
        }
    }
}
