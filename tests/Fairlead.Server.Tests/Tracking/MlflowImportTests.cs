using System.Net;
using Fairlead.Client.Mlflow;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>An import from one server that speaks MLflow's protocol to another, broken off and repeated.</summary>
public sealed class MlflowImportTests(PostgresServer postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task EverythingComesOver_Once_HoweverOftenItIsRepeated(Engine engine)
    {
        await using var source = await TestServer.StartAsync();
        await using var target = await TestServer.StartAsync(engine, postgres);
        var (there, here) = (new Wire(source.HttpWith(null)), new Wire(target.HttpWith(null)));
        var experiment = (await there.PostAsync("experiments/create", new
        {
            name = "credit",
            tags = new[] { new { key = "team", value = "risk" } },
        })).Text("experiment_id");
        var run = await GivenRunAsync(there, experiment);
        await GivenModelAsync(there, run);

        // The connection breaks in the middle of the files.
        using var breaking = new HttpClient(new Breaking { Calls = 14 })
        {
            BaseAddress = target.HttpWith(null).BaseAddress,
        };
        await Should.ThrowAsync<HttpRequestException>(() => ImportAsync(source, breaking));
        var first = await ImportAsync(source, target.HttpWith(null));
        first.Left.ShouldBeEmpty();
        (first.Experiments, first.Runs, first.Models, first.Versions).ShouldBe((2, 1, 1, 2));
        first.Points.ShouldBe(1203);
        var again = await ImportAsync(source, target.HttpWith(null));
        (again.Runs, again.RunsKnown, again.Points, again.Files, again.Versions).ShouldBe((0, 1, 0L, 0, 0));

        var mine = (await here.GetAsync("experiments/get-by-name?experiment_name=credit"))
            .Text("experiment.experiment_id");
        var found = await here.PostAsync("runs/search", new { experiment_ids = new[] { mine } });
        found["runs"].GetArrayLength().ShouldBe(1);
        var id = found.Text("runs.0.info.run_id");
        (found.Text("runs.0.info.run_name"), found.Text("runs.0.info.status")).ShouldBe(("first", "FINISHED"));
        found["runs.0.info.start_time"].GetInt64().ShouldBe(1_700_000_000_000);
        found["runs.0.info.end_time"].GetInt64().ShouldBe(1_700_000_009_000);
        found.Text("runs.0.inputs.dataset_inputs.0.dataset.digest").ShouldBe("d1g3st");
        found["runs.0.data.params"].EnumerateArray().Select(each => each.GetProperty("value").GetString())
            .ShouldBe(["3"]);
        var history = await here.GetAsync($"metrics/get-history?run_id={id}&metric_key=loss");
        history["metrics"].GetArrayLength().ShouldBe(1201);
        (await here.GetAsync($"metrics/get-history?run_id={id}&metric_key=odd"))["metrics"].EnumerateArray()
            .Select(point => point.GetProperty("value").ToString()).ShouldBe(["NaN", "0.5"]);
        (await here.Http.GetStringAsync($"/get-artifact?run_id={id}&path=model/ünï.txt", Cancel)).ShouldBe("text");

        var version = await target.Client.GetVersionAsync("credit", 2, Cancel);
        (version.Lineage.Run, version.Description).ShouldBe((id, "second"));
        version.Files.Select(file => file.Path).ShouldBe(["MLmodel", "m.onnx", "ünï.txt"]);
        version.Aliases.ShouldBe(["champion"]);
        (await here.GetAsync("model-versions/get?name=credit&version=1")).Text("model_version.current_stage")
            .ShouldBe("Archived");
    }

    private static Task<MlflowImportResult> ImportAsync(TestServer source, HttpClient target) =>
        new MlflowImport(new MlflowServerSource(new MlflowSite(source.HttpWith(null))), new MlflowSite(target), "old")
            .RunAsync([], Cancel);

    private static async Task<string> GivenRunAsync(Wire wire, string experiment)
    {
        var run = await wire.RunAsync(experiment, "first", 1_700_000_000_000, ("kind", "tree"));
        for (var batch = 0; batch < 2; batch++)
        {
            await wire.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(batch * 601, batch == 0 ? 601 : 600)
                    .Select(i => new { key = "loss", value = 1.0 / (i + 1), timestamp = i, step = i }),
            });
        }

        await wire.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[]
            {
                new { key = "odd", value = (object)"NaN", timestamp = 1, step = 0 },
                new { key = "odd", value = (object)0.5, timestamp = 2, step = 1 },
            },
            @params = new[] { new { key = "depth", value = "3" } },
        });
        await wire.PostAsync("runs/log-inputs", new
        {
            run_id = run,
            datasets = new[]
            {
                new { dataset = new { name = "loans", digest = "d1g3st", source_type = "local", source = "here" } },
            },
        });
        foreach (var (file, text) in new[]
        {
            ("MLmodel", "flavors:\n  onnx:\n    data: m.onnx\n"), ("m.onnx", "weights"), ("ünï.txt", "text"),
        })
        {
            using var content = new StringContent(text);
            (await wire.Http.PutAsync(
                $"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/model/{Uri.EscapeDataString(file)}",
                content, Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await wire.PostAsync("runs/update", new { run_id = run, status = "FINISHED", end_time = 1_700_000_009_000 });
        return run;
    }

    private static async Task GivenModelAsync(Wire wire, string run)
    {
        await wire.PostAsync("registered-models/create", new { name = "credit", description = "who pays" });
        foreach (var description in new[] { "first", "second" })
        {
            await wire.PostAsync("model-versions/create",
                new { name = "credit", source = $"runs:/{run}/model", run_id = run, description });
        }

        await wire.PostAsync("model-versions/transition-stage",
            new { name = "credit", version = "1", stage = "Archived", archive_existing_versions = false });
        await wire.PostAsync("registered-models/alias", new { name = "credit", alias = "champion", version = "2" });
    }

    /// <summary>A connection that breaks after some requests.</summary>
    private sealed class Breaking : DelegatingHandler
    {
        public Breaking()
            : base(new SocketsHttpHandler())
        {
        }

        public int Calls { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => Calls-- > 0
            ? base.SendAsync(request, cancellationToken)
            : throw new HttpRequestException("the connection broke");
    }
}
