using Fairlead.Core.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Access;

/// <summary>What a route asks of its caller; every route carries one.</summary>
/// <param name="Role">The least role; null: the route is open to everybody.</param>
/// <param name="EndpointValue">The route value that names the endpoint that a request is about.</param>
/// <param name="ModelValue">The route value that names the model that a request is about.</param>
public sealed record RouteDemand(Role? Role, string? EndpointValue = null, string? ModelValue = null)
{
    /// <summary>The demand of one request.</summary>
    internal Demand Of(HttpContext context) => new(
        Role!.Value,
        EndpointValue is null ? null : (string?)context.Request.RouteValues[EndpointValue],
        ModelValue is null ? null : (string?)context.Request.RouteValues[ModelValue]);
}

/// <summary>How routes say what they ask of their callers.</summary>
public static class RouteDemandExtensions
{
    /// <summary>
    /// Demands a role, and where the route names an endpoint or a model, a key that is not kept from it.
    /// </summary>
    /// <param name="endpoint">The name of the route value that holds the endpoint's name.</param>
    /// <param name="model">The name of the route value that holds the model's name.</param>
    public static TBuilder Demands<TBuilder>(
        this TBuilder route, Role role, string? endpoint = null, string? model = null)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RouteDemand(role, endpoint, model));

    /// <summary>
    /// Opens a route to everybody, with a key or without one: health, metrics if so configured, the console's sign-in.
    /// </summary>
    public static TBuilder DemandsNothing<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new RouteDemand(Role: null));

    /// <summary>
    /// Throws <see cref="InvalidOperationException"/> naming every mapped route that does not say what it demands. Call
    /// it after the last route is mapped.
    /// </summary>
    public static void RefuseUnlistedRoutes(this IEndpointRouteBuilder routes)
    {
        var unlisted = routes.DataSources
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(route => route.Metadata.GetMetadata<RouteDemand>() is null)
            .Select(route => route.DisplayName ?? route.RoutePattern.RawText ?? "?")
            .ToList();
        if (unlisted.Count > 0)
        {
            throw new InvalidOperationException(
                $"Every route must say what it demands of its callers; these do not: {string.Join(", ", unlisted)}.");
        }
    }
}
