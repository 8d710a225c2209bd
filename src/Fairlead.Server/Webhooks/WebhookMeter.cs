using System.Diagnostics.Metrics;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Webhooks;

/// <summary>Counts events on their way to webhooks, since the process started.</summary>
internal sealed class WebhookMeter : IMetricsSource, IDisposable
{
    public const string Delivered = "delivered";

    /// <summary>An attempt that failed; the event is tried again.</summary>
    public const string TriedAgain = "tried_again";

    /// <summary>Given up after the last attempt.</summary>
    public const string Dead = "dead";

    private readonly Meter _meter = new(WriteGate.MeterName);

    public WebhookMeter() => Deliveries.Observe(
        _meter, "fairlead.webhooks.deliveries", "fairlead.result", "Events to webhooks, by what became of them");

    public ReasonCounts Deliveries { get; } = new(Delivered, TriedAgain, Dead);

    public void Write(PrometheusWriter page)
    {
        page.Family("fairlead_webhook_deliveries_total", "counter", "Events to webhooks, by what became of them.");
        Deliveries.Write(page, "fairlead_webhook_deliveries_total", "result");
    }

    public void Dispose() => _meter.Dispose();
}
