using Fairlead.Serving.Telemetry;
using Grpc.AspNetCore.HealthChecks;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>The mapped services, each apart, so that the host can say who may call which.</summary>
public sealed record OpenInferenceGrpcRoutes(
    IEndpointConventionBuilder Service, IEndpointConventionBuilder Health, IEndpointConventionBuilder Reflection);

/// <summary>Puts the service, the health service and reflection on their routes.</summary>
public static class OpenInferenceGrpcExtensions
{
    private const string ServiceName = "inference.GRPCInferenceService";

    /// <summary>How often watchers of the health service are told of a change.</summary>
    private static readonly TimeSpan WatchPeriod = TimeSpan.FromSeconds(5);

    /// <summary>Adds what the services need; the host has added the pipeline and <see cref="RequestLimits"/>.</summary>
    public static IServiceCollection AddOpenInferenceGrpc(this IServiceCollection services)
    {
        services.AddGrpc(options => options.EnableDetailedErrors = false);
        services.AddOptions<GrpcServiceOptions>().PostConfigure<RequestLimits>((options, limits) =>
        {
            options.MaxReceiveMessageSize = limits.MaxBodyBytes;
            options.CompressionProviders.Clear();
            options.CompressionProviders.Add(new BoundedCompression(limits.MaxBodyBytes));
        });

        services.AddGrpcHealthChecks(FollowReadiness)
            .AddCheck<RoutingReadiness>(RoutingReadiness.Name);
        services.Configure<HealthCheckPublisherOptions>(options =>
        {
            options.Delay = TimeSpan.FromSeconds(1);
            options.Period = WatchPeriod;
        });
        services.AddGrpcReflection();

        // One for all calls: it holds nothing of a call, and the framework would make one for each.
        return services.AddSingleton<OpenInferenceService>();
    }

    /// <summary>Maps the three services.</summary>
    public static OpenInferenceGrpcRoutes MapOpenInferenceGrpc(this IEndpointRouteBuilder routes) => new(
        RefusedCalls.Count(
            routes.MapGrpcService<OpenInferenceService>().WithMetadata(new MessageSizeRules()),
            routes.ServiceProvider.GetRequiredService<RefusalMeter>()),
        routes.MapGrpcHealthChecksService(),
        routes.MapGrpcReflectionService());

    private static void FollowReadiness(GrpcHealthChecksOptions options)
    {
        options.Services.Clear();
        options.Services.Map("", check => check.Name == RoutingReadiness.Name);
        options.Services.Map(ServiceName, check => check.Name == RoutingReadiness.Name);
    }

    /// <summary>
    /// Messages are bounded one by one; the web server's own limit on a body would cut large ones and long streams.
    /// </summary>
    private sealed class MessageSizeRules : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => null;
    }
}
