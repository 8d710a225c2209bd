using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Fairlead.Server.Promotion;

/// <summary>Versions on their way between environments: <c>/carry</c> and <c>/origin</c>.</summary>
internal static class CarryApi
{
    /// <summary>Largest version with its evidence, files aside.</summary>
    public const long MaxBytes = 32 << 20;

    private const string Tag = "promotions";
    private const string One = "/api/v1/models/{model}/versions/{number}";

    public static void MapCarrying(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(One + "/carry", ExportAsync).Demands(Role.Viewer, model: "model")
            .Described("getCarriedVersion", Tag, "Tells everything about a version, to be carried elsewhere");
        routes.MapGet(One + "/origin", OriginAsync).Demands(Role.Viewer, model: "model")
            .Described("getOrigin", Tag, "Tells which environment a version came from, and what came with it");
        routes.MapPost("/api/v1/models/{model}/carry", ImportAsync).Demands(Role.Operator, model: "model")
            .Accepts<CarryRequest>("application/json")
            .Described("carryVersion", Tag, "Takes in a version of another environment, whose digest must match");
    }

    private static async Task<Ok<CarriedVersion>> ExportAsync(
        HttpContext context, Carrying carrying, CancellationToken cancellation) =>
        TypedResults.Ok(await carrying.ExportAsync(Version(context), cancellation));

    private static async Task<Ok<CarriedInfo>> OriginAsync(
        HttpContext context, Carrying carrying, CancellationToken cancellation) =>
        TypedResults.Ok(await carrying.OriginAsync(Version(context), cancellation));

    private static async Task<Ok<CarriedInfo>> ImportAsync(
        HttpContext context, Carrying carrying, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<CarryRequest>(context, MaxBytes);
        return TypedResults.Ok(await carrying.ImportAsync(
            context.Caller(), ModelsApi.Model(context), request, cancellation));
    }

    private static VersionId Version(HttpContext context) =>
        new(ModelsApi.Model(context), RequestQuery.RouteNumber(context, "number"));
}
