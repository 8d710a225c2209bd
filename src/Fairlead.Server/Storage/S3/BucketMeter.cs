using System.Diagnostics.Metrics;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Storage.S3;

/// <summary>Counts what goes to a bucket and comes from it, and what copies here save. Silent without one.</summary>
internal sealed class BucketMeter : IMetricsSource, IDisposable
{
    private readonly Meter _meter = new(WriteGate.MeterName);
    private volatile Bucket? _bucket;
    private volatile ArtifactCache? _cache;
    private long _sent;
    private long _fetched;
    private long _hits;
    private long _misses;

    /// <summary>Says whose figures these are.</summary>
    public void Watch(Bucket bucket, ArtifactCache cache)
    {
        (_bucket, _cache) = (bucket, cache);
        _meter.CreateObservableGauge("fairlead.bucket.up", () => bucket.Fault is null ? 1 : 0,
            description: "1 while the bucket answers");
        _meter.CreateObservableCounter("fairlead.bucket.sent", () => Interlocked.Read(ref _sent), "By",
            "Bytes of artifacts that were sent to the bucket");
        _meter.CreateObservableCounter("fairlead.bucket.fetched", () => Interlocked.Read(ref _fetched), "By",
            "Bytes of artifacts that were copied from the bucket");
        _meter.CreateObservableGauge("fairlead.artifact.cache.size", () => cache.Bytes, "By",
            "Bytes of copies on this machine");
    }

    public void Sent(long bytes) => Interlocked.Add(ref _sent, bytes);

    public void Fetched(long bytes) => Interlocked.Add(ref _fetched, bytes);

    public void Hit() => Interlocked.Increment(ref _hits);

    public void Missed() => Interlocked.Increment(ref _misses);

    public void Write(PrometheusWriter page)
    {
        if (_bucket is not { } bucket || _cache is not { } cache)
            return;
        page.Family("fairlead_bucket_up", "gauge", "1 while the bucket answers.");
        page.Sample("fairlead_bucket_up", "", bucket.Fault is null ? 1 : 0);
        page.Family("fairlead_bucket_sent_bytes_total", "counter", "Bytes of artifacts that were sent to the bucket.");
        page.Sample("fairlead_bucket_sent_bytes_total", "", Interlocked.Read(ref _sent));
        page.Family("fairlead_bucket_fetched_bytes_total", "counter",
            "Bytes of artifacts that were copied from the bucket.");
        page.Sample("fairlead_bucket_fetched_bytes_total", "", Interlocked.Read(ref _fetched));
        page.Family("fairlead_artifact_cache_bytes", "gauge", "Bytes of copies of artifacts on this machine.");
        page.Sample("fairlead_artifact_cache_bytes", "", cache.Bytes);
        page.Family("fairlead_artifact_cache_hits_total", "counter",
            "Artifacts that were read from a copy on this machine.");
        page.Sample("fairlead_artifact_cache_hits_total", "", Interlocked.Read(ref _hits));
        page.Family("fairlead_artifact_cache_misses_total", "counter",
            "Artifacts that had to be read from the bucket.");
        page.Sample("fairlead_artifact_cache_misses_total", "", Interlocked.Read(ref _misses));
        page.Family("fairlead_artifact_cache_evictions_total", "counter", "Copies that were removed to make room.");
        page.Sample("fairlead_artifact_cache_evictions_total", "", cache.Evicted);
    }

    public void Dispose() => _meter.Dispose();
}
