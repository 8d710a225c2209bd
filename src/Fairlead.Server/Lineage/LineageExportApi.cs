using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Lineage.Export;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Lineage;

/// <summary>The lineage of a version in the forms that others read.</summary>
internal static class LineageExportApi
{
    public static void MapLineageExports(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/models/{model}/versions/{number}/lineage/{format}", ExportAsync)
            .Demands(Role.Viewer, model: "model")
            .Described("exportLineage", "lineage",
                "Writes a version's lineage as openlineage, slsa, cyclonedx, card-md or card-html")
            .Answers(StatusCodes.Status200OK, typeof(byte[]), "application/octet-stream");

    private static async Task<IResult> ExportAsync(
        HttpContext context, LineageExports exports, CancellationToken cancellation)
    {
        var id = new VersionId(ModelsApi.Model(context), RequestQuery.RouteNumber(context, "number"));
        var (text, type) = await exports.WriteAsync(
            context.Caller(), id, RequestQuery.Route(context, "format"), cancellation);

        // A card is shown, and whatever somebody wrote into a description must not run in it.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Text(text, type, System.Text.Encoding.UTF8);
    }
}
