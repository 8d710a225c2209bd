using System.Globalization;
using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Artifacts;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>experiments/*</c>.</summary>
internal sealed class ExperimentRoutes(Experiments experiments)
{
    /// <summary>Most experiments of a page.</summary>
    public const int MaxPage = 50_000;

    private const int MaxLocation = 256;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Writes("POST", "experiments/create", CreateAsync);
        routes.Reads("GET", "experiments/get", GetAsync);
        routes.Reads("GET", "experiments/get-by-name", GetByNameAsync);
        routes.Reads("POST", "experiments/search", SearchAsync);
        routes.Reads("GET", "experiments/search", SearchAsync);
        routes.Writes("POST", "experiments/update", UpdateAsync);
        routes.Writes("POST", "experiments/delete", DeleteAsync);
        routes.Writes("POST", "experiments/restore", RestoreAsync);
        routes.Writes("POST", "experiments/set-experiment-tag", SetTagAsync);
        routes.Writes("POST", "experiments/delete-experiment-tag", DeleteTagAsync);
    }

    private async Task<Action<Utf8JsonWriter>> CreateAsync(MlflowRequest request)
    {
        var name = request.Body.Checked("name", TrackingRules.MaxExperimentName);
        var location = Location(request.Body);
        var tags = request.Body.Tags(TrackingRules.MaxExperimentTagValue);
        var number = await experiments.CreateAsync(request.Caller, name, location, tags, request.Cancellation);
        return json => json.WriteString("experiment_id", number.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<Action<Utf8JsonWriter>> GetAsync(MlflowRequest request) =>
        One(await experiments.GetAsync(Number(request), request.Cancellation));

    private async Task<Action<Utf8JsonWriter>> GetByNameAsync(MlflowRequest request)
    {
        var name = request.Body.Required("experiment_name");
        return One(await experiments.FindAsync(name, request.Cancellation)
            ?? throw new RefusalException(new Refusal(RefusalKind.NotFound, "experiment_not_found",
                $"Could not find experiment with name '{name}'")));
    }

    private async Task<Action<Utf8JsonWriter>> SearchAsync(MlflowRequest request)
    {
        var body = request.Body;
        if (!body.Has("max_results"))
            throw body.Missing("max_results");
        var (rows, next, count) = await experiments.SearchAsync(
            body.Text("filter"), body.Texts("order_by"), body.Deleted("view_type"),
            body.Integer("max_results", 1000, 1, MaxPage), body.Text("page_token"), body.Flag("count"),
            request.Cancellation);
        return json =>
        {
            json.Many("experiments", rows, json.Experiment);
            json.Optional("next_page_token", next);
            if (count is { } total)
                json.WriteNumber("count", total);
        };
    }

    private async Task<Action<Utf8JsonWriter>> UpdateAsync(MlflowRequest request)
    {
        var name = request.Body.CheckedOptional("new_name", TrackingRules.MaxExperimentName);
        var number = Number(request);
        if (string.IsNullOrEmpty(name))
            await experiments.GetAsync(number, request.Cancellation);
        else
            await experiments.RenameAsync(request.Caller, number, name, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(MlflowRequest request)
    {
        await experiments.DeleteAsync(request.Caller, Number(request), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> RestoreAsync(MlflowRequest request)
    {
        await experiments.RestoreAsync(request.Caller, Number(request), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SetTagAsync(MlflowRequest request)
    {
        var key = request.Body.Key("tag");
        var value = request.Body.TagValue(TrackingRules.MaxExperimentTagValue);
        await experiments.TagAsync(request.Caller, Number(request), key, value, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteTagAsync(MlflowRequest request)
    {
        await experiments.TagAsync(
            request.Caller, Number(request), request.Body.Key("tag"), null, request.Cancellation);
        return Nothing;
    }

    /// <summary>Where artifacts are to go; null: wherever this server keeps them.</summary>
    private static string? Location(MlflowObject body)
    {
        var location = body.CheckedOptional("artifact_location", MaxLocation)?.TrimEnd('/');
        if (string.IsNullOrEmpty(location) || ArtifactPaths.IsRoot(location))
            return null;
        if (location.Split('/').Contains(".."))
            throw body.Refused("artifact_location", "it must not contain '..'.");

        // An address of this server's own is read now: what cannot be read later could neither be used nor collected.
        _ = ArtifactPaths.Of(location);
        return location;
    }

    private static Action<Utf8JsonWriter> One(ExperimentRow row) => json =>
    {
        json.WritePropertyName("experiment");
        json.Experiment(row);
    };

    private static int Number(MlflowRequest request) => Experiments.Number(request.Body.Required("experiment_id"));
}
