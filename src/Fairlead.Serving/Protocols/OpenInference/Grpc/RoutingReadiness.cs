using Fairlead.Serving.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>Healthy while <see cref="RoutingTable.Ready"/>.</summary>
internal sealed class RoutingReadiness(RoutingTable routing) : IHealthCheck
{
    /// <summary>The name under which it is registered.</summary>
    public const string Name = "routing";

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(routing.Ready
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy("The endpoints are not placed yet, or the process is stopping."));
}
