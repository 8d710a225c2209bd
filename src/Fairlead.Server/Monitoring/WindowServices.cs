using Fairlead.Serving.Windows;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Monitoring;

/// <summary>Puts windows, and what is read from them, into the control plane.</summary>
internal static class WindowServices
{
    public static void AddWindows(this IServiceCollection services)
    {
        services.AddSingleton<WindowFiles>();
        services.AddSingleton<WindowStore>();
        services.AddSingleton<IWindowSink>(provider => provider.GetRequiredService<WindowStore>());
        services.AddSingleton<WindowKeeping>();
        services.AddSingleton<WindowRead>();
        services.AddSingleton<TrafficRead>();
        services.AddSingleton<DriftRead>();
    }
}
