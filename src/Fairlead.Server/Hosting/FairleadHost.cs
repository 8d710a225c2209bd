using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using Fairlead.Core.Access;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Server.Access;
using Fairlead.Server.Browser;
using Fairlead.Server.Description;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Fairlead.Serving.Protocols.OpenInference.Rest;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Windows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Fairlead.Server.Hosting;

/// <summary>Joins control plane and data plane into the one process that <c>fairlead serve</c> is.</summary>
public static class FairleadHost
{
    /// <summary>Builds the host; throws with every fault of the options at once.</summary>
    public static WebApplication Create(ServeOptions serve, ControlPlaneOptions control)
    {
        serve.ThrowIfInvalid();
        var plan = OnnxEnvironment.Intend(ThreadPlan.For(Environment.ProcessorCount, serve.ConcurrentRuns));

        // The settings are read once; watching their files would cost every start and change nothing.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        Listen(builder, serve);
        control.ListenHosts = [.. control.ListenHosts, .. ConfiguredHosts(builder.Configuration)];
        WriteLogs(builder.Logging, serve);
        builder.AddTelemetryExport();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(serve);
        builder.Services.AddSingleton<IQuarantine, JournalQuarantine>();

        // Hosted services start in this order: storage and keys are settled before anything is placed.
        builder.Services.AddFairleadControlPlane(control);
        AddDataPlane(builder.Services, serve, plan);
        builder.Services.AddOpenApiDescription();
        builder.Services.AddConsole();

        var app = builder.Build();
        app.Services.GetRequiredService<HostPipeline>().Keep(app);
        app.UseFairleadAccess();
        app.UseConsole();
        app.MapHealth();
        app.MapMetrics();
        MapDataPlane(app);
        app.RefuseUnlistedRoutes();
        app.UseLateRoutes(MapControlPlane);
        return app;
    }

    private static void MapControlPlane(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").DemandsNothing();
        routes.MapFairleadControlPlane();
    }

    private static void MapDataPlane(WebApplication app)
    {
        var native = app.MapNativePredict().Demands(Role.Predictor, endpoint: "name");

        var rest = app.MapOpenInferenceRest();
        rest.Open.DemandsNothing();
        rest.Listing.Demands(Role.Viewer);
        rest.Reading.Demands(Role.Viewer, endpoint: "name");
        rest.Predicting.Demands(Role.Predictor, endpoint: "name");

        DataPlaneRoutes.Describe(native, rest);

        // A gRPC message names its endpoint inside; the pipeline and the service hold the key against it.
        var grpc = app.MapOpenInferenceGrpc();
        grpc.Service.Demands(Role.Viewer);
        grpc.Health.DemandsNothing();
        grpc.Reflection.Demands(Role.Viewer);
    }

    private static void Listen(WebApplicationBuilder builder, ServeOptions serve)
    {
        var http = ServeOptions.ParseAddress(serve.Http);
        var grpc = ServeOptions.ParseAddress(serve.Grpc);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(http, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(grpc, listen => listen.Protocols = HttpProtocols.Http2);
        });

        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = serve.ShutdownTimeout);
    }

    /// <summary>
    /// The hosts of <c>Kestrel:Endpoints</c>, on which the server listens besides its own two addresses; protected mode
    /// must know of them.
    /// </summary>
    private static IEnumerable<string> ConfiguredHosts(ConfigurationManager configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren()
            .Select(endpoint => endpoint["Url"])
            .OfType<string>()
            .Select(url => BindingAddress.Parse(url).Host);

    private static void WriteLogs(ILoggingBuilder logging, ServeOptions serve)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(serve.LogLevel);
        logging.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (serve.JsonLogs)
        {
            logging.AddJsonConsole(json =>
            {
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";
            });
        }
        else
        {
            logging.AddSimpleConsole(text => text.SingleLine = true);
        }

        // Without this the framework opens a trace span, and so allocates one, for every request that nobody traces.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);

        // A start that fails is told by the verb that asked for it, in a sentence; readiness is asked for, not logged.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        logging.AddFilter("Grpc", LogLevel.Warning);
    }

    private static void AddDataPlane(IServiceCollection services, ServeOptions serve, ThreadPlan plan)
    {
        var http = ServeOptions.ParseAddress(serve.Http);

        // Model runs may hold every processor for a while; the doors need threads besides them.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, plan.ConcurrentRuns * 2), completions);

        services.AddSingleton(plan);
        services.AddSingleton(provider =>
            new RunGate(plan.ConcurrentRuns, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(new RoutingTable { DefaultEndpoint = serve.DefaultEndpoint });
        services.AddSingleton(new RequestRandomness(Seed()));
        services.AddSingleton(Journal);
        services.AddSingleton(Loader);
        services.AddSingleton<PlacedVersions>();
        services.AddSingleton<KeyRates>();
        services.AddSingleton<CallPool>();
        services.AddSingleton(new RequestLimits());
        services.AddNativePredict();
        services.AddOpenInferenceRest();
        services.AddOpenInferenceGrpc();
        services.AddSingleton<ServingInstruments>();
        services.AddSingleton<AnswerRecords>();
        services.AddSingleton(provider => new ShadowRunner(
            Environment.ProcessorCount, provider.GetRequiredService<RequestRandomness>(),
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ShadowRunner>>()));
        services.AddSingleton<PredictPipeline>();
        services.AddSingleton<ProcessMeter>();
        services.AddSingleton<MetricsPage>();
        services.AddSingleton<Func<HttpContext, Principal>>(CallerExtensions.Caller);
        services.AddHostedService(provider => provider.GetRequiredService<ShadowRunner>());
        services.AddSingleton<FactsShipper>();
        services.AddHostedService(provider => provider.GetRequiredService<FactsShipper>());
        services.AddSingleton<WindowMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<WindowMeter>());
        services.AddHostedService<WindowSealer>();
        services.AddHostedService<Placer>();
        services.AddHostedService<StartLeftovers>();
        services.AddHostedService(provider => new GracefulStop(
            provider.GetRequiredService<RoutingTable>(),
            provider.GetRequiredService<LoadJournal>(),
            serve.DrainDelay ?? (IPAddress.IsLoopback(http.Address) ? TimeSpan.Zero : TimeSpan.FromSeconds(5)),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<GracefulStop>>()));
    }

    /// <summary>What served models before is going to again: their runtime is loaded beside the rest.</summary>
    private static LoadJournal Journal(IServiceProvider provider)
    {
        var journal = new LoadJournal(
            provider.GetRequiredService<DataFolder>().Path, provider.GetRequiredService<TimeProvider>());
        if (journal.LoadedBefore)
            OnnxEnvironment.Begin(provider.GetRequiredService<ThreadPlan>());
        return journal;
    }

    private static VersionLoader Loader(IServiceProvider provider)
    {
        var loader = new VersionLoader(
            provider.GetRequiredService<IArtifactStore>(),
            provider.GetRequiredService<DataFolder>().Below("loading"),
            provider.GetRequiredService<TimeProvider>());
        loader.Sweep();
        return loader;
    }

    private static ulong Seed()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
