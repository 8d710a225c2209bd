using Fairlead.Cli.Importing;
using Fairlead.Client.Mlflow;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Data.Sqlite;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>An import from the SQLite file that an MLflow server left behind, into a real server.</summary>
public sealed class MlflowDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-mlflow-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "mlflow.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AFile_ComesOverWhole_DeletedThingsDeleted_AndIsNotChanged()
    {
        await using var target = await TestServer.StartAsync();
        var here = new Wire(target.HttpWith(null));
        Given(Schema, Content, Logged);
        Put("7/r1/artifacts/model/MLmodel", "flavors: {}");
        Put("7/models/m-1/artifacts/m.onnx", "weights");
        var before = Convert.ToHexString(System.IO.File.ReadAllBytes(File));

        var first = await ImportAsync(target);
        first.Left.ShouldBe(["the files of run r9: they are at 's3://bucket/9', which is not at hand"]);
        (first.Experiments, first.Runs, first.LoggedModels, first.Models, first.Versions).ShouldBe((2, 3, 1, 1, 2));
        var again = await ImportAsync(target);
        (again.Runs, again.RunsKnown, again.LoggedModels, again.Versions, again.Files).ShouldBe((0, 2, 0, 0, 0));
        Convert.ToHexString(System.IO.File.ReadAllBytes(File)).ShouldBe(before);

        var id = (await here.GetAsync("experiments/get-by-name?experiment_name=credit"))
            .Text("experiment.experiment_id");
        (await here.GetAsync("experiments/get-by-name?experiment_name=gone")).Text("experiment.lifecycle_stage")
            .ShouldBe("deleted");
        var active = await here.PostAsync("runs/search", new { experiment_ids = new[] { id } });
        active["runs"].GetArrayLength().ShouldBe(1);
        var run = active.Text("runs.0.info.run_id");
        active.Text("runs.0.inputs.dataset_inputs.0.dataset.name").ShouldBe("loans");
        active.Text("runs.0.inputs.dataset_inputs.0.tags.0.value").ShouldBe("training");
        active.Text("runs.0.data.params.0.value").ShouldBe("3");
        (await here.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss"))["metrics"].EnumerateArray()
            .Select(point => point.GetProperty("value").ToString()).ShouldBe(["0.5", "NaN"]);
        var deleted = await here.PostAsync("runs/search",
            new { experiment_ids = new[] { id }, run_view_type = "DELETED_ONLY" });
        deleted.Text("runs.0.info.run_name").ShouldBe("failed");
        active["runs.0.outputs.model_outputs.0.step"].GetInt64().ShouldBe(40);

        var logged = await here.PostAsync("logged-models/search", new { experiment_ids = new[] { id } });
        logged["models"].GetArrayLength().ShouldBe(1);
        (logged.Text("models.0.info.status"), logged.Text("models.0.info.source_run_id"))
            .ShouldBe(("LOGGED_MODEL_READY", run));
        logged.Text("models.0.data.metrics.0.key").ShouldBe("auc");
        var version = await target.Client.GetVersionAsync("scorer", 1, Cancel);
        version.Files.ShouldHaveSingleItem().Path.ShouldBe("m.onnx");
        (await target.Client.GetVersionAsync("scorer", 2, Cancel)).Aliases.ShouldBe(["live"]);
    }

    /// <summary>Old releases had neither logged models nor datasets nor aliases; what is no store says so.</summary>
    [Fact]
    public async Task AnOldFile_IsRead_AndWhatIsNone_IsRefused()
    {
        await using var target = await TestServer.StartAsync();
        Given(OldSchema, "INSERT INTO experiments VALUES (1, 'old', './mlruns/1', 'active')",
            "INSERT INTO runs VALUES ('r1','one','u','FINISHED',5,9,'active','./mlruns/1/r1',1)");
        Put("mlruns/1/r1/notes.txt", "text", below: _folder);

        var result = await ImportAsync(target);

        (result.Runs, result.Files, result.Left.Count).ShouldBe((1, 1, 0));
        var text = Path.Combine(_folder, "text.db");
        System.IO.File.WriteAllText(text, "this is no database, and long enough to be taken for one");
        Should.Throw<InvalidDataException>(() => MlflowDatabase.Open(text, null)).Message
            .ShouldContain("cannot be read as a database");
        using (var empty = new SqliteConnection($"Data Source={text}2;Pooling=False"))
        {
            empty.Open();
            Execute(empty, "CREATE TABLE t (x)");
        }

        Should.Throw<InvalidDataException>(() => MlflowDatabase.Open(text + "2", null)).Message
            .ShouldContain("no database of an MLflow server");
        using var database = MlflowDatabase.Open(File, _folder);
        await Should.ThrowAsync<MlflowException>(() => database.FilesBelowAsync("mlflow-artifacts:/../..", Cancel));
    }

    private async Task<MlflowImportResult> ImportAsync(TestServer target)
    {
        using var database = MlflowDatabase.Open(File, Path.Combine(_folder, "artifacts"));
        return await new MlflowImport(database, new MlflowSite(target.HttpWith(null)), "old").RunAsync([], Cancel);
    }

    private void Put(string path, string text, string? below = null)
    {
        var file = Path.Combine(below ?? Path.Combine(_folder, "artifacts"), path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        System.IO.File.WriteAllText(file, text);
    }

    private void Given(params string[] scripts)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        foreach (var script in scripts)
            Execute(connection, script);
    }

    private static void Execute(SqliteConnection connection, string script)
    {
        using var command = connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    private const string OldSchema = """
        CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT, artifact_location TEXT,
            lifecycle_stage TEXT);
        CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, user_id TEXT, status TEXT, start_time BIGINT,
            end_time BIGINT, lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
        CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, step BIGINT, is_nan BOOLEAN);
        CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
        CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
        """;

    private const string Schema = OldSchema + """
        CREATE TABLE experiment_tags (key TEXT, value TEXT, experiment_id INTEGER);
        CREATE TABLE datasets (dataset_uuid TEXT, experiment_id INTEGER, name TEXT, digest TEXT,
            dataset_source_type TEXT, dataset_source TEXT, dataset_schema TEXT, dataset_profile TEXT);
        CREATE TABLE inputs (input_uuid TEXT, source_type TEXT, source_id TEXT, destination_type TEXT,
            destination_id TEXT, step BIGINT);
        CREATE TABLE input_tags (input_uuid TEXT, name TEXT, value TEXT);
        CREATE TABLE registered_models (name TEXT, creation_time BIGINT, last_updated_time BIGINT, description TEXT);
        CREATE TABLE registered_model_tags (key TEXT, value TEXT, name TEXT);
        CREATE TABLE registered_model_aliases (alias TEXT, version INTEGER, name TEXT);
        CREATE TABLE model_versions (name TEXT, version INTEGER, description TEXT, current_stage TEXT, source TEXT,
            run_id TEXT, storage_location TEXT);
        CREATE TABLE model_version_tags (key TEXT, value TEXT, name TEXT, version INTEGER);
        CREATE TABLE logged_models (model_id TEXT, experiment_id INTEGER, name TEXT, artifact_location TEXT,
            creation_timestamp_ms BIGINT, last_updated_timestamp_ms BIGINT, status INTEGER, lifecycle_stage TEXT,
            model_type TEXT, source_run_id TEXT, status_message TEXT);
        CREATE TABLE logged_model_tags (model_id TEXT, experiment_id INTEGER, tag_key TEXT, tag_value TEXT);
        CREATE TABLE logged_model_params (model_id TEXT, experiment_id INTEGER, param_key TEXT, param_value TEXT);
        CREATE TABLE logged_model_metrics (model_id TEXT, metric_name TEXT, metric_timestamp_ms BIGINT,
            metric_step BIGINT, metric_value FLOAT, experiment_id INTEGER, run_id TEXT, dataset_uuid TEXT,
            dataset_name TEXT, dataset_digest TEXT);
        """;

    private const string Content = """
        INSERT INTO experiments VALUES (7, 'credit', 'mlflow-artifacts:/7', 'active'),
            (9, 'gone', 's3://bucket/9', 'deleted');
        INSERT INTO runs VALUES
            ('r1','first','ann','FINISHED',1700000000000,1700000009000,'active','mlflow-artifacts:/7/r1/artifacts',7),
            ('r2','failed','ann','FAILED',1700000001000,NULL,'deleted','mlflow-artifacts:/7/r2/artifacts',7),
            ('r9','old','bob','FINISHED',1600000000000,1600000001000,'deleted','s3://bucket/9',9);
        INSERT INTO metrics VALUES ('loss',0.5,1,'r1',0,0), ('loss',0,2,'r1',1,1);
        INSERT INTO params VALUES ('depth','3','r1');
        INSERT INTO tags VALUES ('mlflow.runName','first','r1'), ('kind','tree','r1');
        INSERT INTO datasets VALUES ('d1',7,'loans','abc','local','here',NULL,NULL);
        INSERT INTO inputs VALUES ('i1','DATASET','d1','RUN','r1',0);
        INSERT INTO input_tags VALUES ('i1','mlflow.data.context','training');
        """;

    private const string Logged = """
        INSERT INTO logged_models VALUES ('m-1',7,'model','mlflow-artifacts:/7/models/m-1/artifacts',1,1,2,'active',
            'Classifier','r1',NULL);
        INSERT INTO logged_model_tags VALUES ('m-1',7,'stage','try');
        INSERT INTO logged_model_params VALUES ('m-1',7,'depth','3');
        INSERT INTO logged_model_metrics VALUES ('m-1','auc',3,0,0.75,7,'r1',NULL,NULL,NULL);
        INSERT INTO inputs VALUES ('o1','RUN_OUTPUT','r1','MODEL_OUTPUT','m-1',40),
            ('o2','RUN_INPUT','r1','MODEL_INPUT','m-1',7);
        INSERT INTO registered_models VALUES ('scorer',1,1,'who pays');
        INSERT INTO registered_model_aliases VALUES ('live',2,'scorer');
        INSERT INTO model_versions VALUES ('scorer',1,'','None','models:/m-1','r1',NULL),
            ('scorer',2,'','Staging','runs:/r1/model','r1',NULL);
        """;
}
