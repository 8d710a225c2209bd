using Fairlead.Serving.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Alerts;

/// <summary>Puts alerts into a host.</summary>
internal static class AlertServices
{
    public static IServiceCollection AddAlerts(this IServiceCollection services)
    {
        services.AddSingleton<AlertMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<AlertMeter>());
        services.AddSingleton<AlertStore>();
        return services;
    }
}
