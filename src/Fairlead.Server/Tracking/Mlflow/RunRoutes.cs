using System.Text.Json;
using Fairlead.Client;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Microsoft.AspNetCore.Routing;
using static Fairlead.Server.Tracking.Mlflow.MlflowRoutes;

namespace Fairlead.Server.Tracking.Mlflow;

/// <summary><c>runs/*</c>.</summary>
internal sealed class RunRoutes(
    RunWrites writes, RunReads reads, RunLogging logging, RunInputs inputs)
{
    /// <summary>Most runs of a page.</summary>
    public const int MaxPage = 50_000;

    /// <summary>Most experiments of a search.</summary>
    public const int MaxExperiments = 10_000;

    private const int DefaultPage = 1000;
    private const int MaxIdempotencyKey = 255;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Writes("POST", "runs/create", CreateAsync);
        routes.Writes("POST", "runs/update", UpdateAsync);
        routes.Writes("POST", "runs/delete", DeleteAsync);
        routes.Writes("POST", "runs/restore", RestoreAsync);
        routes.Reads("GET", "runs/get", GetAsync);
        routes.Reads("POST", "runs/search", SearchAsync);
        routes.Writes("POST", "runs/log-metric", LogMetricAsync);
        routes.Writes("POST", "runs/log-parameter", LogParameterAsync);
        routes.Writes("POST", "runs/log-batch", LogBatchAsync);
        routes.Writes("POST", "runs/set-tag", SetTagAsync);
        routes.Writes("POST", "runs/delete-tag", DeleteTagAsync);
        routes.Writes("POST", "runs/log-inputs", LogInputsAsync, MaxLargeBodyBytes);
        routes.Writes("POST", "runs/outputs", LogOutputsAsync);
        routes.Writes("POST", "runs/log-model", LogModelAsync);
    }

    private async Task<Action<Utf8JsonWriter>> CreateAsync(MlflowRequest request)
    {
        var body = request.Body;
        var id = await writes.CreateAsync(
            new NewRun
            {
                Experiment = Experiments.Number(body.Text("experiment_id") is { Length: > 0 } given ? given : "0"),
                UserId = body.CheckedOptional("user_id", TrackingRules.MaxUser) ?? "",
                Name = body.CheckedOptional("run_name", TrackingRules.MaxTagValue),
                StartTime = Time(body, "start_time"),
                Tags = [.. body.Objects("tags").Select(tag => tag.RunTag())],
                IdempotencyKey = IdempotencyKey(request),
            },
            request.Cancellation);
        return await WholeAsync(id, request.Cancellation);
    }

    private async Task<Action<Utf8JsonWriter>> UpdateAsync(MlflowRequest request)
    {
        var body = request.Body;
        RunStatus? status = body.Text("status") is { Length: > 0 } name
            ? RunStatuses.Of(name)
                ?? throw body.Refused("status", $"'{name}' is no status; it is one of {RunStatuses.All}.")
            : null;
        var id = request.RunId;
        await writes.UpdateAsync(id, status, Time(body, "end_time"),
            body.CheckedOptional("run_name", TrackingRules.MaxTagValue), request.Cancellation);
        var run = await reads.RunAsync(id, request.Cancellation);
        return json =>
        {
            json.WritePropertyName("run_info");
            json.RunInfo(run);
        };
    }

    private async Task<Action<Utf8JsonWriter>> DeleteAsync(MlflowRequest request)
    {
        await writes.DeleteAsync(request.Caller, request.RunId, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> RestoreAsync(MlflowRequest request)
    {
        await writes.RestoreAsync(request.Caller, request.RunId, request.Cancellation);
        return Nothing;
    }

    private Task<Action<Utf8JsonWriter>> GetAsync(MlflowRequest request) =>
        WholeAsync(request.RunId, request.Cancellation);

    private async Task<Action<Utf8JsonWriter>> SearchAsync(MlflowRequest request)
    {
        var body = request.Body;
        var experiments = body.Texts("experiment_ids");
        if (experiments.Count > MaxExperiments)
            throw body.Refused("experiment_ids", $"it has more than {MaxExperiments} entries.");
        var page = await reads.SearchAsync(
            new RunSearch
            {
                Experiments = [.. experiments.Select(Experiments.Number).Distinct()],
                Filter = SearchFilter.Parse(body.Text("filter"), SearchSchema.Runs),
                Orders = SearchFilter.ParseOrder(body.Texts("order_by"), SearchSchema.Runs),
                Deleted = body.Deleted("run_view_type"),
                Limit = body.Integer("max_results", DefaultPage, 1, MaxPage),
                PageToken = body.Text("page_token"),
                Counts = body.Flag("count"),
                Parts = Parts(body),
            },
            request.Cancellation);
        return json =>
        {
            json.Many("runs", page.Runs, each => json.Run(each.Run, each.Data));
            json.Optional("next_page_token", page.Next);
            if (page.Count is { } total)
                json.WriteNumber("count", total);
        };
    }

    /// <summary>
    /// Our extension: <c>fields</c> names what is wanted, such as <c>metrics.loss</c>, <c>params</c> or <c>inputs</c>;
    /// a run's own columns always come.
    /// </summary>
    private static RunParts Parts(MlflowObject body)
    {
        var fields = body.Texts("fields");
        if (fields.Count == 0)
            return RunParts.All;

        var wanted = new Dictionary<string, HashSet<string>?>(StringComparer.Ordinal)
        {
            ["metrics"] = [],
            ["params"] = [],
            ["tags"] = [],
            ["inputs"] = [],
        };
        foreach (var field in fields)
        {
            var (part, key) = field.Split('.', 2) is [var first, var rest] ? (first, rest) : (field, null);
            if (field == "info")
                continue;
            if (!wanted.TryGetValue(part, out var keys) || (part == "inputs" && key is not null))
            {
                throw body.Refused("fields",
                    $"'{field}' is none of info, metrics, params, tags, inputs, or one key such as metrics.loss.");
            }

            if (key is null)
                wanted[part] = null;
            else
                keys?.Add(key);
        }

        return new RunParts(wanted["metrics"], wanted["params"], wanted["tags"], wanted["inputs"] is null);
    }

    private async Task<Action<Utf8JsonWriter>> LogMetricAsync(MlflowRequest request)
    {
        var point = Point(request.Body);
        await logging.LogAsync(request.RunId, new LoggedBatch { Points = [point] }, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogParameterAsync(MlflowRequest request)
    {
        await logging.LogAsync(
            request.RunId, new LoggedBatch { Parameters = [request.Body.Parameter()] }, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> SetTagAsync(MlflowRequest request)
    {
        await logging.LogAsync(
            request.RunId, new LoggedBatch { Tags = [request.Body.RunTag()] }, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> DeleteTagAsync(MlflowRequest request)
    {
        await logging.DeleteTagAsync(request.RunId, request.Body.Required("key"), request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogBatchAsync(MlflowRequest request)
    {
        var body = request.Body;
        var (metrics, parameters, tags) = (body.Objects("metrics"), body.Objects("params"), body.Objects("tags"));
        Bound(body, "metrics", metrics.Count, TrackingRules.MaxBatch);
        Bound(body, "params", parameters.Count, TrackingRules.MaxBatchPairs);
        Bound(body, "tags", tags.Count, TrackingRules.MaxBatchPairs);
        var all = metrics.Count + parameters.Count + tags.Count;
        if (all > TrackingRules.MaxBatch)
        {
            throw new RefusalException(RunRefusals.Invalid("metrics",
                $"A batch logging request can contain at most {TrackingRules.MaxBatch} metrics, params, and tags in "
                + $"total. Got {all}."));
        }

        var pairs = parameters.Select(parameter => parameter.Parameter()).ToList();
        if (pairs.GroupBy(pair => pair.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)
            is { } twice)
        {
            throw new RefusalException(RunRefusals.Invalid("params",
                $"Duplicate parameter keys have been submitted: ['{twice.Key}']. Please ensure the request contains "
                + "only one param value per param key."));
        }

        await logging.LogAsync(
            request.RunId,
            new LoggedBatch
            {
                Points = [.. metrics.Select(Point)],
                Parameters = pairs,
                Tags = [.. tags.Select(tag => tag.RunTag())],
            },
            request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogInputsAsync(MlflowRequest request)
    {
        var datasets = request.Body.Objects("datasets").Select(Dataset).ToList();
        var models = request.Body.Objects("models").Select(model => model.Required("model_id")).ToList();
        await inputs.LogAsync(request.RunId, datasets, models, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogOutputsAsync(MlflowRequest request)
    {
        var models = request.Body.Objects("models")
            .Select(model => (model.Required("model_id"), model.Integer("step") ?? 0)).ToList();
        await inputs.LogOutputsAsync(request.RunId, models, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> LogModelAsync(MlflowRequest request)
    {
        var text = request.Body.Required("model_json");
        try
        {
            using var model = JsonDocument.Parse(text);
            foreach (var name in (string[])["artifact_path", "flavors", "utc_time_created", "run_id"])
            {
                if (!model.RootElement.TryGetProperty(name, out _))
                    throw request.Body.Refused("model_json", $"the field '{name}' is missing.");
            }
        }
        catch (Exception bad) when (bad is JsonException or InvalidOperationException)
        {
            throw request.Body.Refused("model_json", $"Malformed model info. {bad.Message}");
        }

        await inputs.LogModelAsync(request.RunId, text, request.Cancellation);
        return Nothing;
    }

    private async Task<Action<Utf8JsonWriter>> WholeAsync(string id, CancellationToken cancellation)
    {
        var (run, data) = await reads.WholeAsync(id, cancellation);
        return json =>
        {
            json.WritePropertyName("run");
            json.Run(run, data);
        };
    }

    private static LoggedPoint Point(MlflowObject metric)
    {
        var key = metric.Key("metric");
        var timestamp = metric.RequiredInteger("timestamp");
        if (timestamp < 0)
            throw metric.Refused("timestamp", $"{timestamp} is below 0; it is milliseconds since 1970.");
        var model = metric.Text("model_id");
        return new LoggedPoint(
            key, TrackingRules.Stored(metric.RequiredReal("value")), timestamp, metric.Integer("step") ?? 0)
        {
            Model = string.IsNullOrEmpty(model)
                ? null
                : new LoggedModelPoint(model,
                    metric.CheckedOptional("dataset_name", TrackingRules.MaxDatasetName) ?? "",
                    metric.CheckedOptional("dataset_digest", TrackingRules.MaxDatasetDigest) ?? ""),
        };
    }

    private static RunDataset Dataset(MlflowObject input)
    {
        var dataset = input.Object("dataset") ?? throw input.Missing("dataset");
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in input.Objects("tags"))
            tags[tag.Checked("key", TrackingRules.MaxInputTagKey)] = tag.TagValue(TrackingRules.MaxInputTagValue);
        return new RunDataset
        {
            Name = dataset.Checked("name", TrackingRules.MaxDatasetName),
            Digest = dataset.Checked("digest", TrackingRules.MaxDatasetDigest),
            SourceType = dataset.Checked("source_type", TrackingRules.MaxDatasetSource),
            Source = dataset.Checked("source", TrackingRules.MaxDatasetSource),
            Schema = dataset.CheckedOptional("schema", TrackingRules.MaxDatasetSchema),
            Profile = dataset.CheckedOptional("profile", TrackingRules.MaxDatasetProfile),
            Tags = tags,
        };
    }

    private static long? Time(MlflowObject body, string name) => body.Integer(name) switch
    {
        < 0 and var time => throw body.Refused(name, $"{time} is below 0; it is milliseconds since 1970."),
        var time => time,
    };

    private static void Bound(MlflowObject body, string name, int count, int most)
    {
        if (count > most)
        {
            throw new RefusalException(RunRefusals.Invalid(name,
                $"A batch logging request can contain at most {most} {name}. Got {count} {name}. Please split up "
                + $"{name} across multiple requests and try again."));
        }
    }

    private static string? IdempotencyKey(MlflowRequest request)
    {
        var values = request.Context.Request.Headers[FairleadClient.IdempotencyKeyHeader];
        return values switch
        {
            [] => null,
            [{ Length: > 0 and <= MaxIdempotencyKey } word] => word,
            _ => throw request.Body.Refused(FairleadClient.IdempotencyKeyHeader,
                $"it is one word of 1 to {MaxIdempotencyKey} characters."),
        };
    }
}
