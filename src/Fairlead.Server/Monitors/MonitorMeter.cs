using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Monitors;

/// <summary>Counts the looks of monitors.</summary>
internal sealed class MonitorMeter : IDisposable
{
    /// <summary>A look that came to its end, whatever it found.</summary>
    public const string Done = "done";

    /// <summary>A look whose result was not kept: the monitor changed meanwhile, or another process has the lease.
    /// </summary>
    public const string Superseded = "superseded";

    /// <summary>A look that failed or took too long; its alerts say so.</summary>
    public const string Failed = "failed";

    private readonly Meter _meter = new(WriteGate.MeterName);

    public MonitorMeter() =>
        Looks.Observe(_meter, "fairlead.monitor.looks", "fairlead.result", "Looks of monitors, by how they ended");

    public ReasonCounts Looks { get; } = new(Done, Superseded, Failed);

    public void Dispose() => _meter.Dispose();
}
