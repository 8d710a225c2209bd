using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Audit;

/// <summary>Counts what is sealed of the audit log and what retention removes.</summary>
internal sealed class AuditMeter : IMetricsSource, IDisposable
{
    private readonly Meter _meter = new(WriteGate.MeterName);
    private long _sealed;
    private long _removed;

    public AuditMeter()
    {
        _meter.CreateObservableCounter("fairlead.audit.sealed", () => Interlocked.Read(ref _sealed),
            description: "Entries of the audit log that were sealed");
        _meter.CreateObservableCounter("fairlead.audit.removed", () => Interlocked.Read(ref _removed),
            description: "Entries of the audit log that retention removed");
    }

    public void AddSealed(long count) => Interlocked.Add(ref _sealed, count);

    public void AddRemoved(long count) => Interlocked.Add(ref _removed, count);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_audit_sealed_total", "counter", "Entries of the audit log that were sealed.");
        page.Sample("fairlead_audit_sealed_total", "", Interlocked.Read(ref _sealed));
        page.Family("fairlead_audit_removed_total", "counter", "Entries of the audit log that retention removed.");
        page.Sample("fairlead_audit_removed_total", "", Interlocked.Read(ref _removed));
    }

    public void Dispose() => _meter.Dispose();
}
