using Fairlead.Cli.Importing;
using Fairlead.Client.Mlflow;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>An import from the folder in which MLflow kept everything as files, into a real server.</summary>
public sealed class MlflowFileStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-mlruns-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The folder was brought from another machine, so no address in it names a folder here.</summary>
    [Fact]
    public async Task AFolder_ComesOverWhole_WhereverItLayBefore_AndWhatIsBroken_IsTold()
    {
        await using var target = await TestServer.StartAsync();
        var here = new Wire(target.HttpWith(null));
        Given();

        var first = await ImportAsync(target, out var store);
        store.Unread.ShouldHaveSingleItem().ShouldContain("r4");
        first.Left.ShouldBe([
            "the files of hello/1: they are at 'dummy-source', which is not at hand",
            "the files of scorer/2: they are at '/srv/old/nowhere', which is not at hand",
        ]);
        (first.Experiments, first.Runs, first.LoggedModels, first.Models, first.Versions).ShouldBe((2, 3, 1, 2, 3));
        var again = await ImportAsync(target, out _);
        (again.Runs, again.RunsKnown, again.LoggedModels, again.Versions, again.Files).ShouldBe((0, 2, 0, 0, 0));

        var id = (await here.GetAsync("experiments/get-by-name?experiment_name=credit"))
            .Text("experiment.experiment_id");
        (await here.GetAsync("experiments/get-by-name?experiment_name=gone")).Text("experiment.lifecycle_stage")
            .ShouldBe("deleted");
        var active = await here.PostAsync("runs/search", new { experiment_ids = new[] { id } });
        active["runs"].GetArrayLength().ShouldBe(1);
        var run = active.Text("runs.0.info.run_id");
        active.Text("runs.0.info.run_name").ShouldBe("1e3");
        active.Text("runs.0.info.status").ShouldBe("FAILED");
        active.Text("runs.0.data.params.0.key").ShouldBe("tree/depth");
        active.Text("runs.0.inputs.dataset_inputs.0.dataset.digest").ShouldBe("abc");
        active.Text("runs.0.inputs.dataset_inputs.0.tags.0.value").ShouldBe("training");
        active["runs.0.outputs.model_outputs.0.step"].GetInt64().ShouldBe(40);
        (await here.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss"))["metrics"].EnumerateArray()
            .Select(point => $"{point.GetProperty("value")} {point.GetProperty("step")}").ShouldBe(["0.5 0", "NaN 1"]);
        (await here.PostAsync("runs/search", new { experiment_ids = new[] { id }, run_view_type = "DELETED_ONLY" }))
            ["runs"].GetArrayLength().ShouldBe(1);
        var logged = await here.PostAsync("logged-models/search", new { experiment_ids = new[] { id } });
        logged.Text("models.0.info.source_run_id").ShouldBe(run);
        logged.Text("models.0.data.metrics.0.dataset_digest").ShouldBe("abc");

        (await target.Client.GetVersionAsync("scorer", 1, Cancel)).Files.Select(file => file.Path)
            .ShouldBe(["MLmodel", "m.pkl"]);
        (await here.GetAsync("registered-models/alias?name=scorer&alias=live")).Text("model_version.source")
            .ShouldBe("elsewhere:/srv/old/nowhere");
        MlflowFileStore.Open(_folder + Path.DirectorySeparatorChar, null).Root.ShouldBe(store.Root);
        Should.Throw<InvalidDataException>(() => MlflowFileStore.Open(Path.Combine(_folder, "models"), null)).Message
            .ShouldContain("no folder of MLflow's file store");
    }

    private Task<MlflowImportResult> ImportAsync(TestServer target, out MlflowFileStore store)
    {
        store = MlflowFileStore.Open(_folder, null);
        return new MlflowImport(store, target.Client.Mlflow, "mlruns").RunAsync([], Cancel);
    }

    private void Given()
    {
        Put("7/meta.yaml", "artifact_location: file:///srv/old/mlruns/7\nexperiment_id: '7'\nlifecycle_stage: active\n"
            + "name: credit\n");
        Put("7/tags/team", "risk");
        Run("7/r1", "run_name: 1e3\nstatus: 4\nstart_time: 5\nend_time: 9\nlifecycle_stage: active\nuser_id: null\n");
        Put("7/r1/metrics/loss", "5 0.5\n6 nan 1\n");
        Put("7/r1/params/tree/depth", "3");
        Put("7/r1/tags/mlflow.note.content", "two\nlines");
        Put("7/r1/artifacts/model/MLmodel", "flavors: {}");
        Put("7/r1/artifacts/model/m.pkl", "weights");
        Put("7/r1/inputs/i1/meta.yaml", "destination_id: d1\ndestination_type: RUN\nsource_id: d1\n"
            + "source_type: DATASET\ntags:\n  mlflow.data.context: training\n");
        Put("7/datasets/d1/meta.yaml", "digest: abc\nname: loans\nprofile: null\nschema: '{}'\nsource: '{}'\n"
            + "source_type: local\n");
        Put("7/r1/outputs/m-1/meta.yaml", "destination_id: m-1\nstep: 40\n");
        Run("7/r2", "run_name: two\nstatus: 3\nstart_time: 6\nend_time: 8\nlifecycle_stage: deleted\n");
        Put("7/r4/meta.yaml", "");
        Put("7/models/m-1/meta.yaml", "artifact_location: file:///srv/old/mlruns/7/models/m-1/artifacts\nname: forest\n"
            + "model_id: m-1\nmodel_type: ''\nsource_run_id: r1\nstatus: 2\n");
        Put("7/models/m-1/metrics/auc", "7 0.9 1 r1 loans abc\n");
        Put("7/models/m-1/artifacts/MLmodel", "flavors: {}");
        Put(".trash/8/meta.yaml", "experiment_id: '8'\nlifecycle_stage: deleted\nname: gone\n");
        Run(".trash/8/r3", "run_name: three\nstatus: 3\nstart_time: 1\nend_time: 2\nlifecycle_stage: deleted\n");
        Put("models/scorer/meta.yaml", "creation_timestamp: 1\ndescription: who pays\nname: scorer\n");
        Put("models/scorer/aliases/live", "2");
        Put("models/scorer/version-1/meta.yaml", "current_stage: Production\nname: scorer\nrun_id: r1\n"
            + "source: file:///srv/old/mlruns/7/r1/artifacts/model\nversion: 1\n");
        Put("models/scorer/version-2/meta.yaml", "current_stage: None\nname: scorer\nsource: /srv/old/nowhere\n"
            + "version: 2\n");
        Put("models/hello/meta.yaml", "name: hello\n");
        Put("models/hello/tags/mlflow.prompt.is_prompt", "true");
        Put("models/hello/version-1/meta.yaml", "current_stage: None\nname: hello\nsource: dummy-source\nversion: 1\n");
        Put("models/hello/version-1/tags/mlflow.prompt.is_prompt", "true");
        Put("models/scorer/version-3/meta.yaml", "current_stage: Deleted_Internal\nname: scorer\nversion: 3\n");
    }

    private void Run(string path, string meta)
    {
        Put($"{path}/meta.yaml", $"artifact_uri: file:///srv/old/mlruns/{path}/artifacts\n{meta}");
        Directory.CreateDirectory(Path.Combine(_folder, path, "artifacts"));
    }

    private void Put(string path, string content)
    {
        var file = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
