using Fairlead.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Routes that are made when the first request comes that none of the others answers. There are hundreds of them and a
/// replica that only predicts is never asked for one, so neither its start nor its memory pays for them.
/// </summary>
internal static class LateRoutes
{
    /// <summary>
    /// Has the routes of <paramref name="map"/> answer what no route before answers, behind the same access control.
    /// Comes last; a route without a demand throws at the first such request, as it does at the start elsewhere.
    /// </summary>
    public static void UseLateRoutes(this IApplicationBuilder app, Action<IEndpointRouteBuilder> map) =>
        app.Use(next =>
        {
            var late = new Lazy<RequestDelegate>(() => Build(app.New(), map, next));
            return context =>
            {
                // What is no route is routing's own refusal of a method, which a late route may take after all.
                var first = context.GetEndpoint();
                if (first is RouteEndpoint)
                    return next(context);
                context.Features.Set(new FirstMatch(first));
                context.SetEndpoint(null);
                return late.Value(context);
            };
        });

    private static RequestDelegate Build(
        IApplicationBuilder branch, Action<IEndpointRouteBuilder> map, RequestDelegate otherwise)
    {
        branch.UseRouting();
        branch.Use(next => context =>
        {
            if (context.GetEndpoint() is not null)
                return next(context);
            context.SetEndpoint(context.Features.Get<FirstMatch>()?.Endpoint);
            return otherwise(context);
        });
        branch.UseMiddleware<AccessMiddleware>();
        branch.UseEndpoints(routes =>
        {
            map(routes);
            routes.RefuseUnlistedRoutes();
        });
        return branch.Build();
    }

    /// <summary>What the routes that are there from the start said.</summary>
    private sealed record FirstMatch(Endpoint? Endpoint);
}
