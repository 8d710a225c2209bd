using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Monitoring;
using Fairlead.Statistics;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Series;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>Looks at how an endpoint answers, from its windows.</summary>
internal sealed class ServiceWatcher(WindowRead windows)
{
    private const double Alpha = 0.01;

    /// <summary>
    /// Failures of which as many would come rarer than so, were the objective just met, are no chance: one failure of
    /// two requests in the night is.
    /// </summary>
    private const double Chance = 0.001;

    public async Task<LookResult> LookAsync(
        MonitorLook look, ServiceWatch watch, CancellationToken cancellation)
    {
        var to = look.LastMinute;
        var from = to - (long)watch.Window.TotalMinutes;
        var found = await windows.ReadAsync(look.Endpoint, from, to, 0, look.Wants, cancellation);
        if (watch.Metric == ServiceMetric.Traffic)
            return new([Traffic(watch, found)]);
        return found.Count == 0
            ? new([MonitorFinding.Whole(new(AlertSign.NoData, double.NaN,
                "nothing was asked in the time that is looked at"))])
            : new([.. found.Select(arm => Judge(watch, arm))]);
    }

    public async Task<LookResult> LookAsync(
        MonitorLook look, ObjectiveWatch watch, CancellationToken cancellation)
    {
        var rate = new BurnRate(watch.Objective, watch.Period);
        var findings = new List<MonitorFinding>();
        foreach (var (i, pair) in BurnRate.CommonWindows.Index())
        {
            // The windows of a period of 30 days, in proportion.
            var scale = watch.Period / TimeSpan.FromDays(30);
            var window = pair with { Long = pair.Long * scale, Short = pair.Short * scale };
            var (longErrors, longRequests) = await CountAsync(look, window.Long, cancellation);
            var (shortErrors, shortRequests) = await CountAsync(look, window.Short, cancellation);
            findings.Add(Burns(rate, window, (longErrors, longRequests), (shortErrors, shortRequests))
                .With("burn", i < 2 ? "fast" : "slow").With("window", Words(window.Long)));
        }

        return new(findings);
    }

    private static MonitorFinding Burns(
        BurnRate rate, BurnWindow window, (long Errors, long Requests) all, (long Errors, long Requests) newest)
    {
        var (longRatio, shortRatio) = ((double)all.Errors / all.Requests, (double)newest.Errors / newest.Requests);
        var factor = rate.FactorOf(window);
        var burn = rate.Of(longRatio);
        var sign = double.IsNaN(longRatio) ? AlertSign.NoData
            : rate.Fires(longRatio, shortRatio, factor) ? AlertSign.Breach
            : AlertSign.Clear;
        var now = double.IsNaN(shortRatio) ? "nothing was asked" : shortRatio.ToString(
            "0.####%", CultureInfo.InvariantCulture);
        var why = sign == AlertSign.NoData
            ? $"nothing was asked in {Words(window.Long)}"
            : string.Create(CultureInfo.InvariantCulture,
                $"{longRatio:0.####%} failed in {Words(window.Long)} and {now} in "
                + $"{Words(window.Short)}: the budget burns {burn:0.##} times as fast as it may, an alarm from "
                + $"{factor:0.##} on");
        var chance = Binomial.AtLeast(all.Errors, all.Requests, (double)rate.Budget);
        return sign == AlertSign.Breach && chance > Chance
            ? MonitorFinding.Whole(new(AlertSign.NoData, burn, string.Create(CultureInfo.InvariantCulture,
                $"{why}; {all.Errors} of {all.Requests} are too few to tell from chance, which makes as many in "
                + $"{chance:0.###%} of the time")))
            : MonitorFinding.Whole(new(sign, burn, why));
    }

    private async Task<(long Errors, long Requests)> CountAsync(
        MonitorLook look, TimeSpan length, CancellationToken cancellation)
    {
        var minutes = Math.Max(1, (long)length.TotalMinutes);
        var found = await windows.CountAsync(look.Endpoint, look.LastMinute - minutes, look.LastMinute, look.Wants,
            cancellation);
        return (found.Sum(arm => arm.Failed), found.Sum(arm => arm.Requests));
    }

    private static MonitorFinding Traffic(ServiceWatch watch, IReadOnlyList<ArmStretch> arms)
    {
        var requests = arms.Sum(arm => arm.Window.Requests);
        var rate = requests / watch.Window.TotalSeconds;
        return MonitorFinding.Whole(watch.Limit.Read(
            "requests a second", rate, new Interval(rate, rate), requests, 0, "requests"));
    }

    private static MonitorFinding Judge(ServiceWatch watch, ArmStretch arm)
    {
        var (what, value, interval, count) = watch.Metric == ServiceMetric.ErrorRate
            ? ErrorRate(arm.Window)
            : Time(watch, watch.Metric == ServiceMetric.Latency ? arm.Window.Latency : arm.Window.Compute);
        var reading = watch.Limit.Read(what, value, interval, count, watch.MinimumRequests, "requests");
        return MonitorFinding.OfArm(arm.Arm, arm.Version, reading) with { Low = interval.Low, High = interval.High };
    }

    private static (string What, double Value, Interval Interval, long Count) ErrorRate(WindowSketch window)
    {
        var share = new Proportion(ServerFaults.Of(window), window.Requests);
        return ("error rate", share.Rate, OneProportion.Wilson(share, Alpha), window.Requests);
    }

    /// <summary>The ends of a time are by how much the sketch may be wrong.</summary>
    private static (string What, double Value, Interval Interval, long Count) Time(
        ServiceWatch watch, LatencySketch times)
    {
        var value = times.Count == 0 ? double.NaN : times.Quantile(watch.Quantile);
        var time = watch.Metric == ServiceMetric.Latency ? "latency" : "compute time";
        var what = string.Create(CultureInfo.InvariantCulture, $"{time} p{watch.Quantile * 100:0.###} (s)");
        return (what, value, new Interval(value * (1 - times.Accuracy), value * (1 + times.Accuracy)), times.Count);
    }

    private static string Words(TimeSpan time) => time.TotalDays >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.#}d")
        : time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#}h")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0.#}m");
}
