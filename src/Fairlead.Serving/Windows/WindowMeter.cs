using System.Diagnostics.Metrics;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Windows;

/// <summary>What became of windows, on the metrics page and for exporters.</summary>
public sealed class WindowMeter : IMetricsSource, IDisposable
{
    private readonly Meter _meter;
    private long _stored;
    private long _lost;

    public WindowMeter(IMeterFactory meters)
    {
        _meter = meters.Create(ServingInstruments.MeterName);
        _meter.CreateObservableCounter("fairlead.windows.stored", () => Stored,
            description: "Minutes of an arm whose statistics were stored");
        _meter.CreateObservableCounter("fairlead.windows.lost", () => Lost,
            description: "Minutes of an arm, or parts of them, that were lost while storage was away");
    }

    /// <summary>Windows that were stored.</summary>
    public long Stored => Volatile.Read(ref _stored);

    /// <summary>Windows, or parts of them, that were lost while storage was away.</summary>
    public long Lost => Volatile.Read(ref _lost);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_windows_stored_total", "counter",
            "Minutes of an arm whose statistics were stored.");
        page.Sample("fairlead_windows_stored_total", "", Stored);
        page.Family("fairlead_windows_lost_total", "counter",
            "Minutes of an arm, or parts of them, that were lost while storage was away.");
        page.Sample("fairlead_windows_lost_total", "", Lost);
    }

    public void Dispose() => _meter.Dispose();

    internal void Store() => Interlocked.Increment(ref _stored);

    internal void Lose(long windows) => Interlocked.Add(ref _lost, windows);
}
