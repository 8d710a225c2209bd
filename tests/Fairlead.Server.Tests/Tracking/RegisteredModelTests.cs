using System.Net;
using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

public sealed class RegisteredModelTests(TrackingServers servers, PostgresServer postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task VersionOfARun_WithAnOnnxModel_IsServedUnderItsAlias(Engine engine)
    {
        var server = await servers.StartAsync(engine, postgres);
        var wire = await servers.WireAsync(engine, postgres);
        var name = $"risk {engine}";
        var created = await wire.PostAsync("registered-models/create", new
        {
            name,
            description = "who pays",
            tags = new[] { new { key = "team", value = "risk" } },
        });
        created.Text("registered_model.tags.0.value").ShouldBe("risk");
        (await wire.TryPostAsync("registered-models/create", $$"""{"name":"{{name}}"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", "already");

        var (run, source) = await GivenModelAsync(wire, "flavors:\n  onnx:\n    data: weights.onnx\n", "weights.onnx");
        var version = await wire.PostAsync("model-versions/create", new { name, source, run_id = run });
        version.Text("model_version.version").ShouldBe("1");
        version.Text("model_version.status").ShouldBe("READY");
        version.Text("model_version.current_stage").ShouldBe("None");
        version.Text("model_version.run_id").ShouldBe(run);
        version["model_version"].TryGetProperty("status_message", out _).ShouldBeFalse();

        await wire.PostAsync("registered-models/alias", new { name, alias = "champion", version = "1" });
        var aliased = await wire.GetAsync($"registered-models/alias?name={Uri.EscapeDataString(name)}&alias=champion");
        aliased.Text("model_version.version").ShouldBe("1");
        aliased.Text("model_version.aliases.0").ShouldBe("champion");

        // The same version, the same alias, in Fairlead's own words: an endpoint may serve it.
        var own = await server.Client.GetVersionAsync(name, 1, Cancel);
        own.Needs.ShouldBeNull();
        own.Entry.ShouldBe("weights.onnx");
        own.Lineage.Run.ShouldBe(run);
        own.Files.Select(file => file.Path).ShouldBe(["MLmodel", "weights.onnx"]);
        await server.Client.PutEndpointAsync($"risk-{engine}", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = name, Alias = "champion", Weight = 1 }],
        }, cancellation: Cancel);
        (await wire.TryAsync(HttpMethod.Delete, "model-versions/delete", $$"""{"name":"{{name}}","version":"1"}"""))
            .ShouldBe(HttpStatusCode.Conflict, "RESOURCE_CONFLICT", "is used by endpoint");

        // What is fetched is the version, also when the run's folder is gone.
        var uri = await wire.GetAsync($"model-versions/get-download-uri?name={Uri.EscapeDataString(name)}&version=1");
        uri.Text("artifact_uri").ShouldBe($"mlflow-artifacts:/registered/{name}/1");
        await wire.SendAsync("DELETE", $"/api/2.0/mlflow-artifacts/artifacts/0/{run}", "{}");
        var listed = await wire.GetAsync(
            $"/api/2.0/mlflow-artifacts/artifacts?path=registered/{Uri.EscapeDataString(name)}/1");
        listed["files"].GetArrayLength().ShouldBe(2);
        (await wire.Http.GetStringAsync(
            $"/api/2.0/mlflow-artifacts/artifacts/registered/{Uri.EscapeDataString(name)}/1/weights.onnx", Cancel))
            .ShouldBe("a model");
        (await wire.TryAsync(HttpMethod.Put, $"/api/2.0/mlflow-artifacts/artifacts/registered/{name}/1/x", "x"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "versions never change");
    }

    /// <summary>
    /// Clients give up after two minutes and ask again: the answer comes before that, ready as they wait for it, and to
    /// the second question it is the same.
    /// </summary>
    [Fact]
    public async Task VersionThatTakesLongToExamine_IsKept_Once_AndSaysWhatToDo()
    {
        await using var server = await TestServer.StartAsync(options =>
            options.TrackedProbePatience = TimeSpan.FromSeconds(1));
        var wire = new Wire(server.HttpWith(null));
        await wire.PostAsync("registered-models/create", new { name = "slow" });
        var (_, source) = await GivenModelAsync(wire, "flavors: {onnx: {data: m.onnx}}", "m.onnx", "hang");

        var version = await wire.PostAsync("model-versions/create", new { name = "slow", source });
        var again = await wire.PostAsync("model-versions/create", new { name = "slow", source });

        version.Text("model_version.status").ShouldBe("READY");
        version.Text("model_version.status_message").ShouldContain("takes longer than the 1 s");
        again.Text("model_version.version").ShouldBe("1");
        (await wire.GetAsync("model-versions/get?name=slow&version=1")).Text("model_version.status").ShouldBe("READY");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task VersionThatCannotBeServed_IsKept_AndSaysWhatItWouldNeed(Engine engine)
    {
        var server = await servers.StartAsync(engine, postgres);
        var wire = await servers.WireAsync(engine, postgres);
        var name = $"forest {engine}";
        await wire.PostAsync("registered-models/create", new { name });
        var (_, sklearn) = await GivenModelAsync(
            wire, "flavors:\n  sklearn:\n    sklearn_version: 1.4.2\n    pickled_model: model.pkl\n", "model.pkl");
        var kept = await wire.PostAsync("model-versions/create", new { name, source = sklearn });
        kept.Text("model_version.status_message").ShouldContain("the runtime of sklearn 1.4.2");
        var (_, refused) = await GivenModelAsync(wire, "flavors: {onnx: {data: m.onnx}}", "m.onnx", "refuse this");
        (await wire.PostAsync("model-versions/create", new { name, source = refused }))
            .Text("model_version.status_message").ShouldContain("the operator Foo is not known");
        (await wire.PostAsync("model-versions/create", new { name, source = "s3://bucket/model" }))
            .Text("model_version.status_message").ShouldContain("they are at 's3://bucket/model'");

        (await server.Client.GetVersionAsync(name, 1, Cancel)).Needs!.ShouldContain("sklearn");
        await server.Client.PutEndpointAsync($"forest-{engine}", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = name, Version = 1, Weight = 1 }],
        }, cancellation: Cancel).ShouldBeRefusedAsync("version_not_servable");
        (await wire.GetAsync($"model-versions/get-download-uri?name={Uri.EscapeDataString(name)}&version=3"))
            .Text("artifact_uri").ShouldBe("s3://bucket/model");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task StagesTagsAndNames_ChangeAsMlflowChangesThem(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var name = $"staged-{engine}";
        await wire.PostAsync("registered-models/create", new { name });
        foreach (var source in (string[])["s3://b/1", "s3://b/2", "s3://b/3"])
        {
            await wire.PostAsync("model-versions/create", new
            {
                name,
                source,
                description = source,
                tags = new[] { new { key = "at", value = source } },
            });
        }

        await TransitionAsync("1", "production", false);
        await TransitionAsync("2", "Production", true);
        (await wire.GetAsync($"model-versions/get?name={name}&version=1"))
            .Text("model_version.current_stage").ShouldBe("Archived");
        var latest = await wire.PostAsync("registered-models/get-latest-versions", new { name });
        latest["model_versions"].EnumerateArray()
            .Select(each => $"{each.GetProperty("version")} {each.GetProperty("current_stage")}")
            .ShouldBe(["1 Archived", "2 Production", "3 None"]);
        (await wire.GetAsync($"registered-models/get-latest-versions?name={name}&stages=Production"))
            ["model_versions"].GetArrayLength().ShouldBe(1);
        (await wire.TryPostAsync("model-versions/transition-stage",
            $$"""{"name":"{{name}}","version":"1","stage":"Nowhere"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Invalid Model Version stage");

        await wire.PostAsync("model-versions/set-tag", new { name, version = "3", key = "k", value = "v" });
        await wire.SendAsync("DELETE", "model-versions/delete-tag", new { name, version = "3", key = "k" });
        await wire.SendAsync("DELETE", "model-versions/delete-tag", new { name, version = "3", key = "k" });
        await wire.SendAsync("PATCH", "model-versions/update", new { name, version = "3", description = "third" });
        await wire.PostAsync("registered-models/set-tag", new { name, key = "k", value = "v" });
        await wire.SendAsync("PATCH", "registered-models/update", new { name, description = "staged" });
        await wire.PostAsync("registered-models/alias", new { name, alias = "newest", version = "3" });
        (await wire.TryPostAsync("registered-models/alias", $$"""{"name":"{{name}}","alias":"v3","version":"3"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "must not look like a version number");
        (await wire.TryGetAsync($"registered-models/alias?name={name}&alias=nothing"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "alias nothing not found");

        (await VersionsAsync($"name = '{name}' AND stage = 'Production'")).ShouldBe(["2"]);
        (await VersionsAsync($"name = '{name}' AND (alias = 'newest' OR tags.at = 's3://b/1')"))
            .ShouldBe(["1", "3"], ignoreOrder: true);
        (await VersionsAsync($"name = '{name}' AND version_number >= 2", "version_number DESC")).ShouldBe(["3", "2"]);
        var found = await wire.GetAsync("registered-models/search?order_by=name&filter="
            + Uri.EscapeDataString($"name ILIKE '{name.ToUpperInvariant()}' AND tags.k = 'v' AND alias = 'newest'"));
        found["registered_models.0.latest_versions"].GetArrayLength().ShouldBe(3);

        await wire.PostAsync("registered-models/rename", new { name, new_name = name + "-2" });
        var renamed = await wire.GetAsync($"registered-models/get?name={name}-2");
        renamed.Text("registered_model.aliases.0.version").ShouldBe("3");
        (await wire.TryGetAsync($"registered-models/get?name={name}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "not found");
        await wire.SendAsync("DELETE", "model-versions/delete", new { name = name + "-2", version = "3" });
        var next = await wire.PostAsync("model-versions/create", new { name = name + "-2", source = "s3://b/4" });
        next.Text("model_version.version").ShouldBe("4");
        await wire.SendAsync("DELETE", "registered-models/alias", new { name = name + "-2", alias = "newest" });
        await wire.SendAsync("DELETE", "registered-models/delete", new { name = name + "-2" });
        (await wire.TryGetAsync($"model-versions/get?name={name}-2&version=1"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "not found");

        async Task<string[]> VersionsAsync(string filter, string order = "")
        {
            var answer = await wire.GetAsync("model-versions/search?filter=" + Uri.EscapeDataString(filter)
                + (order.Length > 0 ? $"&order_by={Uri.EscapeDataString(order)}" : ""));
            return [.. answer["model_versions"].EnumerateArray()
                .Select(each => each.GetProperty("version").GetString()!)];
        }

        Task TransitionAsync(string version, string stage, bool archives) => wire.PostAsync(
            "model-versions/transition-stage",
            new { name, version, stage, archive_existing_versions = archives });
    }

    [Theory]
    [InlineData("mlflow-artifacts:/0/../1", "must not contain '..'")]
    [InlineData("mlflow-artifacts:/0/%252e%252e/1", "must not contain '..'")]
    [InlineData("/etc/passwd", "a local path")]
    [InlineData("file:///etc", "a local path")]
    [InlineData("models:/m", "names no version")]
    [InlineData("models:/m@champion", "names no version")]
    [InlineData("runs:/", "runs:/RUN/PATH")]
    [InlineData("runs:/0123", "runs:/RUN/PATH")]
    public async Task SourceThatLeadsElsewhere_IsRefused(string source, string words)
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        await wire.TryPostAsync("registered-models/create", """{"name":"sourced"}""");
        (await wire.TryPostAsync("model-versions/create", JsonSerializer.Serialize(new { name = "sourced", source })))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", words);
        (await wire.TryPostAsync("model-versions/create", """{"name":"sourced","source":"s3://x","run_id":"nope"}"""))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
    }

    [Fact]
    public async Task VersionThatIsCopied_IsFoundByItsModelAndNumber_WhateverTheModelIsCalled()
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        await wire.PostAsync("registered-models/create", new { name = "m-credit" });
        var (_, source) = await GivenModelAsync(wire, "flavors: {}", "m.pkl");
        await wire.PostAsync("model-versions/create", new { name = "m-credit", source });

        var copy = await wire.PostAsync(
            "model-versions/create", new { name = "m-credit", source = "models:/m-credit/1" });

        copy.Text("model_version.version").ShouldBe("2");
        (await wire.GetAsync("/api/2.0/mlflow-artifacts/artifacts?path=registered/m-credit/2"))["files"]
            .GetArrayLength().ShouldBe(2);
        (await wire.TryPostAsync("model-versions/create", """{"name":"m-credit","source":"models:/m-credit/9"}"""))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "version=9");
        (await wire.TryGetAsync("model-versions/get?name=m-credit&version=one"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "must be an integer, got 'one'");
        (await wire.TryPostAsync("registered-models/alias", """{"name":"m-credit","alias":"a b","version":"1"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "only contain alphanumerics");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Prompts_AreFoundOnlyByWhoAsksForThem(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var name = $"prompt-{engine}";
        var tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } };
        await wire.PostAsync("registered-models/create", new { name, tags });
        await wire.PostAsync("model-versions/create", new { name, source = "dummy-source", tags });
        foreach (var (kind, found) in new[]
        {
            ("registered-models", "registered_models"), ("model-versions", "model_versions"),
        })
        {
            (await SearchAsync($"name = '{name}'")).Has(found).ShouldBeFalse();
            (await SearchAsync($"name = '{name}' AND tags.`mlflow.prompt.is_prompt` != 'true'"))
                .Has(found).ShouldBeFalse();
            (await SearchAsync($"name = '{name}' AND tags.`mlflow.prompt.is_prompt` = 'true'"))[found]
                .GetArrayLength().ShouldBe(1);

            Task<Answer> SearchAsync(string filter) =>
                wire.GetAsync($"{kind}/search?filter={Uri.EscapeDataString(filter)}");
        }
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task LoggedModel_AsClientsOfMlflow3LogIt_IsRegisteredFromItsId(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var run = await wire.RunAsync(experiment);
        var made = await wire.PostAsync("logged-models", new
        {
            experiment_id = experiment,
            name = "model",
            model_type = "classifier",
            source_run_id = run,
            @params = new[] { new { key = "lr", value = "0.1" } },
        });
        var id = made.Text("model.info.model_id");
        id.ShouldStartWith("m-");
        made.Text("model.info.status").ShouldBe("LOGGED_MODEL_PENDING");
        var root = made.Text("model.info.artifact_uri")["mlflow-artifacts:/".Length..];
        root.ShouldBe($"{experiment}/models/{id}/artifacts");
        await ArtifactTests.PutAsync(wire, $"{root}/MLmodel", "flavors: {onnx: {data: m.onnx}}");
        await ArtifactTests.PutAsync(wire, $"{root}/m.onnx", $"a model of {engine}");
        await wire.SendAsync("PATCH", $"logged-models/{id}", new { model_id = id, status = "LOGGED_MODEL_READY" });
        await wire.PostAsync("runs/outputs", new { run_id = run, models = new[] { new { model_id = id, step = 3 } } });
        await wire.PostAsync("runs/log-batch", $$"""
            {"run_id":"{{run}}","metrics":[{"key":"acc","value":0.9,"timestamp":1,"step":1,"model_id":"{{id}}",
             "dataset_name":"loans","dataset_digest":"abc"}]}
            """);
        await wire.SendAsync("PATCH", $"logged-models/{id}/tags",
            """{"tags":[{"key":"t","value":"v"},{"key":"a/b","value":"v"},{"key":"c/d","value":"v"}]}""");
        await wire.SendAsync("DELETE", $"logged-models/{id}/tags/a/b", "{}");
        await wire.SendAsync("DELETE", $"logged-models/{id}/tags/c%2Fd", "{}");
        (await wire.TryPostAsync("logged-models", $$"""{"experiment_id":"{{experiment}}","name":"a/b"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Invalid model name");

        var name = $"logged-{engine}";
        await wire.PostAsync("registered-models/create", new { name });
        var version = await wire.PostAsync("model-versions/create",
            new { name, source = $"models:/{id}", model_id = id, run_id = (string?)null });
        version.Text("model_version.model_id").ShouldBe(id);
        version.Text("model_version.run_id").ShouldBe(run);

        // An answer that was lost on its way is asked for again, and is no second version; other words are another one.
        (await wire.PostAsync("model-versions/create", new { name, source = $"models:/{id}", model_id = id }))
            .Text("model_version.version").ShouldBe("1");
        (await wire.PostAsync("model-versions/create",
            new { name, source = $"models:/{id}", model_id = id, description = "again" }))
            .Text("model_version.version").ShouldBe("2");
        await wire.SendAsync("DELETE", "model-versions/delete", new { name, version = "2" });

        var read = await wire.GetAsync($"logged-models/{id}");
        read.Text("model.info.registrations.0.name").ShouldBe(name);
        read.Text("model.data.metrics.0.dataset_digest").ShouldBe("abc");
        (await wire.GetAsync($"runs/get?run_id={run}")).Text("run.outputs.model_outputs.0.model_id").ShouldBe(id);
        (await wire.GetAsync($"logged-models/{id}/artifacts/directories"))["files"].GetArrayLength().ShouldBe(2);
        (await FoundAsync("name = 'model' AND metrics.acc > 0.5 AND params.lr = '0.1'", "loans")).ShouldBe(1);
        (await FoundAsync("name = 'model' AND metrics.acc > 0.5", "others")).ShouldBe(0);
        (await FoundAsync("tags.t != 'v'", "loans")).ShouldBe(0);

        await wire.SendAsync("DELETE", $"logged-models/{id}", "{}");
        (await wire.TryGetAsync($"logged-models/{id}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "not found");
        (await wire.TryPostAsync("runs/outputs", $$"""{"run_id":"{{run}}","models":[{"model_id":"{{id}}"}]}"""))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");

        async Task<int> FoundAsync(string filter, string dataset)
        {
            var found = await wire.PostAsync("logged-models/search", new
            {
                experiment_ids = new[] { experiment },
                filter,
                datasets = new[] { new { dataset_name = dataset } },
                order_by = new[] { new { field_name = "metrics.acc", ascending = false } },
            });
            return found.Has("models") ? found["models"].GetArrayLength() : 0;
        }
    }

    /// <summary>A run with a model folder among its artifacts; the run and the folder's address.</summary>
    private static async Task<(string Run, string Source)> GivenModelAsync(
        Wire wire, string description, string file, string content = "a model")
    {
        var run = await wire.RunAsync("0");
        await ArtifactTests.PutAsync(wire, $"0/{run}/artifacts/model/MLmodel", description);
        await ArtifactTests.PutAsync(wire, $"0/{run}/artifacts/model/{file}", content);
        return (run, $"mlflow-artifacts:/0/{run}/artifacts/model");
    }
}
