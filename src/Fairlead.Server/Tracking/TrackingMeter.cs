using Fairlead.Server.Tracking.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Tracking;

/// <summary>Counts of tracking, for the metrics page.</summary>
internal sealed class TrackingMeter
{
    private long _points;
    private long _artifactBytes;

    public void Points(int count) => Interlocked.Add(ref _points, count);

    public void Uploaded(long bytes) => Interlocked.Add(ref _artifactBytes, bytes);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_tracking_points_total", "counter", "Metric points that were logged.");
        page.Sample("fairlead_tracking_points_total", "", Interlocked.Read(ref _points));
        page.Family("fairlead_tracking_artifact_bytes_total", "counter", "Bytes of artifacts that came.");
        page.Sample("fairlead_tracking_artifact_bytes_total", "", Interlocked.Read(ref _artifactBytes));
    }
}

/// <summary>The page's part about tracking.</summary>
internal sealed class TrackingMetrics(ITrackingGate gate, TrackingMeter meter) : IMetricsSource
{
    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_tracking_writes_total", "counter", "Writes of runs that were kept.");
        page.Sample("fairlead_tracking_writes_total", "", gate.Kept);
        page.Family("fairlead_tracking_writes_refused_total", "counter",
            "Writes of runs that were refused because too many waited.");
        page.Sample("fairlead_tracking_writes_refused_total", "", gate.Refused);
        page.Family("fairlead_tracking_writes_waiting", "gauge", "Writes of runs that wait.");
        page.Sample("fairlead_tracking_writes_waiting", "", gate.Waiting);
        meter.Write(page);
    }
}
