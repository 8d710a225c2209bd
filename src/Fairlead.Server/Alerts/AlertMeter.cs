using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Alerts;

/// <summary>
/// Counts alerts, and what is left out and dropped on the way to people, since the process started.
/// </summary>
internal sealed class AlertMeter : IMetricsSource, IDisposable
{
    public const string Delivered = "delivered";

    /// <summary>An attempt that failed; the message is tried again.</summary>
    public const string TriedAgain = "tried_again";

    /// <summary>The receiver does not take the message and would not do so later.</summary>
    public const string Refused = "refused";

    /// <summary>The receiver took nothing until the deadline.</summary>
    public const string TooLate = "too_late";

    public const string ReceiverGone = "receiver_gone";

    private const string Other = "other";

    /// <summary>Severities that are counted by their names; all others together, so that labels stay few.</summary>
    private static readonly FrozenSet<string> Severities =
        FrozenSet.Create("critical", "page", "error", "warning", "ticket", "info");

    private readonly Meter _meter = new(WriteGate.MeterName);
    private long _leftOut;
    private IReadOnlyList<(string Phase, string Severity, long Count)> _present = [];

    public AlertMeter()
    {
        _meter.CreateObservableCounter("fairlead.alerts.left_out", () => SubjectsLeftOut,
            description: "Things that monitors looked at beyond the most alerts of one monitor");
        Deliveries.Observe(
            _meter, "fairlead.alerts.deliveries", "fairlead.result", "Messages about alerts, by what became of them");
    }

    public ReasonCounts Deliveries { get; } = new(Delivered, TriedAgain, Refused, TooLate, ReceiverGone);

    /// <summary>Things that monitors looked at and that had no place.</summary>
    public long SubjectsLeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Firing alerts that name no receiver that there is.</summary>
    public int ToldToNobody { get; set; }

    public void LeftOut(int subjects) => Interlocked.Add(ref _leftOut, subjects);

    /// <summary>Takes in how many alerts there are; nothing where another replica tells of them.</summary>
    public void Present(IEnumerable<(string Phase, string Severity, long Count)> counts) => Volatile.Write(
        ref _present,
        [
            .. counts
                .GroupBy(each => (each.Phase, Severity: Severities.Contains(each.Severity) ? each.Severity : Other))
                .Select(group => (group.Key.Phase, group.Key.Severity, group.Sum(each => each.Count))),
        ]);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_alerts", "gauge", "Alerts by state and severity, where people are told of them.");
        foreach (var (phase, severity, count) in Volatile.Read(ref _present))
        {
            var state = AlertPhases.Written(Enum.Parse<AlertPhase>(phase));
            page.Sample("fairlead_alerts", $"state=\"{state}\",severity=\"{severity}\"", count);
        }

        page.Family("fairlead_alerts_told_to_nobody", "gauge", "Firing alerts that name no receiver that there is.");
        page.Sample("fairlead_alerts_told_to_nobody", "", ToldToNobody);
        page.Family("fairlead_alert_deliveries_total", "counter", "Messages about alerts, by what became of them.");
        Deliveries.Write(page, "fairlead_alert_deliveries_total", "result");
        page.Family("fairlead_alerts_left_out_total", "counter",
            "Things that monitors looked at beyond the most alerts of one monitor.");
        page.Sample("fairlead_alerts_left_out_total", "", SubjectsLeftOut);
    }

    public void Dispose() => _meter.Dispose();
}
