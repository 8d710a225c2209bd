using System.Data.Common;
using System.Text.Json;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Search;

namespace Fairlead.Server.Tracking;

/// <summary>Which runs a search asks for.</summary>
internal sealed record RunSearch
{
    public required IReadOnlyList<int> Experiments { get; init; }

    public SearchNode Filter { get; init; } = SearchNode.Everything;

    public IReadOnlyList<SearchOrder> Orders { get; init; } = [];

    /// <summary>Whether runs are shown that live, that are deleted, or both (null).</summary>
    public bool? Deleted { get; init; } = false;

    public int Limit { get; init; } = 1000;

    public string? PageToken { get; init; }

    /// <summary>How many there are is to be counted too.</summary>
    public bool Counts { get; init; }

    /// <summary>What of the runs is to be read.</summary>
    public RunParts Parts { get; init; } = RunParts.All;
}

/// <summary>What of a run is read: all keys, or some.</summary>
/// <param name="Metrics">The metrics; null: all.</param>
/// <param name="Parameters">The parameters; null: all.</param>
/// <param name="Tags">The tags; null: all.</param>
/// <param name="Inputs">Datasets and models too.</param>
internal sealed record RunParts(
    IReadOnlySet<string>? Metrics, IReadOnlySet<string>? Parameters, IReadOnlySet<string>? Tags, bool Inputs)
{
    public static RunParts All { get; } = new(null, null, null, Inputs: true);
}

/// <summary>A page of runs.</summary>
internal sealed record RunPage(IReadOnlyList<(StoredRun Run, RunData Data)> Runs, string? Next, long? Count);

/// <summary>Which values of a metric are read.</summary>
/// <param name="Run">The run's number.</param>
/// <param name="Key">The metric's number.</param>
/// <param name="Metric">Its name.</param>
/// <param name="Limit">Most values; null: all.</param>
/// <param name="After">The last value of the page before.</param>
internal sealed record HistoryOf(long Run, int Key, string Metric, int? Limit, StoredPoint? After);

/// <summary>Reads runs.</summary>
internal sealed class RunReads(Database database, MetricKeys keys)
{
    private const string FromRuns = "FROM runs r JOIN experiments e ON e.number = r.experiment";

    /// <summary>A run by its id; refuses one that is not there.</summary>
    public async Task<StoredRun> RunAsync(string id, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await RunAsync(statements, id, cancellation);
    }

    /// <summary>A run with all that is known of it.</summary>
    public async Task<(StoredRun Run, RunData Data)> WholeAsync(string id, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var run = await RunAsync(statements, id, cancellation);
        var data = await DataAsync(statements, [run.Number], RunParts.All, cancellation);
        return (run, data[run.Number]);
    }

    /// <summary>Runs by their ids, in that order, with all that is known of them; refuses one that is not there.
    /// </summary>
    public async Task<IReadOnlyList<(StoredRun Run, RunData Data)>> WholeAsync(
        IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var runs = new List<StoredRun>();
        foreach (var id in ids)
            runs.Add(await RunAsync(statements, id, cancellation));
        var data = await DataAsync(
            statements, [.. runs.Select(run => run.Number).Distinct()], RunParts.All, cancellation);
        return [.. runs.Select(run => (run, data[run.Number]))];
    }

    /// <summary>Searches runs.</summary>
    public async Task<RunPage> SearchAsync(RunSearch search, CancellationToken cancellation)
    {
        if (search.Experiments.Count == 0)
            return new RunPage([], null, search.Counts ? 0 : null);

        var metrics = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in Metrics(search.Filter).Concat(search.Orders.Select(order => order.Field)
            .Where(field => field.Entity == SearchEntity.Metric).Select(field => field.Key)).Distinct())
        {
            if (await keys.FindAsync(name, cancellation) is { } known)
                metrics[name] = known;
        }

        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        var query = Query(search, metrics);
        var (runs, next) = await query.PageAsync(
            statements, search.Limit, search.PageToken, Read, cancellation);
        var data = await DataAsync(statements, [.. runs.Select(run => run.Number)], search.Parts, cancellation);
        var count = search.Counts
            ? await Query(search with { Orders = [] }, metrics).CountAsync(statements, cancellation)
            : (long?)null;
        return new RunPage([.. runs.Select(run => (run, data[run.Number]))], next, count);
    }

    /// <summary>The values of a metric, by time, step and value.</summary>
    /// <param name="limit">Most values; null: all.</param>
    /// <param name="after">The last value of the page before.</param>
    public async Task<List<StoredPoint>> HistoryAsync(
        string run, string metric, int? limit, StoredPoint? after, CancellationToken cancellation)
    {
        var points = new List<StoredPoint>();
        if (await HistoryOfAsync(run, metric, limit, after, cancellation) is { } history)
        {
            await EachPointAsync(history, point =>
            {
                points.Add(point);
                return ValueTask.CompletedTask;
            }, cancellation);
        }

        return points;
    }

    /// <summary>Which values they are, once the run is known to be there; null: none of that name.</summary>
    public async Task<HistoryOf?> HistoryOfAsync(
        string run, string metric, int? limit, StoredPoint? after, CancellationToken cancellation)
    {
        var number = (await RunAsync(run, cancellation)).Number;
        return await keys.FindAsync(metric, cancellation) is { } key
            ? new HistoryOf(number, key, metric, limit, after)
            : null;
    }

    /// <summary>Takes the values one by one as they are read, so that nothing holds all of them.</summary>
    public async Task EachPointAsync(
        HistoryOf history, Func<StoredPoint, ValueTask> take, CancellationToken cancellation)
    {
        var (limit, after) = (history.Limit, history.After);
        await using var statements = await database.OpenAsync(cancellation);
        var behind = after is null ? "" : " AND (timestamp, step, value, nan) > (@timestamp, @step, @value, @nan)";
        var most = limit is null ? "" : " LIMIT @limit";
        await statements.EachNumbersAsync(
            $"SELECT value, nan, timestamp, step FROM metric_points WHERE run = @run AND key = @key{behind} "
            + $"ORDER BY timestamp, step, value, nan{most}",
            row => take(new StoredPoint(history.Metric, row.Integer(1) == 1 ? double.NaN : row.Real(0),
                row.Integer(2), row.Integer(3))), cancellation,
            [
                ("@run", history.Run), ("@key", history.Key),
                .. after is { } last
                    ? new (string, object?)[]
                    {
                        ("@timestamp", last.Timestamp), ("@step", last.Step),
                        ("@value", double.IsNaN(last.Value) ? 0 : last.Value),
                        ("@nan", double.IsNaN(last.Value) ? 1 : 0),
                    }
                    : [],
                .. limit is { } count ? new (string, object?)[] { ("@limit", (long)count) } : [],
            ]);
    }

    /// <summary>Reads a run's own columns.</summary>
    internal static StoredRun Read(DbDataReader row) => new()
    {
        Number = row.GetInt64(0),
        Id = row.GetString(1),
        Experiment = row.GetInt32(2),
        Name = row.GetString(3),
        UserId = row.GetString(4),
        Status = (RunStatus)row.GetInt32(5),
        StartTime = row.GetInt64(6),
        EndTime = row.IsDBNull(7) ? null : row.GetInt64(7),
        IsDeleted = !row.IsDBNull(8),
        ArtifactUri = $"{row.GetString(9)}/{row.GetString(1)}/artifacts",
    };

    internal static async Task<StoredRun> RunAsync(Statements statements, string id, CancellationToken cancellation) =>
        await statements.QueryAsync($"SELECT {RunTable.RunColumns} {FromRuns} WHERE r.id = @id", Read, cancellation,
            ("@id", id)) is [var found]
            ? found
            : throw new RefusalException(RunRefusals.NotFound(id));

    private SearchQuery Query(RunSearch search, IReadOnlyDictionary<string, int> metrics)
    {
        var table = new RunTable(metrics, search.Experiments);
        var sql = new SqlText(database.IsShared);
        var state = search.Deleted switch
        {
            null => "",
            true => "r.deleted_at IS NOT NULL",
            false => "r.deleted_at IS NULL",
        };
        return new SearchQuery(table, sql, search.Filter, search.Orders, state, "e.number = r.experiment");
    }

    private static IEnumerable<string> Metrics(SearchNode node) => node switch
    {
        SearchAll all => all.Parts.SelectMany(Metrics),
        SearchAny any => any.Parts.SelectMany(Metrics),
        SearchNot not => Metrics(not.Part),
        SearchComparison { Field: { Entity: SearchEntity.Metric } field } => [field.Key],
        _ => [],
    };

    private async Task<Dictionary<long, RunData>> DataAsync(
        Statements statements, long[] runs, RunParts parts, CancellationToken cancellation)
    {
        var data = runs.ToDictionary(run => run, _ => new RunData());
        if (runs.Length == 0)
            return data;

        var sql = new SqlText(database.IsShared);
        var among = sql.In("x.run", runs);
        if (parts.Metrics is not { Count: 0 })
        {
            var some = new SqlText(database.IsShared);
            var which = some.In("x.run", runs)
                + (parts.Metrics is { } metrics ? $" AND {some.In("k.name", metrics)}" : "");
            await statements.QueryAsync(
                "SELECT x.run, k.name, x.value, x.nan, x.timestamp, x.step FROM latest_metrics x "
                + $"JOIN metric_keys k ON k.id = x.key WHERE {which} ORDER BY x.run, x.key",
                row => data[row.GetInt64(0)].Metrics.AddAnd(Point(row.GetString(1), row, 2)), cancellation,
                some.Values);
        }

        await PairsAsync(statements, "run_parameters", runs, parts.Parameters, data, each => each.Parameters,
            cancellation);
        await PairsAsync(statements, "run_tags", runs, parts.Tags, data, each => each.Tags, cancellation);
        if (!parts.Inputs)
            return data;

        await statements.QueryAsync(
            "SELECT x.run, d.name, d.digest, d.source_type, d.source, d.schema, d.profile, x.tags FROM run_inputs x "
            + $"JOIN run_datasets d ON d.id = x.dataset WHERE {among} ORDER BY x.run, x.dataset",
            row => data[row.GetInt64(0)].Datasets.AddAnd(Dataset(row)), cancellation, sql.Values);
        await statements.QueryAsync(
            $"SELECT x.run, x.model, x.output, x.step FROM run_models x WHERE {among} ORDER BY x.run, x.step, x.model",
            row => row.GetInt32(2) == 0
                ? data[row.GetInt64(0)].ModelsIn.AddAnd(row.GetString(1))
                : data[row.GetInt64(0)].ModelsOut.AddAnd((row.GetString(1), row.GetInt64(3))),
            cancellation, sql.Values);
        return data;
    }

    private async Task PairsAsync(
        Statements statements, string table, long[] runs, IReadOnlySet<string>? wanted,
        Dictionary<long, RunData> data, Func<RunData, List<LoggedPair>> list, CancellationToken cancellation)
    {
        if (wanted is { Count: 0 })
            return;
        var sql = new SqlText(database.IsShared);
        var which = sql.In("x.run", runs) + (wanted is null ? "" : $" AND {sql.In("x.key", wanted)}");
        await statements.QueryAsync(
            $"SELECT x.run, x.key, x.value FROM {table} x WHERE {which} ORDER BY x.run, x.key",
            row => list(data[row.GetInt64(0)]).AddAnd(new LoggedPair(row.GetString(1), row.GetString(2))),
            cancellation, sql.Values);
    }

    private static RunDataset Dataset(DbDataReader row) => new()
    {
        Name = row.GetString(1),
        Digest = row.GetString(2),
        SourceType = row.GetString(3),
        Source = row.GetString(4),
        Schema = row.IsDBNull(5) ? null : row.GetString(5),
        Profile = row.IsDBNull(6) ? null : row.GetString(6),
        Tags = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(7))!,
    };

    private static StoredPoint Point(string key, DbDataReader row, int from) => new(
        key, row.GetInt32(from + 1) == 1 ? double.NaN : row.GetDouble(from), row.GetInt64(from + 2),
        row.GetInt64(from + 3));
}

file static class Lists
{
    /// <summary>Adds to a list inside an expression.</summary>
    public static bool AddAnd<T>(this List<T> list, T item)
    {
        list.Add(item);
        return true;
    }
}
