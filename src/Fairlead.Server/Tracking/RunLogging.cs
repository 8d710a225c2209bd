using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>Takes what runs log: points, parameters and tags, the whole of a request in one transaction.</summary>
internal sealed class RunLogging(ITrackingGate gate, MetricKeys keys, TrackingMeter meter)
{
    /// <summary>The tag that holds a run's name too.</summary>
    public const string NameTag = "mlflow.runName";

    private const string PutLatest = """
        ON CONFLICT (run, key) DO UPDATE
        SET value = excluded.value, nan = excluded.nan, step = excluded.step, timestamp = excluded.timestamp
        WHERE (excluded.step, excluded.timestamp, excluded.value)
            > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)
        """;

    private const string PutModelMetric = """
        ON CONFLICT (model, key, run, dataset_name, dataset_digest) DO UPDATE
        SET value = excluded.value, nan = excluded.nan, step = excluded.step, timestamp = excluded.timestamp
        WHERE (excluded.step, excluded.timestamp, excluded.value)
            >= (logged_model_metrics.step, logged_model_metrics.timestamp, logged_model_metrics.value)
        """;

    private const string PutTag = "ON CONFLICT (run, key) DO UPDATE SET value = excluded.value";

    /// <summary>Logs a batch to a run. Throws <see cref="RefusalException"/>, and then nothing of it is kept.</summary>
    public async Task LogAsync(string run, LoggedBatch batch, CancellationToken cancellation)
    {
        var numbers = batch.Points.Count == 0
            ? []
            : await keys.EnsureAsync(batch.Points.Select(point => point.Key).ToHashSet(StringComparer.Ordinal),
                cancellation);
        await gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, experiment) = await ActiveAsync(transaction, run, deadline);
            await PutParametersAsync(transaction, run, number, batch.Parameters, deadline);
            await PutPointsAsync(transaction, number, experiment, batch.Points, numbers, deadline);
            await PutModelPointsAsync(transaction, run, batch.Points, deadline);
            await PutTagsAsync(transaction, number, batch.Tags, deadline);
            return true;
        }, cancellation);
        meter.Points(batch.Points.Count);
    }

    /// <summary>Removes a tag; refuses one that is not there.</summary>
    public Task DeleteTagAsync(string run, string key, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, _) = await ActiveAsync(transaction, run, deadline);
            return await transaction.ExecuteAsync("DELETE FROM run_tags WHERE run = @run AND key = @key", deadline,
                    ("@run", number), ("@key", key)) > 0
                ? true
                : throw new RefusalException(new Refusal(RefusalKind.NotFound, "tag_not_found",
                    $"No tag with name: {key} in run with id {run}"));
        }, cancellation);

    /// <summary>The number of a run that may be written to, locked against its deletion.</summary>
    public static async Task<(long Number, int Experiment)> ActiveAsync(
        TrackingTransaction transaction, string run, CancellationToken deadline)
    {
        var found = await transaction.QueryAsync(
            "SELECT number, experiment, deleted_at FROM runs WHERE id = @id" + transaction.Share,
            row => (Number: row.GetInt64(0), Experiment: row.GetInt32(1), IsDeleted: !row.IsDBNull(2)), deadline,
            ("@id", run));
        if (found.Count == 0)
            throw new RefusalException(RunRefusals.NotFound(run));
        return found[0].IsDeleted
            ? throw new RefusalException(RunRefusals.NotActive(run))
            : (found[0].Number, found[0].Experiment);
    }

    public static Task PutTagsAsync(
        TrackingTransaction transaction, long run, IReadOnlyList<LoggedPair> tags, CancellationToken deadline)
    {
        // The last value of a key counts; the database takes each key once a statement.
        var sorted = Last(tags);
        if (sorted.Count == 0)
            return Task.CompletedTask;
        var put = transaction.InsertAsync("run_tags (run, key, value)", PutTag, deadline,
            TrackingColumn.Of(sorted.Select(_ => run)), TrackingColumn.Of(sorted.Select(tag => tag.Key)),
            TrackingColumn.Of(sorted.Select(tag => tag.Value)));
        return sorted.FirstOrDefault(tag => tag.Key == NameTag) is { Key: not null } name
            ? BothAsync(put, () => transaction.ExecuteAsync(
                "UPDATE runs SET name = @name WHERE number = @run", deadline, ("@name", name.Value), ("@run", run)))
            : put;
    }

    private static async Task BothAsync(Task first, Func<Task> second)
    {
        await first;
        await second();
    }

    private static async Task PutParametersAsync(
        TrackingTransaction transaction, string id, long run, IReadOnlyList<LoggedPair> parameters,
        CancellationToken deadline)
    {
        if (parameters.Count == 0)
            return;

        // What is there already is left as it is, by whoever it was written; then all of it is compared.
        var sorted = parameters.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        await transaction.InsertAsync("run_parameters (run, key, value)", "ON CONFLICT (run, key) DO NOTHING", deadline,
            TrackingColumn.Of(sorted.Select(_ => run)), TrackingColumn.Of(sorted.Select(pair => pair.Key)),
            TrackingColumn.Of(sorted.Select(pair => pair.Value)));
        foreach (var pair in sorted)
        {
            var present = await transaction.QueryAsync(
                "SELECT value FROM run_parameters WHERE run = @run AND key = @key", row => row.GetString(0), deadline,
                ("@run", run), ("@key", pair.Key));
            if (TrackingRules.WhyNotParameter(id, pair.Key, present[0], pair.Value) is { } changed)
                throw new RefusalException(changed);
        }
    }

    private static async Task PutPointsAsync(
        TrackingTransaction transaction, long run, int experiment, IReadOnlyList<LoggedPoint> points,
        Dictionary<string, int> keys, CancellationToken deadline)
    {
        if (points.Count == 0)
            return;

        var rows = points.Select(point => new Row(keys[point.Key], point)).ToArray();
        Array.Sort(rows);
        await transaction.InsertAsync(
            "metric_points (run, key, timestamp, step, value, nan)", "ON CONFLICT DO NOTHING", deadline,
            TrackingColumn.Of(rows.Select(_ => run)), TrackingColumn.Of(rows.Select(row => row.Key)),
            TrackingColumn.Of(rows.Select(row => row.Timestamp)), TrackingColumn.Of(rows.Select(row => row.Step)),
            TrackingColumn.Of(rows.Select(row => row.Value)), TrackingColumn.Of(rows.Select(row => row.Nan)));

        // "Latest" is the largest by step, time and value; the database compares it with what it has.
        var latest = new List<Row>();
        foreach (var row in rows)
        {
            if (latest.Count == 0 || latest[^1].Key != row.Key)
                latest.Add(row);
            else if (row.IsLaterThan(latest[^1]))
                latest[^1] = row;
        }

        await transaction.InsertAsync(
            "latest_metrics (run, key, experiment, value, nan, step, timestamp)", PutLatest, deadline,
            TrackingColumn.Of(latest.Select(_ => run)), TrackingColumn.Of(latest.Select(row => row.Key)),
            TrackingColumn.Of(latest.Select(_ => experiment)), TrackingColumn.Of(latest.Select(row => row.Value)),
            TrackingColumn.Of(latest.Select(row => row.Nan)), TrackingColumn.Of(latest.Select(row => row.Step)),
            TrackingColumn.Of(latest.Select(row => row.Timestamp)));
    }

    private static async Task PutModelPointsAsync(
        TrackingTransaction transaction, string run, IReadOnlyList<LoggedPoint> points, CancellationToken deadline)
    {
        var measured = points.Where(point => point.Model is not null)
            .GroupBy(point => (point.Model!.Id, point.Key, point.Model.DatasetName, point.Model.DatasetDigest))
            .Select(group => group.MaxBy(point => (point.Step, point.Timestamp, point.Value)))
            .OrderBy(point => point.Model!.Id, StringComparer.Ordinal)
            .ThenBy(point => point.Key, StringComparer.Ordinal)
            .ToList();
        if (measured.Count == 0)
            return;
        foreach (var model in measured.Select(point => point.Model!.Id).Distinct())
            await LoggedModelWrites.ExistsAsync(transaction, model, deadline);
        await transaction.InsertAsync(
            "logged_model_metrics (model, key, run, dataset_name, dataset_digest, value, nan, step, timestamp)",
            PutModelMetric, deadline,
            TrackingColumn.Of(measured.Select(point => point.Model!.Id)),
            TrackingColumn.Of(measured.Select(point => point.Key)), TrackingColumn.Of(measured.Select(_ => run)),
            TrackingColumn.Of(measured.Select(point => point.Model!.DatasetName)),
            TrackingColumn.Of(measured.Select(point => point.Model!.DatasetDigest)),
            TrackingColumn.Of(measured.Select(point => double.IsNaN(point.Value) ? 0 : point.Value)),
            TrackingColumn.Of(measured.Select(point => double.IsNaN(point.Value) ? 1 : 0)),
            TrackingColumn.Of(measured.Select(point => point.Step)),
            TrackingColumn.Of(measured.Select(point => point.Timestamp)));
    }

    /// <summary>The last value of each key, by key.</summary>
    private static List<LoggedPair> Last(IReadOnlyList<LoggedPair> pairs)
    {
        var byKey = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
            byKey[pair.Key] = pair.Value;
        return [.. byKey.Select(each => new LoggedPair(each.Key, each.Value))];
    }

    /// <summary>A point as the table holds it, in the order of the table's key.</summary>
    private readonly record struct Row(int Key, long Timestamp, long Step, double Value, int Nan) : IComparable<Row>
    {
        public Row(int key, LoggedPoint point)
            : this(key, point.Timestamp, point.Step, double.IsNaN(point.Value) ? 0 : point.Value,
                double.IsNaN(point.Value) ? 1 : 0)
        {
        }

        public bool IsLaterThan(Row other) =>
            (Step, Timestamp, Value).CompareTo((other.Step, other.Timestamp, other.Value)) > 0;

        public int CompareTo(Row other) => (Key, Timestamp, Step, Value, Nan)
            .CompareTo((other.Key, other.Timestamp, other.Step, other.Value, other.Nan));
    }
}
