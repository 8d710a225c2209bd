using System.Diagnostics;
using Fairlead.Web.Layout;
using Fairlead.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Web.Hosting;

/// <summary>The console's services and the order in which a request passes them.</summary>
internal sealed class ConsolePipeline : IAsyncDisposable
{
    /// <summary>Circuits of browsers that went away; each holds a page's memory.</summary>
    private const int MostLostCircuits = 50;

    private static readonly TimeSpan LostCircuitsLive = TimeSpan.FromMinutes(2);

    private readonly ServiceProvider _services;

    private ConsolePipeline(ServiceProvider services, RequestDelegate invoke) =>
        (_services, Invoke) = (services, invoke);

    public IServiceProvider Services => _services;

    public RequestDelegate Invoke { get; }

    public static ConsolePipeline Build(IServiceProvider host, IConsoleDoor door)
    {
        var services = new ServiceCollection();
        AddOfHost(services, host);
        services.AddSingleton(door);
        services.AddSingleton<Assets>();
        services.AddSingleton<LiveFeeds>();
        services.AddScoped<Visitor>();
        services.AddRouting();

        // A page and its circuit are of one process, so keys that die with it are enough; sessions have their own.
        services.AddSingleton<IDataProtectionProvider, EphemeralDataProtectionProvider>();
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.Configure<CircuitOptions>(circuits =>
        {
            circuits.DisconnectedCircuitMaxRetained = MostLostCircuits;
            circuits.DisconnectedCircuitRetentionPeriod = LostCircuitsLive;
        });

        var provider = services.BuildServiceProvider();
        var app = new ApplicationBuilder(provider);
        app.Use(SecurityHeaders);
        app.Use(SessionGate.AdmitAsync);
        app.UseRouting();
        app.Use(SayNotFound);
        app.UseAntiforgery();
        app.UseEndpoints(routes =>
        {
            Assets.Map(routes);
            SignInRoutes.Map(routes);
            routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(
                options => options.ContentSecurityFrameAncestorsPolicy = null);
        });
        return new ConsolePipeline(provider, app.Build());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void AddOfHost(ServiceCollection services, IServiceProvider host)
    {
        services.AddSingleton(host.GetRequiredService<ILoggerFactory>());
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(host.GetRequiredService<IConfiguration>());
        services.AddSingleton(host.GetRequiredService<IHostApplicationLifetime>());
        services.AddSingleton(host.GetRequiredService<IHostEnvironment>());
        services.AddSingleton(host.GetRequiredService<IWebHostEnvironment>());
        services.AddSingleton(host.GetRequiredService<TimeProvider>());
        services.AddSingleton(host.GetRequiredService<DiagnosticListener>());
        services.AddSingleton<DiagnosticSource>(host.GetRequiredService<DiagnosticListener>());
    }

    /// <summary>The page that says so takes every address that no other page takes.</summary>
    private static Task SayNotFound(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type == typeof(NotFoundPage))
        {
            // At the end: a page that begins with this status is not rendered.
            context.Response.OnStarting(() =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }

        return next(context);
    }

    private static Task SecurityHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data: blob:; style-src 'self' "
            + "'unsafe-inline'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }
}
