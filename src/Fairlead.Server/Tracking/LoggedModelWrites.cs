using System.Data.Common;
using System.Security.Cryptography;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Search;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>A logged model as clients see it.</summary>
internal sealed record LoggedModelView
{
    public const string Columns = "m.id, m.experiment, m.name, m.model_type, m.source_run, m.status, m.creator, "
        + "m.tags, m.parameters, m.created_at, m.changed_at, e.artifact_location";

    public required string Id { get; init; }

    public int Experiment { get; init; }

    public string Name { get; init; } = "";

    public string ModelType { get; init; } = "";

    public string SourceRun { get; init; } = "";

    public string Status { get; init; } = "";

    public string Creator { get; init; } = "";

    public string Tags { get; init; } = "{}";

    public string Parameters { get; init; } = "{}";

    public long CreatedAt { get; init; }

    public long ChangedAt { get; init; }

    public string ArtifactUri { get; init; } = "";

    public List<LoggedModelMetric> Metrics { get; } = [];

    /// <summary>The versions that were registered from it.</summary>
    public List<(string Name, int Version)> Registrations { get; } = [];

    public static LoggedModelView Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Experiment = row.GetInt32(1),
        Name = row.GetString(2),
        ModelType = row.GetString(3),
        SourceRun = row.GetString(4),
        Status = row.GetString(5),
        Creator = row.GetString(6),
        Tags = row.GetString(7),
        Parameters = row.GetString(8),
        CreatedAt = row.GetInt64(9),
        ChangedAt = row.GetInt64(10),
        ArtifactUri = $"{row.GetString(11)}/models/{row.GetString(0)}/artifacts",
    };
}

/// <summary>A metric of a logged model.</summary>
internal sealed record LoggedModelMetric(StoredPoint Point, string Run, string DatasetName, string DatasetDigest);

/// <summary>Makes, changes and finds logged models.</summary>
internal sealed class LoggedModelWrites(Database database, ITrackingGate gate, TimeProvider time)
{
    public const string Pending = "LOGGED_MODEL_PENDING";

    private static readonly string[] Statuses = [Pending, "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"];

    public static Refusal NotFound(string model) => new(RefusalKind.NotFound, "logged_model_not_found",
        $"Logged model with ID '{model}' not found.")
    { Field = "model_id" };

    /// <summary>Refuses the id of a model that is not there.</summary>
    public static async Task ExistsAsync(TrackingTransaction transaction, string model, CancellationToken deadline)
    {
        var found = await transaction.QueryAsync(
            "SELECT 1 FROM logged_models WHERE id = @id AND deleted_at IS NULL" + transaction.Share, _ => true,
            deadline, ("@id", model));
        if (found.Count == 0)
            throw new RefusalException(NotFound(model));
    }

    /// <summary>Makes a model that waits for its files; its id.</summary>
    public async Task<string> CreateAsync(LoggedModelRow wish, CancellationToken cancellation)
    {
        var id = $"m-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        var name = wish.Name.Length > 0 ? wish.Name : RunNames.Of(new Random(id.GetHashCode(StringComparison.Ordinal)));
        await gate.WriteAsync(async (transaction, deadline) =>
        {
            var experiment = await transaction.QueryAsync(
                "SELECT deleted_at FROM experiments WHERE number = @number" + transaction.Share,
                row => row.IsDBNull(0), deadline, ("@number", wish.Experiment));
            if (experiment.Count == 0)
                throw new RefusalException(RunRefusals.NoExperiment($"{wish.Experiment}"));
            if (!experiment[0])
                throw new RefusalException(RunRefusals.ExperimentNotActive(wish.Experiment));
            return await transaction.ExecuteAsync("""
                INSERT INTO logged_models (id, experiment, name, model_type, source_run, status, creator, tags,
                    parameters, created_at, changed_at)
                VALUES (@id, @experiment, @name, @model_type, @source_run, @status, @creator, @tags, @parameters, @at,
                    @at)
                """, deadline,
                ("@id", id), ("@experiment", wish.Experiment), ("@name", name), ("@model_type", wish.ModelType),
                ("@source_run", wish.SourceRun), ("@status", Pending), ("@creator", wish.Creator),
                ("@tags", wish.Tags), ("@parameters", wish.Parameters), ("@at", time.MicrosecondsNow()));
        }, cancellation);
        return id;
    }

    /// <summary>Ends the upload of a model, one way or the other.</summary>
    public Task FinishAsync(string id, string status, CancellationToken cancellation) =>
        Array.IndexOf(Statuses, status) < 0
            ? throw new RefusalException(RunRefusals.Invalid("status",
                $"Invalid model status: '{status}'. It is one of {string.Join(", ", Statuses)}."))
            : ChangeAsync(id, "status", _ => status, cancellation);

    /// <summary>Sets tags; null removes one, and refuses one that is not there.</summary>
    public Task TagAsync(string id, IReadOnlyDictionary<string, string?> tags, CancellationToken cancellation) =>
        ChangeAsync(id, "tags", stored =>
        {
            var all = StoredJson.Read<SortedDictionary<string, string>>(stored);
            foreach (var (key, value) in tags)
            {
                if (value is not null)
                    all[key] = value;
                else if (!all.Remove(key))
                {
                    throw new RefusalException(new Refusal(RefusalKind.NotFound, "tag_not_found",
                        $"No tag with key '{key}' found for model with ID '{id}'."));
                }
            }

            return StoredJson.Write(all);
        }, cancellation);

    /// <summary>Adds parameters; they never change.</summary>
    public Task LogAsync(string id, IReadOnlyList<LoggedPair> parameters, CancellationToken cancellation) =>
        ChangeAsync(id, "parameters", stored =>
        {
            var all = StoredJson.Read<SortedDictionary<string, string>>(stored);
            foreach (var pair in parameters)
            {
                if (all.TryGetValue(pair.Key, out var present)
                    && TrackingRules.WhyNotParameter(id, pair.Key, present, pair.Value) is { } changed)
                {
                    throw new RefusalException(changed);
                }

                all[pair.Key] = pair.Value;
            }

            return StoredJson.Write(all);
        }, cancellation);

    public Task DeleteAsync(string id, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            await ExistsAsync(transaction, id, deadline);
            return await transaction.ExecuteAsync("UPDATE logged_models SET deleted_at = @at WHERE id = @id", deadline,
                ("@at", time.MicrosecondsNow()), ("@id", id));
        }, cancellation);

    public async Task<LoggedModelView> GetAsync(string id, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var found = await statements.QueryAsync(
            $"SELECT {LoggedModelView.Columns} FROM logged_models m JOIN experiments e ON e.number = m.experiment "
            + "WHERE m.id = @id AND m.deleted_at IS NULL", LoggedModelView.Read, cancellation, ("@id", id));
        if (found.Count == 0)
            throw new RefusalException(NotFound(id));
        await CompleteAsync(statements, found, cancellation);
        return found[0];
    }

    /// <summary>Searches logged models.</summary>
    public async Task<(List<LoggedModelView> Models, string? Next)> SearchAsync(
        IReadOnlyList<int> experiments, string? filter, IReadOnlyList<string> orders,
        IReadOnlyList<(string Name, string? Digest)> datasets, int limit, string? token, CancellationToken cancellation)
    {
        var node = SearchFilter.Parse(filter, SearchSchema.LoggedModels);
        var order = SearchFilter.ParseOrder(orders, SearchSchema.LoggedModels);
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var (table, sql) = (new LoggedModelTable(datasets), new SqlText(database.IsShared));
        var query = new SearchQuery(table, sql, node, order, "m.deleted_at IS NULL", "e.number = m.experiment",
            sql.In("m.experiment", experiments), table.Measured(sql));
        var (models, next) = await query.PageAsync(statements, limit, token, LoggedModelView.Read, cancellation);
        await CompleteAsync(statements, models, cancellation);
        return (models, next);
    }

    private Task<int> ChangeAsync(
        string id, string column, Func<string, string> change, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var found = await transaction.QueryAsync(
                $"SELECT {column} FROM logged_models WHERE id = @id AND deleted_at IS NULL" + transaction.ForUpdate,
                row => row.GetString(0), deadline, ("@id", id));
            if (found.Count == 0)
                throw new RefusalException(NotFound(id));
            return await transaction.ExecuteAsync(
                $"UPDATE logged_models SET {column} = @value, changed_at = @at WHERE id = @id", deadline,
                ("@value", change(found[0])), ("@at", time.MicrosecondsNow()), ("@id", id));
        }, cancellation);

    private async Task CompleteAsync(
        Statements statements, List<LoggedModelView> models, CancellationToken cancellation)
    {
        if (models.Count == 0)
            return;
        var byId = models.ToDictionary(model => model.Id, StringComparer.Ordinal);
        var sql = new SqlText(database.IsShared);
        var which = sql.In("x.model", byId.Keys);
        foreach (var (id, metric) in await statements.QueryAsync(
            "SELECT x.model, x.key, x.value, x.nan, x.timestamp, x.step, x.run, x.dataset_name, x.dataset_digest "
            + $"FROM logged_model_metrics x WHERE {which} ORDER BY x.model, x.key",
            row => (row.GetString(0), new LoggedModelMetric(
                new StoredPoint(row.GetString(1), row.GetInt32(3) == 1 ? double.NaN : row.GetDouble(2),
                    row.GetInt64(4), row.GetInt64(5)),
                row.GetString(6), row.GetString(7), row.GetString(8))), cancellation, sql.Values))
        {
            byId[id].Metrics.Add(metric);
        }

        sql = new SqlText(database.IsShared);
        which = sql.In("v.logged_model", byId.Keys);
        foreach (var (id, name, version) in await statements.QueryAsync(
            $"SELECT v.logged_model, v.model, v.number FROM versions v WHERE v.logged_model <> '' AND {which} "
            + "ORDER BY v.model, v.number",
            row => (row.GetString(0), row.GetString(1), row.GetInt32(2)), cancellation, sql.Values))
        {
            byId[id].Registrations.Add((name, version));
        }
    }
}
