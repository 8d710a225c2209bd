using Fairlead.Server.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Routes that are made when the first request comes that none of the others answers. There are hundreds of them and a
/// replica that only predicts is never asked for one, so neither its start nor its memory pays for them. No address is
/// shared between the two: what the first ones refuse for its method is refused.
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
            var late = new Lazy<RequestDelegate>(() => Build(app.New(), map));
            return context => context.GetEndpoint() is null ? late.Value(context) : next(context);
        });

    private static RequestDelegate Build(IApplicationBuilder branch, Action<IEndpointRouteBuilder> map)
    {
        branch.UseRouting().UseMiddleware<AccessMiddleware>();
        branch.UseEndpoints(routes =>
        {
            map(routes);
            routes.RefuseUnlistedRoutes();
        });
        return branch.Build();
    }
}
