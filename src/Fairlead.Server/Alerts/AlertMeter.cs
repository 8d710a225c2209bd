using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Alerts;

/// <summary>Counts what is left out of alerts, since the process started.</summary>
internal sealed class AlertMeter : IMetricsSource, IDisposable
{
    private readonly Meter _meter = new(WriteGate.MeterName);
    private long _leftOut;

    public AlertMeter() =>
        _meter.CreateObservableCounter("fairlead.alerts.left_out", () => SubjectsLeftOut,
            description: "Things that monitors looked at beyond the most alerts of one monitor");

    /// <summary>Things that monitors looked at and that had no place.</summary>
    public long SubjectsLeftOut => Interlocked.Read(ref _leftOut);

    public void LeftOut(int subjects) => Interlocked.Add(ref _leftOut, subjects);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_alerts_left_out_total", "counter",
            "Things that monitors looked at beyond the most alerts of one monitor.");
        page.Sample("fairlead_alerts_left_out_total", "", SubjectsLeftOut);
    }

    public void Dispose() => _meter.Dispose();
}
