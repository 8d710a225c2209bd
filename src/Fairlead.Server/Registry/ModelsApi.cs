using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Registry;

/// <summary><c>/api/v1/models</c> and their aliases.</summary>
internal static class ModelsApi
{
    private const string Tag = "models";
    private const string One = "/api/v1/models/{model}";
    private const string Alias = "/api/v1/models/{model}/aliases/{alias}";

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/models", ListAsync).Demands(Role.Viewer)
            .Described("listModels", Tag, "Lists the models by name", QueryParameter.OfLists);
        routes.MapPost("/api/v1/models", CreateAsync).Demands(Role.Operator)
            .Accepts<CreateModelRequest>("application/json")
            .Described("createModel", Tag, "Makes a model without versions");
        routes.MapGet(One, GetAsync).Demands(Role.Viewer, model: "model")
            .Described("getModel", Tag, "Shows a model");
        routes.MapPatch(One, DescribeAsync).Demands(Role.Operator, model: "model")
            .Accepts<DescribeRequest>("application/json")
            .Described("describeModel", Tag, "Changes the description and tags of a model");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator, model: "model")
            .Described("deleteModel", Tag, "Deletes a model that nothing serves", QueryParameter.Reason);
        routes.MapPut(Alias, SetAliasAsync).Demands(Role.Operator, model: "model")
            .Accepts<SetAliasRequest>("application/json")
            .Described("setAlias", Tag, "Moves an alias by compare-and-swap");
        routes.MapDelete(Alias, DeleteAliasAsync).Demands(Role.Operator, model: "model")
            .Described("deleteAlias", Tag, "Deletes an alias",
                new QueryParameter("expected", "integer", "The version that it must point to"), QueryParameter.Reason);
    }

    private static async Task<Ok<Page<ModelInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var allowed = context.Caller().Models;
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var rows = db.Models.Where(row => row.DeletedAt == null);
            var found = await page.ByName(rows, row => row.Name, allowed).ToListAsync(cancellation);
            var shown = await RegistryViews.ModelsAsync(db, found, cancellation);
            return page.Page(shown, model => model, model => model.Name);
        }, cancellation));
    }

    private static async Task<Created<ModelInfo>> CreateAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<CreateModelRequest>(context);
        TextRules.ThrowIfAny([
            TextRules.WhyNot("description", request.Description, TextRules.MaxDescription),
            .. TextRules.WhyNotTags("tags", request.Tags),
        ]);
        var created = await control.WriteAsync(context.Caller(), request.Reason, write =>
        {
            write.Demand(new Demand(Role.Operator, Model: request.Name));
            return ModelWrites.CreateAsync(write, request);
        }, cancellation);
        return TypedResults.Created($"/api/v1/models/{Uri.EscapeDataString(created.Name)}", created);
    }

    private static async Task<Ok<ModelInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var model = Model(context);
        return TypedResults.Ok(await database.ReadAsync(async db => await RegistryViews.ModelAsync(
            db, await RegistryViews.FindModelAsync(db, model, cancellation), cancellation), cancellation));
    }

    private static async Task<Ok<ModelInfo>> DescribeAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var model = Model(context);
        var request = await DescriptionAsync(context);
        return TypedResults.Ok(await control.WriteAsync(
            context.Caller(), request.Reason, write => ModelWrites.DescribeAsync(write, model, request), cancellation));
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var model = Model(context);
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => ModelWrites.DeleteAsync(write, model), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<AliasInfo>> SetAliasAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var (model, alias) = (Model(context), AliasName.Parse(RequestQuery.Route(context, "alias")));
        var request = await RequestBody.ReadAsync<SetAliasRequest>(context);
        return TypedResults.Ok(await control.WriteAsync(context.Caller(), request.Reason,
            write => ModelWrites.SetAliasAsync(write, model, alias, request.Version, request.Expected ?? 0),
            cancellation));
    }

    private static async Task<NoContent> DeleteAliasAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var (model, alias) = (Model(context), AliasName.Parse(RequestQuery.Route(context, "alias")));
        var expected = (int?)RequestQuery.Number(context, "expected");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => ModelWrites.DeleteAliasAsync(write, model, alias, expected), cancellation);
        return TypedResults.NoContent();
    }

    internal static ModelName Model(HttpContext context) => ModelName.Parse(RequestQuery.Route(context, "model"));

    internal static async Task<DescribeRequest> DescriptionAsync(HttpContext context)
    {
        var request = await RequestBody.ReadAsync<DescribeRequest>(context);
        TextRules.ThrowIfAny([
            TextRules.WhyNot("description", request.Description, TextRules.MaxDescription),
            .. TextRules.WhyNotTags("tags", request.Tags),
        ]);
        return request;
    }
}
