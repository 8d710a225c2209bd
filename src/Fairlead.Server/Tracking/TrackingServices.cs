using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Artifacts;
using Fairlead.Server.Tracking.Models;
using Fairlead.Server.Tracking.Storage;
using Fairlead.Serving.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tracking;

/// <summary>Puts tracking into a host.</summary>
internal static class TrackingServices
{
    public static IServiceCollection AddTracking(this IServiceCollection services)
    {
        services.AddSingleton<ITrackingGate>(provider =>
        {
            var (options, time) = (provider.GetRequiredService<ControlPlaneOptions>(),
                provider.GetRequiredService<TimeProvider>());
            return options.PostgresConnection is null
                ? new SqliteTrackingGate(
                    provider.GetRequiredService<Database>(), provider.GetRequiredService<DataFolder>(), time)
                : new PostgresTrackingGate(options, time);
        });
        services.AddSingleton<MetricKeys>();
        services.AddSingleton<TrackingMeter>();
        services.AddSingleton<IMetricsSource, TrackingMetrics>();
        services.AddSingleton<Experiments>();
        services.AddSingleton<RunReads>();
        services.AddSingleton<RunWrites>();
        services.AddSingleton<RunLogging>();
        services.AddSingleton<RunInputs>();
        services.AddSingleton<RunComparing>();
        services.AddSingleton<ArtifactTree>();
        services.AddSingleton<ArtifactUploads>();
        services.AddSingleton<ArtifactLinks>();
        services.AddSingleton<TrackingTrash>();
        services.AddSingleton<LoggedModelWrites>();
        services.AddSingleton<ModelViews>();
        services.AddSingleton<ModelChanges>();
        services.AddSingleton<ModelSources>();
        services.AddSingleton<TrackedRegistration>();
        return services;
    }
}
