using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Registry;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Models;
using Fairlead.Server.Tracking.Search;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>model-versions/*</c>: Fairlead's versions.</summary>
internal sealed class ModelVersionRoutes(
    ModelViews views, ModelChanges changes, ModelSources sources, TrackedRegistration registration, Database database)
{
    /// <summary>Most versions of a page.</summary>
    public const int MaxPage = 200_000;

    private const int DefaultPage = 10_000;
    private const int MaxSource = 500;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Writes("POST", "model-versions/create", CreateAsync);
        routes.Reads("GET", "model-versions/get", GetAsync);
        routes.Writes("PATCH", "model-versions/update", UpdateAsync);
        routes.Writes("DELETE", "model-versions/delete", DeleteAsync);
        routes.Reads("GET", "model-versions/search", SearchAsync);
        routes.Reads("GET", "model-versions/get-download-uri", DownloadUriAsync);
        routes.Writes("POST", "model-versions/set-tag", SetTagAsync);
        routes.Writes("DELETE", "model-versions/delete-tag", DeleteTagAsync);
        routes.Writes("POST", "model-versions/transition-stage", TransitionAsync);
    }

    private async Task<Action<Utf8JsonWriter>> CreateAsync(MlflowRequest request)
    {
        var (body, name) = (request.Body, ModelRoutes.Name(request, Role.Operator));
        await views.ModelAsync(name, request.Cancellation);
        var source = body.Checked("source", MaxSource);
        var tracked = await sources.FindAsync(source, body.Text("run_id"), body.Text("model_id"), request.Cancellation);
        var row = await registration.RegisterAsync(request.Caller, ModelName.Parse(name), new TrackedVersion
        {
            Tracked = tracked,
            Source = source,
            RunLink = body.CheckedOptional("run_link", MaxSource) ?? "",
            Description = body.CheckedOptional("description", TextRules.MaxDescription) ?? "",
            Tags = body.Tags(TrackingRules.MaxRegistryTagValue),
        }, request.Cancellation);
        return await OneAsync(new VersionId(ModelName.Parse(name), row.Number), request);
    }

    private Task<Action<Utf8JsonWriter>> GetAsync(MlflowRequest request) =>
        OneAsync(Id(request, Role.Viewer), request);

    private async Task<Action<Utf8JsonWriter>> UpdateAsync(MlflowRequest request)
    {
        var id = Id(request, Role.Operator);
        await changes.DescribeVersionAsync(request.Caller, id,
            request.Body.CheckedOptional("description", TextRules.MaxDescription), null, request.Cancellation);
        return await OneAsync(id, request);
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(MlflowRequest request)
    {
        await changes.DeleteVersionAsync(request.Caller, Id(request, Role.Operator), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SearchAsync(MlflowRequest request)
    {
        var body = request.Body;
        var filter = body.Text("filter") ?? body.Text("filter_string");
        var node = SearchFilter.Parse(filter, SearchSchema.ModelVersions);
        var order = SearchFilter.ParseOrder(body.Texts("order_by"), SearchSchema.ModelVersions);
        var sql = new SqlText(database.IsShared);
        var query = new SearchQuery(new ModelVersionTable(), sql, node, order, Prompts.Hidden(sql, filter, "v.tags"),
            request.Caller.Models.IsEmpty ? "" : sql.In("v.model", request.Caller.Models.ToArray()));
        await using var statements = await database.OpenAsync(request.Cancellation);
        await statements.BeginReadAsync(request.Cancellation);
        var (versions, next) = await query.PageAsync(statements,
            body.Integer("max_results", DefaultPage, 1, MaxPage), body.Text("page_token"), ModelVersionView.Read,
            request.Cancellation);
        await views.AddAliasesAsync(statements, versions, request.Cancellation);
        return json =>
        {
            json.Many("model_versions", versions, json.ModelVersion);
            json.Optional("next_page_token", next);
        };
    }

    /// <summary>
    /// Where a version's files are fetched: from the version itself, which never changes; where its files are
    /// elsewhere, from there.
    /// </summary>
    private async Task<Action<Utf8JsonWriter>> DownloadUriAsync(MlflowRequest request)
    {
        var id = Id(request, Role.Viewer);
        var version = await views.VersionAsync(id.Model.ToString(), $"{id.Number}", request.Cancellation);
        var address = ModelSources.Registered(version.Model, version.Number);
        await using var statements = await database.OpenAsync(request.Cancellation);
        var hasFiles = await statements.NumberAsync(
            "SELECT 1 FROM version_files WHERE model = @model AND number = @number LIMIT 1", request.Cancellation,
            ("@model", version.Model), ("@number", version.Number)) is not null;
        return json => json.WriteString("artifact_uri", hasFiles ? address : version.Source);
    }

    private async Task<Action<Utf8JsonWriter>> SetTagAsync(MlflowRequest request)
    {
        var (id, key) = (Id(request, Role.Operator), request.Body.Key("tag"));
        var value = request.Body.TagValue(TrackingRules.MaxRegistryTagValue);
        await changes.DescribeVersionAsync(request.Caller, id, null, (key, value), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteTagAsync(MlflowRequest request)
    {
        var (id, key) = (Id(request, Role.Operator), request.Body.Key("tag"));
        await changes.DescribeVersionAsync(request.Caller, id, null, (key, null), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> TransitionAsync(MlflowRequest request)
    {
        var id = Id(request, Role.Operator);
        var stage = ModelChanges.Stage(request.Body.Required("stage"));
        var archives = request.Body.Flag("archive_existing_versions");
        if (archives && stage is not ("Staging" or "Production"))
        {
            throw request.Body.Refused("archive_existing_versions",
                "Model version transition cannot archive existing model versions because "
                + $"'{ModelChanges.StageName(stage)}' is not an Active stage. Valid stages are Staging, Production.");
        }

        await changes.TransitionAsync(request.Caller, id, stage, archives, request.Cancellation);
        return await OneAsync(id, request);
    }

    private async Task<Action<Utf8JsonWriter>> OneAsync(VersionId id, MlflowRequest request)
    {
        var version = await views.VersionAsync(id.Model.ToString(), $"{id.Number}", request.Cancellation);
        return json =>
        {
            json.WritePropertyName("model_version");
            json.ModelVersion(version);
        };
    }

    private static VersionId Id(MlflowRequest request, Role role)
    {
        var name = ModelRoutes.Name(request, role);
        return new VersionId(ModelName.Parse(name), ModelViews.Number(name, request.Body.Required("version")));
    }
}
