namespace Fairlead.Serving.Telemetry;

/// <summary>
/// Adds families of its own to the metrics page. The control plane counts what the data plane knows nothing of; a
/// source only reads counters, and never waits.
/// </summary>
public interface IMetricsSource
{
    void Write(PrometheusWriter page);
}
