using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>
/// Every limit of tracking, through a real server: always 400, as its clients repeat other answers for minutes.
/// </summary>
public sealed class TrackingLimitTests(TrackingServers servers, PostgresServer postgres)
{
    private const string Cut = "cut, not refused";

    private static readonly Dictionary<string, Func<string, Case>> All = new()
    {
        ["TrackingRules.MaxExperimentName"] = _ => new("experiments/create", Of(("name", Long(501))), "limit of 500"),
        ["ExperimentRoutes.MaxLocation"] = _ => new("experiments/create",
            Of(("name", "e"), ("artifact_location", Long(257))), "limit of 256"),
        ["TrackingRules.MaxKey"] = run => new("runs/set-tag",
            Of(("run_id", run), ("key", Long(251)), ("value", "")), "limit of 250"),
        ["TrackingRules.MaxParameterValue"] = run => new("runs/log-parameter",
            Of(("run_id", run), ("key", "long"), ("value", Long(6001))), Cut),
        ["TrackingRules.MaxTagValue"] = run => new("runs/set-tag",
            Of(("run_id", run), ("key", "long"), ("value", Long(8001))), Cut),
        ["TrackingRules.MaxTagValue: name"] = run => new("runs/update",
            Of(("run_id", run), ("run_name", Long(8001))), "limit of 8000"),
        ["TrackingRules.MaxExperimentTagValue"] = _ => new("experiments/set-experiment-tag",
            Of(("experiment_id", "0"), ("key", "k"), ("value", Long(5001))), "limit of 5000"),
        ["TrackingRules.MaxRegistryTagValue"] = run => new("runs/log-model", Of(("run_id", run), ("model_json",
            $$"""{"artifact_path":"{{Long(100_001)}}","flavors":{},"utc_time_created":"","run_id":""}""")),
            "more than 100000 characters"),
        ["TrackingRules.MaxInputTagKey"] = run => new("runs/log-inputs",
            Inputs(run, input => input["tags"] = new JsonArray(Of(("key", Long(256)), ("value", "")))), "limit of 255"),
        ["TrackingRules.MaxInputTagValue"] = run => new("runs/log-inputs",
            Inputs(run, input => input["tags"] = new JsonArray(Of(("key", "k"), ("value", Long(501))))),
            "limit of 500"),
        ["TrackingRules.MaxUser"] = _ => new("runs/create", Of(("user_id", Long(257))), "limit of 256"),
        ["TrackingRules.MaxDatasetName"] = run => new("runs/log-inputs", Dataset(run, "name", 501), "limit of 500"),
        ["TrackingRules.MaxDatasetDigest"] = run => new("runs/log-inputs", Dataset(run, "digest", 37), "limit of 36"),
        ["TrackingRules.MaxDatasetSource"] =
            run => new("runs/log-inputs", Dataset(run, "source", 65_536), "limit of 65535"),
        ["TrackingRules.MaxDatasetSchema"] =
            run => new("runs/log-inputs", Dataset(run, "schema", 1_048_576), "limit of 1048575"),
        ["TrackingRules.MaxDatasetProfile"] =
            run => new("runs/log-inputs", Dataset(run, "profile", 16_777_216), "limit of 16777215"),
        ["TrackingRules.MaxBatch"] = run => new("runs/log-batch", Of(("run_id", run), ("metrics", Many(1001, i =>
            Of(("key", "m"), ("value", i), ("timestamp", i))))), "at most 1000 metrics"),
        ["TrackingRules.MaxBatch: all"] = run => new("runs/log-batch", Of(("run_id", run),
            ("metrics", Many(1000, i => Of(("key", "m"), ("value", i), ("timestamp", i)))),
            ("tags", Many(1, _ => Of(("key", "t"), ("value", ""))))), "params, and tags in total"),
        ["TrackingRules.MaxBatchPairs"] = run => new("runs/log-batch", Of(("run_id", run),
            ("params", Many(101, i => Of(("key", $"p{i}"), ("value", ""))))), "at most 100 params"),
        ["MlflowRoutes.MaxBodyBytes"] = run => new("runs/set-tag",
            Of(("run_id", run), ("key", "k"), ("value", Long(1 << 20))), "1048576 are accepted"),
        ["MlflowRoutes.MaxLargeBodyBytes"] = run => new("runs/log-inputs",
            Of(("run_id", run), ("z", Long(32 << 20))), "33554432 are accepted"),
        ["MlflowRequest.MaxDepth"] = _ => new("runs/create", new string('[', 70) + new string(']', 70), "depth of 64"),
        ["ExperimentRoutes.MaxPage"] = _ => new("experiments/search", Of(("max_results", 50_001)), "at most 50000"),
        ["RunRoutes.MaxPage"] = _ => new("runs/search", Of(("max_results", 50_001)), "at most 50000"),
        ["RunRoutes.MaxExperiments"] = _ => new("runs/search",
            Of(("experiment_ids", Many(10_001, i => JsonValue.Create($"{i}")))), "more than 10000"),
        ["MetricRoutes.MaxRuns"] = run => new($"GET metrics/get-history-bulk-interval?metric_key=m"
            + string.Concat(Enumerable.Range(0, 101).Select(i => $"&run_ids={i}")), null, "at most 100"),
        ["MetricRoutes.MaxSampled"] = run => new(
            $"GET metrics/get-history-bulk-interval?metric_key=m&run_ids={run}&max_results=2501", null, "at most 2500"),
        ["MetricRoutes.MaxHistory"] = run => new(
            $"GET metrics/get-history-bulk?metric_key=m&run_id={run}&max_results=25001", null, "at most 25000"),
        ["ArtifactPaths.MaxBytes"] = _ => new(
            $"GET /api/2.0/mlflow-artifacts/artifacts/0/{Long(1_025)}", null, "more than 1024 bytes"),
        ["ArtifactParts.Most"] = _ => new("/api/2.0/mlflow-artifacts/mpu/create/0/a",
            Of(("path", "b"), ("num_parts", 10_001)), "at most 10000"),
        ["AliasName.MaxLength"] = _ => new("registered-models/alias",
            Of(("name", "m"), ("alias", Long(256)), ("version", "1")), "length limit of 255"),
        ["ModelRoutes.MaxPage"] = _ => new("GET registered-models/search?max_results=1001", null, "at most 1000"),
        ["ModelVersionRoutes.MaxPage"] =
            _ => new("GET model-versions/search?max_results=200001", null, "at most 200000"),
        ["ModelVersionRoutes.MaxSource"] = _ => new("model-versions/create",
            Of(("name", "limited"), ("source", $"s3://{Long(500)}")), "limit of 500"),
        ["LoggedModelRoutes.MaxPage"] = _ => new("logged-models/search",
            Of(("experiment_ids", new JsonArray("0")), ("max_results", 1_001)), "at most 1000"),
        ["SearchFilter.MaxLength"] = _ => Filter($"status = '{Long(500_000)}'", "at most 500000"),
        ["SearchFilter.MaxNesting"] = _ => Filter(new string('(', 51), "nested more than 50 deep"),
        ["SearchFilter.MaxComparisons"] =
            _ => Filter(string.Join(" OR ", Enumerable.Repeat("status = 'x'", 201)), "more than 200 comparisons"),
        ["SearchFilter.MaxValues"] = _ => Filter(
            $"status IN ({string.Join(',', Enumerable.Repeat("'x'", 10_001))})", "more than 10000 values"),
        ["SearchFilter.MaxPattern"] = _ => Filter($"status LIKE '{Long(5_001)}'", "longer than 5000"),
        ["SearchFilter.MaxWildcards"] = _ => Filter($"status LIKE '{new string('%', 21)}'", "more than 20 '%'"),
    };

    /// <summary>The constants that have a case here, and the one of a header, which has a test.</summary>
    public static IEnumerable<string> Limits =>
        All.Keys.Select(name => name.Split(':')[0]).Append("RunRoutes.MaxIdempotencyKey").Distinct();

    public static TheoryData<string> Cases => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Limit_Passed_IsTold(string name)
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        await wire.TryPostAsync("registered-models/create", """{"name":"limited"}""");
        var passing = All[name](await wire.RunAsync("0"));
        var answer = passing.Path.StartsWith("GET ", StringComparison.Ordinal)
            ? await wire.TryGetAsync(passing.Path[4..])
            : await wire.TryPostAsync(passing.Path, passing.Body?.ToString() ?? "");
        if (passing.Words == Cut)
            answer.Status.ShouldBe(HttpStatusCode.OK);
        else
            answer.ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", passing.Words);
    }

    [Fact]
    public async Task Limit_OfAnIdempotencyKey_IsTold()
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        (await wire.TryAsync(HttpMethod.Post, "runs/create", "{}", new string('k', 256)))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "1 to 255");
    }

    private static Case Filter(string filter, string words) =>
        new("runs/search", Of(("experiment_ids", new JsonArray("0")), ("filter", filter)), words);

    private static JsonObject Dataset(string run, string field, int length) =>
        Inputs(run, input => input["dataset"]![field] = Long(length));

    private static JsonObject Inputs(string run, Action<JsonObject> change)
    {
        var input = Of(("dataset", Of(("name", "n"), ("digest", "d"), ("source_type", "s"), ("source", "s"))));
        change(input);
        return Of(("run_id", run), ("datasets", new JsonArray(input)));
    }

    private static string Long(int length) => new('x', length);

    private static JsonArray Many(int count, Func<int, JsonNode> one) =>
        [.. Enumerable.Range(0, count).Select(one)];

    private static JsonObject Of(params (string Name, object Value)[] members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
            made[name] = value as JsonNode ?? JsonSerializer.SerializeToNode(value);
        return made;
    }

    private sealed record Case(string Path, object? Body, string Words);
}
