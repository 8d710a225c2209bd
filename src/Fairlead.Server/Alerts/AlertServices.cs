using Fairlead.Server.Alerts.Holding;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Alerts.Telling;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Routing;
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
        services.AddSingleton<Messenger>();
        services.AddSingleton<AlertLooks>();
        services.AddSingleton<AlertAttempts>();
        services.AddSingleton<AlertSender>();
        return services;
    }

    public static void MapAlerting(this IEndpointRouteBuilder routes)
    {
        routes.MapAlerts();
        routes.MapSilences();
        routes.MapInhibitions();
        routes.MapReceivers();
    }
}
