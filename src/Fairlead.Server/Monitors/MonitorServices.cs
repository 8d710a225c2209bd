using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Quality;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Monitors;

/// <summary>Puts monitors and what they look with into the control plane.</summary>
internal static class MonitorServices
{
    public static void AddMonitors(this IServiceCollection services)
    {
        services.AddSingleton<LabelledRead>();
        services.AddSingleton<Evaluations>();
        services.AddSingleton<QualityRead>();
        services.AddSingleton<CostRead>();
        services.AddSingleton<KeptRows>();
        services.AddSingleton<RowDriftWatcher>();
        services.AddSingleton<DriftWatcher>();
        services.AddSingleton<ServiceWatcher>();
        services.AddSingleton<QualityWatcher>();
        services.AddSingleton<EstimateWatcher>();
        services.AddSingleton<ConceptWatcher>();
        services.AddSingleton<SeriesWatcher>();
        services.AddSingleton<SchemaWatcher>();
        services.AddSingleton<Watchers.Watchers>();
        services.AddSingleton<MonitorMeter>();
        services.AddSingleton<MonitorResults>();
        services.AddSingleton<MonitorController>();
    }
}
