using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Tracking;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Artifacts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>logged-models/*</c>, without which clients of MLflow 3 log no model.</summary>
internal sealed class LoggedModelRoutes(LoggedModelWrites models, ArtifactTree tree)
{
    /// <summary>Most models of a page.</summary>
    public const int MaxPage = 1_000;

    private const int DefaultPage = 50;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Writes("POST", "logged-models", CreateAsync);
        routes.Reads("POST", "logged-models/search", SearchAsync);
        routes.Reads("GET", "logged-models/{id}", GetAsync);
        routes.Writes("PATCH", "logged-models/{id}", FinishAsync);
        routes.Writes("DELETE", "logged-models/{id}", DeleteAsync);
        routes.Writes("PATCH", "logged-models/{id}/tags", SetTagsAsync);
        routes.Writes("DELETE", "logged-models/{id}/tags/{**key}", DeleteTagAsync);
        routes.Writes("POST", "logged-models/{id}/params", LogParametersAsync);
        routes.Reads("GET", "logged-models/{id}/artifacts/directories", ListAsync);
        foreach (var prefix in (string[])["/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"])
        {
            routes.MapGet(prefix + "logged-models/{id}/artifacts/files", FileAsync).Demands(Role.Viewer).OfProtocol();
        }
    }

    private async Task<Action<Utf8JsonWriter>> CreateAsync(MlflowRequest request)
    {
        var body = request.Body;
        var name = body.CheckedOptional("name", TrackingRules.MaxDatasetName) ?? "";
        MlflowTexts.Throw(TrackingRules.WhyNotLoggedModelName(name));
        var id = await models.CreateAsync(
            new LoggedModelRow
            {
                Id = "",
                Experiment = Experiments.Number(body.Required("experiment_id")),
                Name = name,
                ModelType = body.CheckedOptional("model_type", TrackingRules.MaxDatasetName) ?? "",
                SourceRun = body.CheckedOptional("source_run_id", TrackingRules.MaxUser) ?? "",
                Creator = request.Caller.Name,
                Tags = StoredJson.Write(body.Tags(TrackingRules.MaxTagValue)),
                Parameters = StoredJson.Write(body.Objects("params").Select(each => each.Parameter())
                    .GroupBy(pair => pair.Key, StringComparer.Ordinal)
                    .ToDictionary(group => group.Key, group => group.Last().Value)),
            },
            request.Cancellation);
        return await OneAsync(id, request.Cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> SearchAsync(MlflowRequest request)
    {
        var body = request.Body;
        var experiments = body.Texts("experiment_ids").Select(Experiments.Number).Distinct().ToList();
        if (experiments.Count is 0 or > RunRoutes.MaxExperiments)
            throw body.Refused("experiment_ids", $"it names 1 to {RunRoutes.MaxExperiments} experiments.");
        var orders = body.Objects("order_by").Select(each =>
            $"{each.Required("field_name")} {(!each.Has("ascending") || each.Flag("ascending") ? "ASC" : "DESC")}");
        var datasets = body.Objects("datasets")
            .Select(each => (each.Required("dataset_name"), each.Text("dataset_digest"))).ToList();
        var (found, next) = await models.SearchAsync(
            experiments, body.Text("filter"), [.. orders], datasets,
            body.Integer("max_results", DefaultPage, 1, MaxPage), body.Text("page_token"), request.Cancellation);
        return json =>
        {
            json.Many("models", found, json.LoggedModel);
            json.Optional("next_page_token", next);
        };
    }

    private Task<Action<Utf8JsonWriter>> GetAsync(MlflowRequest request) =>
        OneAsync(request.Route("id"), request.Cancellation);

    private async Task<Action<Utf8JsonWriter>> FinishAsync(MlflowRequest request)
    {
        await models.FinishAsync(request.Route("id"), request.Body.Required("status"), request.Cancellation);
        return await OneAsync(request.Route("id"), request.Cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(MlflowRequest request)
    {
        await models.DeleteAsync(request.Route("id"), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SetTagsAsync(MlflowRequest request)
    {
        var tags = request.Body.Tags(TrackingRules.MaxTagValue)
            .ToDictionary(tag => tag.Key, string? (tag) => tag.Value);
        await models.TagAsync(request.Route("id"), tags, request.Cancellation);
        return await OneAsync(request.Route("id"), request.Cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> DeleteTagAsync(MlflowRequest request)
    {
        await models.TagAsync(request.Route("id"),
            new Dictionary<string, string?> { [request.Route("key")] = null }, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogParametersAsync(MlflowRequest request)
    {
        var pairs = request.Body.Objects("params").Select(each => each.Parameter()).ToList();
        await models.LogAsync(request.Route("id"), pairs, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> ListAsync(MlflowRequest request)
    {
        var model = await models.GetAsync(request.Route("id"), request.Cancellation);
        return await ArtifactRoutes.ListBelowAsync(
            tree, model.ArtifactUri, request.Body.Text("artifact_directory_path"), request.Cancellation);
    }

    private async Task<IResult> FileAsync(HttpContext context, CancellationToken cancellation)
    {
        var request = await MlflowRequest.ReadAsync(context, 0);
        var model = await models.GetAsync(request.Route("id"), cancellation);
        var root = ArtifactPaths.Of(model.ArtifactUri)
            ?? throw request.Body.Refused("model_id", $"its artifacts are not here, they are at {model.ArtifactUri}.");
        var path = ArtifactPaths.Below(root, request.Body.Required("artifact_file_path"));
        return await ArtifactRoutes.FileAsync(context, tree, path, cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> OneAsync(string id, CancellationToken cancellation)
    {
        var model = await models.GetAsync(id, cancellation);
        return json =>
        {
            json.WritePropertyName("model");
            json.LoggedModel(model);
        };
    }
}
