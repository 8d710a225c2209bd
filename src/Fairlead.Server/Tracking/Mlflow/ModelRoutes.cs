using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Models;
using Fairlead.Server.Tracking.Search;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>registered-models/*</c>: Fairlead's models and aliases.</summary>
internal sealed class ModelRoutes(ModelViews views, ModelChanges changes, Database database)
{
    /// <summary>Most models of a page.</summary>
    public const int MaxPage = 1_000;

    private const int DefaultPage = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Writes("POST", "registered-models/create", CreateAsync);
        routes.Reads("GET", "registered-models/get", GetAsync);
        routes.Writes("PATCH", "registered-models/update", UpdateAsync);
        routes.Writes("POST", "registered-models/rename", RenameAsync);
        routes.Writes("DELETE", "registered-models/delete", DeleteAsync);
        routes.Reads("GET", "registered-models/search", SearchAsync);
        routes.Reads("POST", "registered-models/get-latest-versions", LatestAsync);
        routes.Reads("GET", "registered-models/get-latest-versions", LatestAsync);
        routes.Writes("POST", "registered-models/set-tag", SetTagAsync);
        routes.Writes("DELETE", "registered-models/delete-tag", DeleteTagAsync);
        routes.Writes("POST", "registered-models/alias", SetAliasAsync);
        routes.Writes("DELETE", "registered-models/alias", DeleteAliasAsync);
        routes.Reads("GET", "registered-models/alias", GetAliasAsync);
    }

    /// <summary>The model that a request names, which the caller's key must reach.</summary>
    public static string Name(MlflowRequest request, Role role, string field = "name")
    {
        var name = ModelName.Parse(request.Body.Required(field)).ToString();
        request.Demand(role, name);
        return name;
    }

    private async Task<Action<Utf8JsonWriter>> CreateAsync(MlflowRequest request)
    {
        var name = Name(request, Role.Operator);
        var description = request.Body.CheckedOptional("description", TextRules.MaxDescription) ?? "";
        await changes.CreateAsync(request.Caller, name, description,
            request.Body.Tags(TrackingRules.MaxRegistryTagValue), request.Cancellation);
        return await OneAsync(name, request);
    }

    private Task<Action<Utf8JsonWriter>> GetAsync(MlflowRequest request) =>
        OneAsync(Name(request, Role.Viewer), request);

    private async Task<Action<Utf8JsonWriter>> UpdateAsync(MlflowRequest request)
    {
        var name = Name(request, Role.Operator);
        await changes.DescribeAsync(request.Caller, name,
            request.Body.CheckedOptional("description", TextRules.MaxDescription), request.Cancellation);
        return await OneAsync(name, request);
    }

    private async Task<Action<Utf8JsonWriter>> RenameAsync(MlflowRequest request)
    {
        var (name, to) = (Name(request, Role.Operator), Name(request, Role.Operator, "new_name"));
        await changes.RenameAsync(request.Caller, name, to, request.Cancellation);
        return await OneAsync(to, request);
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(MlflowRequest request)
    {
        await changes.DeleteAsync(request.Caller, Name(request, Role.Operator), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SearchAsync(MlflowRequest request)
    {
        var body = request.Body;
        var filter = body.Text("filter") ?? body.Text("filter_string");
        var node = SearchFilter.Parse(filter, SearchSchema.RegisteredModels);
        var order = SearchFilter.ParseOrder(body.Texts("order_by"), SearchSchema.RegisteredModels);
        var sql = new SqlText(database.IsShared);
        var query = new SearchQuery(new RegisteredModelTable(), sql, node, order, "m.deleted_at IS NULL",
            Prompts.Hidden(sql, filter, "m.tags"),
            request.Caller.Models.IsEmpty ? "" : sql.In("m.name", request.Caller.Models.ToArray()));
        await using var statements = await database.OpenAsync(request.Cancellation);
        await statements.BeginReadAsync(request.Cancellation);
        var (models, next) = await query.PageAsync(statements,
            body.Integer("max_results", DefaultPage, 1, MaxPage), body.Text("page_token"), RegisteredModelView.Read,
            request.Cancellation);
        await views.CompleteAsync(statements, models, request.Cancellation);
        return json =>
        {
            json.Many("registered_models", models, json.RegisteredModel);
            json.Optional("next_page_token", next);
        };
    }

    private async Task<Action<Utf8JsonWriter>> LatestAsync(MlflowRequest request)
    {
        var model = await views.ModelAsync(Name(request, Role.Viewer), request.Cancellation);
        var stages = request.Body.Texts("stages").Select(ModelChanges.Stage).ToHashSet(StringComparer.Ordinal);
        var found = model.Latest.Where(version => stages.Count == 0 || stages.Contains(version.Stage)).ToList();
        return json => json.Many("model_versions", found, json.ModelVersion);
    }

    private async Task<Action<Utf8JsonWriter>> SetTagAsync(MlflowRequest request)
    {
        var (name, key) = (Name(request, Role.Operator), request.Body.Key("tag"));
        await changes.TagAsync(request.Caller, name, key,
            request.Body.TagValue(TrackingRules.MaxRegistryTagValue), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteTagAsync(MlflowRequest request)
    {
        await changes.TagAsync(
            request.Caller, Name(request, Role.Operator), request.Body.Key("tag"), null, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SetAliasAsync(MlflowRequest request)
    {
        var (name, version) = (Name(request, Role.Operator), request.Body.Required("version"));
        var id = new VersionId(ModelName.Parse(name), ModelViews.Number(name, version));
        var alias = request.Body.Checked("alias", AliasName.MaxLength);
        MlflowTexts.Throw(TrackingRules.WhyNotAlias(alias));
        await changes.SetAliasAsync(request.Caller, id, alias, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAliasAsync(MlflowRequest request)
    {
        await changes.DeleteAliasAsync(
            request.Caller, Name(request, Role.Operator), request.Body.Required("alias"), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> GetAliasAsync(MlflowRequest request)
    {
        var name = Name(request, Role.Viewer);
        var number = await views.AliasAsync(name, request.Body.Required("alias"), request.Cancellation);
        var version = await views.VersionAsync(name, number, request.Cancellation);
        return json =>
        {
            json.WritePropertyName("model_version");
            json.ModelVersion(version);
        };
    }

    private async Task<Action<Utf8JsonWriter>> OneAsync(string name, MlflowRequest request)
    {
        var model = await views.ModelAsync(name, request.Cancellation);
        return json =>
        {
            json.WritePropertyName("registered_model");
            json.RegisteredModel(model);
        };
    }
}
