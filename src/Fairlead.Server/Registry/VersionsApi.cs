using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Lineage;
using Fairlead.Server.Problems;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary><c>/api/v1/models/{model}/versions</c>.</summary>
internal static class VersionsApi
{
    private const string Tag = "versions";
    private const string All = "/api/v1/models/{model}/versions";
    private const string One = "/api/v1/models/{model}/versions/{number}";

    public static void MapVersions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer, model: "model")
            .Described("listVersions", Tag, "Lists a model's versions, newest first", QueryParameter.OfLists);
        routes.MapPost(All, RegisterAsync).Demands(Role.Operator, model: "model")
            .Accepts<RegisterVersionRequest>("application/json")
            .Described("registerVersion", Tag, "Registers a version of uploaded files", new QueryParameter(
                FairleadClient.IdempotencyKeyHeader, "string",
                "Asking again with the same key answers the same version", InHeader: true));
        routes.MapGet(One, GetAsync).Demands(Role.Viewer, model: "model")
            .Described("getVersion", Tag, "Shows a version, and the rollouts that it took part in");
        routes.MapPatch(One, DescribeAsync).Demands(Role.Operator, model: "model")
            .Accepts<DescribeRequest>("application/json")
            .Described("describeVersion", Tag, "Changes the description and tags of a version");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator, model: "model")
            .Described("deleteVersion", Tag, "Deletes a version that nothing serves", QueryParameter.Reason);
        routes.MapPost(One + "/release", ReleaseAsync).Demands(Role.Operator, model: "model")
            .Described("releaseVersion", Tag, "Takes a version out of quarantine", QueryParameter.Reason);
    }

    private static async Task<Ok<Page<VersionInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (model, page) = (ModelsApi.Model(context), PageQuery.Of(context));
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var name = (await RegistryViews.FindModelAsync(db, model, cancellation)).Name;
            var rows = await page.NewestFirst(db.Versions.Where(row => row.Model == name), row => row.Number)
                .ToListAsync(cancellation);
            var aliases = await db.Aliases.Where(alias => alias.Model == name).ToListAsync(cancellation);
            var byVersion = aliases.ToLookup(alias => alias.Version, alias => alias.Alias);
            return page.Page(rows, row => RegistryViews.Version(row, byVersion[row.Number]), row => row.Number);
        }, cancellation));
    }

    private static async Task<Created<VersionInfo>> RegisterAsync(
        HttpContext context, Registration registration, CancellationToken cancellation)
    {
        var model = ModelsApi.Model(context);
        var request = await RequestBody.ReadAsync<RegisterVersionRequest>(context, RequestBody.MaxListBytes);
        var key = IdempotencyKey.Of(context, request);
        var version = await registration.RegisterAsync(context.Caller(), model, request, key, cancellation);
        return TypedResults.Created(
            $"/api/v1/models/{Uri.EscapeDataString(version.Model)}/versions/{version.Number}", version);
    }

    private static async Task<Ok<VersionInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var id = Version(context);
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var version = await RegistryViews.VersionAsync(
                db, await RegistryViews.FindVersionAsync(db, id, cancellation), cancellation);
            version.Rollouts = await VersionRollouts.ReadAsync(db, id, context.Caller(), cancellation);
            return await LineageRead.WithDiffAsync(db, version, cancellation);
        }, cancellation));
    }

    private static async Task<Ok<VersionInfo>> DescribeAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var id = Version(context);
        var request = await ModelsApi.DescriptionAsync(context);
        return TypedResults.Ok(await control.WriteAsync(
            context.Caller(), request.Reason, write => ModelWrites.DescribeAsync(write, id, request), cancellation));
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var id = Version(context);
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => ModelWrites.DeleteAsync(write, id), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ReleaseInfo>> ReleaseAsync(
        HttpContext context, ControlPlane control, IQuarantine quarantine, CancellationToken cancellation)
    {
        var id = Version(context);
        var released = await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"), async write =>
        {
            await RegistryViews.FindVersionAsync(write.Db, id, write.Cancellation);
            write.Record("version.release", ModelWrites.Subject(id), null, null);
            return true;
        }, cancellation) && quarantine.Release(id);
        return TypedResults.Ok(new ReleaseInfo(id.Model.ToString(), id.Number, released));
    }

    private static VersionId Version(HttpContext context) =>
        new(ModelsApi.Model(context), RequestQuery.RouteNumber(context, "number"));
}
