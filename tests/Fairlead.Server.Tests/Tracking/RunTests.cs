using System.Net;
using System.Text.Json;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

public sealed class RunTests(TrackingServers servers, PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Run_AsTheClientLogsIt_ComesBackWhole(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var created = await wire.PostAsync("runs/create", $$"""
            {"experiment_id":"{{experiment}}","user_id":"ada","run_name":"first","start_time":1700000000000,
             "tags":[{"key":"mlflow.user","value":"ada"},{"key":"mlflow.source.type","value":"LOCAL"}]}
            """);
        var run = created.Text("run.info.run_id");
        run.Length.ShouldBe(32);
        created.Text("run.info.run_uuid").ShouldBe(run);
        created.Text("run.info.artifact_uri").ShouldBe($"mlflow-artifacts:/{experiment}/{run}/artifacts");
        created.Text("run.info.status").ShouldBe("RUNNING");

        await wire.PostAsync("runs/log-batch", $$"""
            {"run_id":"{{run}}","run_uuid":"{{run}}",
             "metrics":[{"key":"loss","value":0.5,"timestamp":10,"step":1},
                        {"key":"loss","value":"NaN","timestamp":11,"step":2},
                        {"key":"size","value":"Infinity","timestamp":10,"step":"9007199254740993"}],
             "params":[{"key":"lr","value":"0.1"}],"tags":[{"key":"note","value":"a"}],"unknown":[1]}
            """);
        await wire.PostAsync("runs/log-metric",
            $$"""{"run_uuid":"{{run}}","key":"loss","value":0.25,"timestamp":12,"step":1}""");
        await wire.PostAsync("runs/log-parameter", new { run_id = run, key = "depth/max", value = "" });
        await wire.PostAsync("runs/set-tag", new { run_id = run, key = "mlflow.runName", value = "renamed" });
        var info = await wire.PostAsync("runs/update",
            new { run_id = run, run_uuid = run, status = "FINISHED", end_time = 1_700_000_001_000 });
        info.Text("run_info.status").ShouldBe("FINISHED");

        var read = await wire.GetAsync($"runs/get?run_id={run}&run_uuid={run}");
        read.Text("run.info.run_name").ShouldBe("renamed");
        read["run.info.end_time"].GetInt64().ShouldBe(1_700_000_001_000);
        var metrics = read["run.data.metrics"].EnumerateArray()
            .ToDictionary(each => each.GetProperty("key").GetString()!);
        metrics["loss"].GetProperty("value").GetString().ShouldBe("NaN");
        metrics["size"].GetProperty("value").GetDouble().ShouldBe(double.MaxValue);
        metrics["size"].GetProperty("step").GetInt64().ShouldBe(9007199254740993);
        read["run.data.params"].GetRawText()
            .ShouldBe("""[{"key":"depth/max","value":""},{"key":"lr","value":"0.1"}]""");
        read["run.data.tags"].GetArrayLength().ShouldBe(4);

        await wire.PostAsync("runs/delete-tag", new { run_id = run, key = "note" });
        (await wire.TryPostAsync("runs/delete-tag", $$"""{"run_id":"{{run}}","key":"note"}"""))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task DeletedRun_IsNotWrittenToUntilItIsRestored(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var run = await wire.RunAsync(await wire.ExperimentAsync());
        await wire.PostAsync("runs/delete", new { run_id = run });
        await wire.PostAsync("runs/delete", new { run_id = run });
        (await wire.TryPostAsync("runs/log-parameter", $$"""{"run_id":"{{run}}","key":"a","value":"b"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "must be in the 'active' state");
        await wire.PostAsync("runs/restore", new { run_id = run });
        await wire.PostAsync("runs/log-parameter", new { run_id = run, key = "a", value = "b" });
        (await wire.TryGetAsync("runs/get?run_id=0123"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "not found");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Create_SentAgain_MakesNoSecondRun(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var body =
            $$"""{"experiment_id":"{{experiment}}","user_id":"ada","run_name":"r","start_time":1700000000001}""";
        var both = await Task.WhenAll(wire.PostAsync("runs/create", body), wire.PostAsync("runs/create", body));
        both[0].Text("run.info.run_id").ShouldBe(both[1].Text("run.info.run_id"));

        var nameless = $$"""{"experiment_id":"{{experiment}}","user_id":"ada","start_time":1700000000001}""";
        var keyed = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            wire.TryAsync(HttpMethod.Post, "runs/create", nameless, $"{experiment}-key-{i % 2}")));
        keyed.Select(each => each.Text("run.info.run_id")).Distinct().Count().ShouldBe(2);
        (await wire.NamesAsync(experiment, "")).Length.ShouldBe(3);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Parameters_NeverChange_AndAnErrorKeepsNothingOfTheRequest(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var run = await wire.RunAsync(await wire.ExperimentAsync());
        await wire.PostAsync("runs/log-parameter", new { run_id = run, key = "lr", value = "1" });
        await wire.PostAsync("runs/log-parameter", new { run_id = run, key = "lr", value = "1" });
        (await wire.TryPostAsync("runs/log-batch", $$"""
            {"run_id":"{{run}}","metrics":[{"key":"m","value":1,"timestamp":1}],"tags":[{"key":"t","value":"v"}],
             "params":[{"key":"new","value":"1"},{"key":"lr","value":"2"}]}
            """))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Changing param values is not allowed");
        var read = await wire.GetAsync($"runs/get?run_id={run}");
        read["run.data.params"].GetRawText().ShouldBe("""[{"key":"lr","value":"1"}]""");
        read["run.data"].TryGetProperty("metrics", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("runs/log-batch",
        """{"run_id":"RUN","metrics":[{"key":"m","value":"x","timestamp":1}],"params":[{"key":"p","value":"1"}]}""",
        "Invalid value \"x\" for parameter 'metrics[0].value'")]
    [InlineData("runs/log-batch",
        """{"run_id":"RUN","metrics":[{"key":"m","value":true,"timestamp":1}]}""",
        "Invalid value true for parameter")]
    [InlineData("runs/log-batch",
        """{"run_id":"RUN","metrics":[{"key":"m","value":1,"timestamp":1,"step":1.5}]}""",
        "Invalid value 1.5 for parameter")]
    [InlineData("runs/log-batch",
        """{"run_id":"RUN","metrics":[{"key":"m","value":1}]}""",
        "Missing value for required parameter 'metrics[0].timestamp'")]
    [InlineData("runs/log-batch", """{"run_id":"RUN","metrics":[{"key":"m","value":1,"timestamp":-1}]}""", "below 0")]
    [InlineData("runs/log-batch",
        """{"run_id":"RUN","params":[{"key":"a","value":"1"},{"key":"a","value":"1"}]}""",
        "Duplicate parameter keys")]
    [InlineData("runs/log-batch", """{"run_id":"RUN","tags":"x"}""", "Invalid value \"x\" for parameter 'tags'")]
    [InlineData("runs/log-batch", """{"metrics":[]}""", "Missing value for required parameter 'run_id'")]
    [InlineData("runs/log-metric",
        """{"run_id":"RUN","key":"../../etc","value":1,"timestamp":1}""",
        "must not resolve to other names")]
    [InlineData("runs/log-metric", """{"run_id":"RUN","key":"a\u0000b","value":1,"timestamp":1}""", "U+0000")]
    [InlineData("runs/log-metric", """{"run_id":"RUN","key":"\ud800","value":1,"timestamp":1}""", "not Unicode")]
    [InlineData("runs/log-metric", """{"run_id":"RUN","\uD800":"key"}""", "not Unicode")]
    [InlineData("runs/log-metric", """{"run_id":"RUN","key":"k","value":"\udc00","timestamp":1}""", "not Unicode")]
    [InlineData("runs/search", """{"experiment_ids":["\\\ud800"]}""", "not Unicode")]
    [InlineData("runs/search", """{"experiment_ids":["0"],"max_results":"\ud83d"}""", "not Unicode")]
    [InlineData("runs/search", """ "\ud83d\ud83d" """, "not Unicode")]
    [InlineData("runs/log-parameter", """{"run_id":"RUN","key":"a;b","value":"1"}""", "Names may only contain")]
    [InlineData("runs/set-tag",
        """{"run_id":"RUN","key":"","value":"1"}""",
        "Missing value for required parameter 'key'")]
    [InlineData("runs/update", """{"run_id":"RUN","status":"NOPE"}""", "is no status")]
    [InlineData("runs/search", """{"experiment_ids":["0"],"run_view_type":"X"}""", "none of ACTIVE_ONLY")]
    [InlineData("runs/search", """{"experiment_ids":["0"],"page_token":"x"}""", "page_token")]
    [InlineData("runs/log-inputs",
        """{"run_id":"RUN","datasets":[{"dataset":{"name":"d"}}]}""",
        "Missing value for required parameter 'datasets[0].dataset.digest'")]
    [InlineData("runs/create",
        """{"experiment_id":"0","run_name":"a","tags":[{"key":"mlflow.runName","value":"b"}]}""",
        "different values")]
    [InlineData("runs/create", "not json", "not a JSON object")]
    [InlineData("runs/create", "[1]", "not a JSON object")]
    public async Task MistakeOfACaller_IsRefusedWithWords(string path, string body, string words)
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        var run = await wire.RunAsync("0");
        (await wire.TryPostAsync(path, body.Replace("RUN", run, StringComparison.Ordinal)))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", words);
    }

    [Fact]
    public async Task Body_OfAnotherMediaTypeOrEncodedTwice_IsAnsweredAsMlflowDoes()
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        using var form = new StringContent("{}");
        using var refused = await wire.Http.PostAsync(
            "/api/2.0/mlflow/runs/create", form, TestContext.Current.CancellationToken);
        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonDocument.Parse(await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .RootElement.GetProperty("message").GetString()
            .ShouldBe("Bad Request. Content-Type must be one of ['application/json'].");

        using var latin = new ByteArrayContent([.. "{\"experiment_ids\":[\""u8, 0xE9, .. "\"]}"u8])
        {
            Headers = { ContentType = new("application/json") },
        };
        using var unread = await wire.Http.PostAsync(
            "/api/2.0/mlflow/runs/search", latin, TestContext.Current.CancellationToken);
        unread.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var twice = await wire.PostAsync("runs/create", """ "{\"experiment_id\":\"0\",\"run_name\":\"twice\"}" """);
        twice.Text("run.info.run_name").ShouldBe("twice");
        (await wire.TryGetAsync("runs/nothing")).ShouldBe(HttpStatusCode.NotFound, "ENDPOINT_NOT_FOUND");
        (await wire.TryGetAsync("runs/create")).ShouldBe(HttpStatusCode.MethodNotAllowed, "BAD_REQUEST");
        (await wire.Http.GetStringAsync("/version", TestContext.Current.CancellationToken)).ShouldBe("3.6.0");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task LongValuesOfParametersAndTags_AreCutAsMlflowCutsThem(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var run = await wire.RunAsync(await wire.ExperimentAsync());
        var value = string.Concat(Enumerable.Repeat("😀", 9_000));
        await wire.PostAsync("runs/log-batch", new
        {
            run_id = run,
            @params = new[] { new { key = "p", value } },
            tags = new[] { new { key = "a", value } },
        });
        var read = await wire.GetAsync($"runs/get?run_id={run}");
        read.Text("run.data.params.0.value").ShouldBe(value[..(2 * 6_000)]);
        read.Text("run.data.tags.0.value").ShouldBe(value[..(2 * 8_000)]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task InputsAndModels_AreKeptOnce(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var run = await wire.RunAsync(experiment, "with data");
        var body = $$"""
            {"run_id":"{{run}}","datasets":[{"tags":[{"key":"mlflow.data.context","value":"training"}],
             "dataset":{"name":"loans","digest":"abc","source_type":"http","source":"{}","schema":"{\"a\":1}"} }]}
            """;
        await wire.PostAsync("runs/log-inputs", body);
        await wire.PostAsync("runs/log-inputs", body);
        var read = await wire.GetAsync($"runs/get?run_id={run}");
        read["run.inputs.dataset_inputs"].GetArrayLength().ShouldBe(1);
        read.Text("run.inputs.dataset_inputs.0.dataset.digest").ShouldBe("abc");
        read.Text("run.inputs.dataset_inputs.0.tags.0.value").ShouldBe("training");
        (await wire.NamesAsync(experiment, "dataset.name LIKE 'lo%' AND datasets.context = 'training'"))
            .ShouldBe(["with data"]);
        (await wire.NamesAsync(experiment, "dataset.digest IN ('x', 'y')")).ShouldBeEmpty();

        const string model = """{"artifact_path":"m","flavors":{},"utc_time_created":"t","run_id":"r"}""";
        await wire.PostAsync("runs/log-model", new { run_id = run, model_json = model });
        await wire.PostAsync("runs/log-model", new { run_id = run, model_json = model });
        var tags = (await wire.GetAsync($"runs/get?run_id={run}"))["run.data.tags"];
        tags.EnumerateArray().Single(tag => tag.GetProperty("key").GetString() == "mlflow.log-model.history")
            .GetProperty("value").GetString().ShouldBe($"[{model}, {model}]");
    }
}
