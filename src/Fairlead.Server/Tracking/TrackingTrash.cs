using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Artifacts;
using Fairlead.Server.Tracking.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>
/// Collects what was deleted and cannot be restored any more: runs, logged models and experiments, with all that they
/// logged. Their artifacts lose their names; the bytes go when nothing else refers to them.
/// </summary>
internal sealed class TrackingTrash(
    Database database, ControlPlane control, ITrackingGate gate, ControlPlaneOptions options, TimeProvider time)
{
    private const int AtOnce = 100;

    private static readonly string[] OfARun =
        ["metric_points", "latest_metrics", "run_parameters", "run_tags", "run_inputs", "run_models"];

    /// <summary>Collects all that is due; how many runs, models and experiments went.</summary>
    public async Task<int> EmptyAsync(Principal principal, CancellationToken cancellation)
    {
        var before = (time.GetUtcNow() - options.TrashLife).ToMicroseconds();
        var removed = 0;
        while (await DueAsync(before, cancellation) is { Count: > 0 } due)
        {
            foreach (var each in due)
                await RemoveAsync(each, before, cancellation);
            removed += due.Count;
            await control.WriteAsync(principal, null, write =>
            {
                write.Record("tracking.collect", "tracking", due.Select(each => each.Subject), null);
                return Task.FromResult(true);
            }, cancellation);
        }

        return removed;
    }

    /// <summary>Runs before the experiments that they are in.</summary>
    private async Task<List<Due>> DueAsync(long before, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var due = await statements.QueryAsync(
            "SELECT r.number, r.id, e.artifact_location FROM runs r JOIN experiments e ON e.number = r.experiment "
            + "WHERE r.deleted_at <= @before LIMIT @most",
            row => new Due("runs", row.GetInt64(0), row.GetString(1), $"{row.GetString(2)}/{row.GetString(1)}"),
            cancellation, ("@before", before), ("@most", AtOnce));
        due.AddRange(await statements.QueryAsync(
            "SELECT m.id, e.artifact_location FROM logged_models m JOIN experiments e ON e.number = m.experiment "
            + "WHERE m.deleted_at <= @before OR e.deleted_at <= @before LIMIT @most",
            row => new Due("logged_models", 0, row.GetString(0), $"{row.GetString(1)}/models/{row.GetString(0)}"),
            cancellation, ("@before", before), ("@most", AtOnce)));
        if (due.Count == 0)
        {
            due = await statements.QueryAsync(
                // The last number stays, so that it is never given again, and so does what a restored run is in.
                "SELECT e.number, e.artifact_location FROM experiments e WHERE e.deleted_at <= @before "
                + "AND e.number < (SELECT MAX(number) FROM experiments) "
                + "AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experiment = e.number) LIMIT @most",
                row => new Due("experiments", row.GetInt32(0), $"{row.GetInt32(0)}", row.GetString(1)), cancellation,
                ("@before", before), ("@most", AtOnce));
        }

        return due;
    }

    private Task<bool> RemoveAsync(Due due, long before, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var column = due.Table == "experiments" ? "number" : "id";
            object key = due.Table == "experiments" ? (int)due.Number : due.Id;

            if (!await IsStillDueAsync(transaction, due, (column, key), before, deadline))
                return false;
            if (due.Table == "runs")
            {
                foreach (var table in OfARun)
                {
                    await transaction.ExecuteAsync(
                        $"DELETE FROM {table} WHERE run = @run", deadline, ("@run", due.Number));
                }
            }
            else if (due.Table == "logged_models")
            {
                await transaction.ExecuteAsync(
                    "DELETE FROM logged_model_metrics WHERE model = @model", deadline, ("@model", due.Id));
            }
            else
            {
                await transaction.ExecuteAsync(
                    "DELETE FROM run_datasets WHERE experiment = @number", deadline, ("@number", (int)due.Number));
            }

            if (await RootAsync(transaction, due, deadline) is { } root)
            {
                await transaction.ExecuteAsync(
                    "DELETE FROM artifact_paths WHERE path = @path OR (path >= @first AND path < @behind)", deadline,
                    ("@path", root), ("@first", $"{root}/"), ("@behind", $"{root}0"));
            }

            await transaction.ExecuteAsync($"DELETE FROM {due.Table} WHERE {column} = @key", deadline, ("@key", key));
            return true;
        }, cancellation);

    /// <summary>It may have been restored in between, or have got a run. Models go with their experiment too.</summary>
    private static async Task<bool> IsStillDueAsync(
        TrackingTransaction transaction, Due due, (string Column, object Key) which, long before,
        CancellationToken deadline)
    {
        var also = due.Table switch
        {
            "logged_models" => " OR EXISTS (SELECT 1 FROM experiments e WHERE e.number = t.experiment "
                + "AND e.deleted_at <= @before)",
            "experiments" => " AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experiment = t.number)",
            _ => "",
        };
        return (await transaction.QueryAsync(
            $"SELECT 1 FROM {due.Table} t WHERE t.{which.Column} = @key AND (t.deleted_at <= @before{also})"
            + transaction.ForUpdate, _ => true, deadline, ("@key", which.Key), ("@before", before))).Count > 0;
    }

    /// <summary>
    /// The folder whose artifacts go; null: none. Callers say where an experiment's artifacts lie, and two may share a
    /// folder, or one lie in another's.
    /// </summary>
    private static async Task<string?> RootAsync(
        TrackingTransaction transaction, Due due, CancellationToken deadline)
    {
        if (PathOf(due.Root) is not { } root || due.Table != "experiments")
            return PathOf(due.Root);
        var others = await transaction.QueryAsync(
            "SELECT artifact_location FROM experiments WHERE number <> @number", row => PathOf(row.GetString(0)),
            deadline, ("@number", (int)due.Number));
        return others.Exists(other => other == root
            || other?.StartsWith($"{root}/", StringComparison.Ordinal) == true)
            ? null
            : root;
    }

    /// <summary>An address from which no path can be read has no files.</summary>
    private static string? PathOf(string address)
    {
        try
        {
            return ArtifactPaths.Of(address);
        }
        catch (RefusalException)
        {
            return null;
        }
    }

    /// <summary>What is to go, and where its artifacts are.</summary>
    private sealed record Due(string Table, long Number, string Id, string Root)
    {
        public string Subject => $"{Table.Replace('_', '-')}/{Id}";
    }
}
