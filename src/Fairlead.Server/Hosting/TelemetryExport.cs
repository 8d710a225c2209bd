using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Traces and metrics over OTLP, when the environment names a collector in the standard way
/// (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c> and its relatives). Without one nothing is collected and nothing is paid for.
/// </summary>
internal static class TelemetryExport
{
    private static readonly string[] Switches =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    public static void AddTelemetryExport(this WebApplicationBuilder builder)
    {
        if (Array.Exists(Switches, name => !string.IsNullOrEmpty(builder.Configuration[name])))
            AddExporters(builder.Services);
    }

    // Apart, so that the library is loaded only where it is used.
    private static void AddExporters(IServiceCollection services) => services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService("fairlead"))
        .WithTracing(tracing => tracing
            .AddSource(ServingTrace.SourceName)
            .AddAspNetCoreInstrumentation()
            .AddOtlpExporter())
        .WithMetrics(metrics => metrics
            .AddMeter(ServingInstruments.MeterName, WriteGate.MeterName)
            .AddMeter("Microsoft.AspNetCore.Server.Kestrel", "System.Runtime")
            .AddOtlpExporter());
}
