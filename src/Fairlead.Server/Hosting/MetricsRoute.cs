using Fairlead.Core.Access;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Hosting;

/// <summary>The page that Prometheus reads.</summary>
internal static class MetricsRoute
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", async (HttpContext context, MetricsPage page) =>
        {
            context.Response.ContentType = PrometheusWriter.ContentType;
            page.Write(context.Response.BodyWriter);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }).Demands(Role.Viewer)
            .Described("metrics", "health", "Metrics in Prometheus's text format")
            .Answers(StatusCodes.Status200OK, typeof(string), "text/plain");
}
