using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Fairlead.Client.Mlflow;
using Microsoft.Data.Sqlite;

namespace Fairlead.Cli.Importing;

/// <summary>
/// The SQLite file of an MLflow tracking server as the source of an import. It is opened for reading only, and read in
/// one transaction, so that a server may go on writing to it meanwhile. Databases of MLflow 1.11 and later are read:
/// tables that came with a later release are looked for first.
/// </summary>
internal sealed class MlflowDatabase : IMlflowSource, IDisposable
{
    private static readonly string[] LoggedModelStates =
        ["LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"];

    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;
    private readonly MlflowFolders _folders;
    private readonly HashSet<string> _tables;

    private MlflowDatabase(SqliteConnection connection, MlflowFolders folders)
    {
        (_connection, _folders) = (connection, folders);
        _transaction = connection.BeginTransaction(deferred: true);
        _tables = Rows("SELECT name FROM sqlite_master WHERE type = 'table'", row => row.GetString(0))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Opens a file; throws <see cref="InvalidDataException"/> with a sentence where it is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="artifacts">The folder of the artifact proxy; null: it is not known.</param>
    public static MlflowDatabase Open(string path, string? artifacts)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var database = new MlflowDatabase(connection, new MlflowFolders(folder, artifacts));
            return database._tables.Contains("experiments") && database._tables.Contains("runs")
                ? database
                : throw new InvalidDataException($"'{path}' is no database of an MLflow server: it has no runs.");
        }
        catch (Exception failure) when (failure is SqliteException or InvalidDataException)
        {
            connection.Dispose();
            throw failure is SqliteException
                ? new InvalidDataException($"'{path}' cannot be read as a database: {failure.Message}", failure)
                : failure;
        }
    }

    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }

    public IAsyncEnumerable<JsonObject> ExperimentsAsync(CancellationToken cancellation) => Each(Rows(
        "SELECT experiment_id, name, artifact_location, lifecycle_stage FROM experiments ORDER BY experiment_id",
        row => new JsonObject
        {
            ["experiment_id"] = row.GetValue(0).ToString(),
            ["name"] = row.GetString(1),
            ["artifact_location"] = Text(row, 2),
            ["lifecycle_stage"] = Text(row, 3) ?? "active",
            ["tags"] = Pairs("experiment_tags", "experiment_id", row.GetValue(0)),
        }), cancellation);

    public IAsyncEnumerable<JsonObject> RunsAsync(string experiment, CancellationToken cancellation) => Each(Rows(
        """
        SELECT run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri FROM runs
        WHERE experiment_id = $key ORDER BY start_time, run_uuid
        """,
        row => new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["run_id"] = row.GetString(0),
                ["run_name"] = Text(row, 1) ?? "",
                ["user_id"] = Text(row, 2) ?? "",
                ["status"] = Text(row, 3) ?? "RUNNING",
                ["start_time"] = Integer(row, 4),
                ["end_time"] = Integer(row, 5),
                ["lifecycle_stage"] = Text(row, 6) ?? "active",
                ["artifact_uri"] = Text(row, 7) ?? "",
            },
            ["data"] = new JsonObject
            {
                ["tags"] = Pairs("tags", "run_uuid", row.GetString(0)),
                ["params"] = Pairs("params", "run_uuid", row.GetString(0)),
                ["metrics"] = new JsonArray([.. Rows("SELECT DISTINCT key FROM metrics WHERE run_uuid = $key",
                    metric => new JsonObject { ["key"] = metric.GetString(0) }, row.GetString(0))]),
            },
            ["inputs"] = new JsonObject { ["dataset_inputs"] = Datasets(row.GetString(0)) },
            ["outputs"] = new JsonObject { ["model_outputs"] = Outputs(row.GetString(0)) },
        }, experiment), cancellation);

    public IAsyncEnumerable<JsonObject> HistoryAsync(
        string run, string metric, CancellationToken cancellation) => Each(Rows(
        """
        SELECT value, timestamp, step, is_nan FROM metrics WHERE run_uuid = $key AND key = $also
        ORDER BY timestamp, step, value
        """,
        row => new JsonObject
        {
            ["value"] = Value(row, 0, isNaN: row.GetBoolean(3)),
            ["timestamp"] = row.GetInt64(1),
            ["step"] = row.GetInt64(2),
        }, run, metric), cancellation);

    public IAsyncEnumerable<JsonObject> LoggedModelsAsync(
        string experiment, CancellationToken cancellation) => Each(Has("logged_models")
        ? Rows(
            """
            SELECT model_id, name, artifact_location, status, model_type, source_run_id FROM logged_models
            WHERE experiment_id = $key AND lifecycle_stage = 'active' ORDER BY creation_timestamp_ms, model_id
            """, LoggedModel, experiment)
        : [], cancellation);

    public IAsyncEnumerable<JsonObject> ModelsAsync(CancellationToken cancellation) => Each(Has("registered_models")
        ? Rows("SELECT name, description FROM registered_models ORDER BY name", row => new JsonObject
        {
            ["name"] = row.GetString(0),
            ["description"] = Text(row, 1) ?? "",
            ["tags"] = Pairs("registered_model_tags", "name", row.GetString(0)),
            ["aliases"] = Has("registered_model_aliases")
                ? new JsonArray([.. Rows("SELECT alias, version FROM registered_model_aliases WHERE name = $key",
                    alias => new JsonObject
                    {
                        ["alias"] = alias.GetString(0),
                        ["version"] = alias.GetValue(1).ToString(),
                    }, row.GetString(0))])
                : [],
        })
        : [], cancellation);

    public IAsyncEnumerable<JsonObject> VersionsAsync(string model, CancellationToken cancellation)
    {
        // It came with 2.11; before, files lay where the source says.
        var storage = Rows("SELECT name FROM pragma_table_info('model_versions')", row => row.GetString(0))
            .Contains("storage_location") ? "storage_location" : "NULL";
        return Each(Rows(
            $"""
            SELECT version, description, current_stage, source, run_id, {storage} FROM model_versions
            WHERE name = $key AND current_stage <> 'Deleted_Internal' ORDER BY version
            """,
            row => new JsonObject
            {
                ["name"] = model,
                ["version"] = row.GetValue(0).ToString(),
                ["description"] = Text(row, 1) ?? "",
                ["current_stage"] = Text(row, 2) ?? "None",
                ["source"] = Text(row, 3) ?? "",
                ["run_id"] = Text(row, 4) ?? "",
                ["storage_location"] = Text(row, 5),
                ["tags"] = Has("model_version_tags")
                    ? Pairs("model_version_tags", "name", model, "version", row.GetValue(0))
                    : [],
            }, model), cancellation);
    }

    public Task<string> AddressOfAsync(JsonObject version, CancellationToken cancellation)
    {
        var address = (string?)version["storage_location"] is { Length: > 0 } stored
            ? stored
            : (string?)version["source"] ?? "";
        if (address.StartsWith("runs:/", StringComparison.Ordinal))
        {
            var parts = address["runs:/".Length..].Split('/', 2);
            var root = Rows("SELECT artifact_uri FROM runs WHERE run_uuid = $key", row => Text(row, 0) ?? "", parts[0])
                .FirstOrDefault();
            if (root is { Length: > 0 })
                address = parts.Length > 1 ? $"{root}/{parts[1]}" : root;
        }

        return Task.FromResult(address);
    }

    public Task<IReadOnlyList<MlflowFile>> FilesAsync(JsonObject run, CancellationToken cancellation) =>
        FilesBelowAsync((string)run["info"]!["artifact_uri"]!, cancellation);

    public Task<Stream> OpenAsync(JsonObject run, string path, CancellationToken cancellation) =>
        OpenBelowAsync((string)run["info"]!["artifact_uri"]!, path, cancellation);

    public bool Holds(string address) => _folders.Of(address) is not null;

    public Task<IReadOnlyList<MlflowFile>> FilesBelowAsync(string address, CancellationToken cancellation) =>
        Task.FromResult(_folders.Of(address) is { } folder ? MlflowFolders.Files(folder) : []);

    public Task<Stream> OpenBelowAsync(string address, string path, CancellationToken cancellation) =>
        Task.FromResult(MlflowFolders.Open(_folders.Of(address)!, path));

    private JsonObject LoggedModel(SqliteDataReader row)
    {
        var id = row.GetString(0);
        var status = (int)Integer(row, 3);
        return new JsonObject
        {
            ["info"] = new JsonObject
            {
                ["model_id"] = id,
                ["name"] = Text(row, 1) ?? "",
                ["artifact_uri"] = Text(row, 2) ?? "",
                ["status"] = LoggedModelStates[Math.Clamp(status, 0, LoggedModelStates.Length - 1)],
                ["model_type"] = Text(row, 4) ?? "",
                ["source_run_id"] = Text(row, 5) ?? "",
                ["tags"] = new JsonArray([.. Rows(
                    "SELECT tag_key, tag_value FROM logged_model_tags WHERE model_id = $key", PairOf, id)]),
            },
            ["data"] = new JsonObject
            {
                ["params"] = new JsonArray([.. Rows(
                    "SELECT param_key, param_value FROM logged_model_params WHERE model_id = $key", PairOf, id)]),
                ["metrics"] = new JsonArray([.. Rows(
                    """
                    SELECT metric_name, metric_value, metric_timestamp_ms, metric_step, dataset_name, dataset_digest
                    FROM logged_model_metrics WHERE model_id = $key ORDER BY metric_timestamp_ms, metric_step
                    """, PointOf, id)]),
            },
        };
    }

    private static JsonObject PointOf(SqliteDataReader row)
    {
        var point = new JsonObject
        {
            ["key"] = row.GetString(0),
            ["value"] = Value(row, 1, isNaN: row.IsDBNull(1)),
            ["timestamp"] = row.GetInt64(2),
            ["step"] = row.GetInt64(3),
        };
        if (Text(row, 4) is { } name)
            (point["dataset_name"], point["dataset_digest"]) = (name, Text(row, 5) ?? "");
        return point;
    }

    /// <summary>The logged models that a run made, with their steps, which came with the models themselves.</summary>
    private JsonArray Outputs(string run) => !Has("inputs") || !Has("logged_models") ? [] : new JsonArray([.. Rows(
        """
        SELECT destination_id, step FROM inputs
        WHERE source_type = 'RUN_OUTPUT' AND destination_type = 'MODEL_OUTPUT' AND source_id = $key
        ORDER BY step, destination_id
        """,
        row => new JsonObject { ["model_id"] = row.GetString(0), ["step"] = Integer(row, 1) }, run)]);

    private JsonArray Datasets(string run) => !Has("inputs") || !Has("datasets") ? [] : new JsonArray([.. Rows(
        """
        SELECT d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile,
            i.input_uuid
        FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id
        WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN' AND i.destination_id = $key
        ORDER BY d.name, d.digest
        """,
        row => new JsonObject
        {
            ["dataset"] = new JsonObject
            {
                ["name"] = row.GetString(0),
                ["digest"] = row.GetString(1),
                ["source_type"] = Text(row, 2) ?? "",
                ["source"] = Text(row, 3) ?? "",
                ["schema"] = Text(row, 4) ?? "",
                ["profile"] = Text(row, 5) ?? "",
            },
            ["tags"] = new JsonArray([.. Rows("SELECT name, value FROM input_tags WHERE input_uuid = $key",
                PairOf, row.GetString(6))]),
        }, run)]);

    private JsonArray Pairs(string table, string column, object key, string? column2 = null, object? also = null) =>
        !Has(table) ? [] : new JsonArray([.. Rows(
            $"SELECT key, value FROM {table} WHERE {column} = $key"
            + (column2 is null ? "" : $" AND {column2} = $also"), PairOf, key, also)]);

    private static JsonObject PairOf(SqliteDataReader row) => new()
    {
        ["key"] = row.GetString(0),
        ["value"] = Text(row, 1) ?? "",
    };

    private bool Has(string table) => _tables.Contains(table);

    private IEnumerable<T> Rows<T>(
        string statement, Func<SqliteDataReader, T> read, object? key = null, object? also = null)
    {
        using var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction) = (statement, _transaction);
        if (key is not null)
            command.Parameters.AddWithValue("$key", key);
        if (also is not null)
            command.Parameters.AddWithValue("$also", also);
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return read(rows);
    }

    private static async IAsyncEnumerable<JsonObject> Each(
        IEnumerable<JsonObject> rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var row in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return row;
        }

        await Task.CompletedTask;
    }

    private static JsonValue Value(SqliteDataReader row, int column, bool isNaN) =>
        isNaN || row.IsDBNull(column) ? JsonValue.Create("NaN")! : JsonValue.Create(row.GetDouble(column));

    private static string? Text(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.GetValue(column).ToString();

    private static long Integer(SqliteDataReader row, int column) => row.IsDBNull(column) ? 0 : row.GetInt64(column);
}
