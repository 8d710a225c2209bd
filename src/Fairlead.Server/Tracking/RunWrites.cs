using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fairlead.Core.Refusals;
using Fairlead.Core.Tracking;
using Fairlead.Server.Storage;
using Fairlead.Server.Tracking.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Tracking;

/// <summary>A run that is to be made.</summary>
internal sealed record NewRun
{
    public int Experiment { get; init; }

    public string UserId { get; init; } = "";

    /// <summary>Null or empty: a name is found.</summary>
    public string? Name { get; init; }

    /// <summary>Milliseconds since 1970; null: now.</summary>
    public long? StartTime { get; init; }

    public IReadOnlyList<LoggedPair> Tags { get; init; } = [];

    /// <summary>The caller's word for this one request, so that it may be sent again.</summary>
    public string? IdempotencyKey { get; init; }
}

/// <summary>Makes, changes, deletes and restores runs.</summary>
internal sealed class RunWrites(ITrackingGate gate, ControlPlane control, TimeProvider time)
{
    /// <summary>
    /// A request like one that came within this time is the same one, sent again by a client that got no answer.
    /// </summary>
    private static readonly TimeSpan RepeatedWithin = TimeSpan.FromSeconds(30);

    private const string Insert = """
        INSERT INTO runs (id, experiment, name, user_id, status, start_time, created_at, deleted_with_experiment,
            request_key)
        VALUES (@id, @experiment, @name, @user_id, 1, @start_time, @created_at, 0, @request_key)
        """;

    private const string FindRepeated = """
        SELECT id FROM runs WHERE experiment = @experiment AND start_time = @start_time AND user_id = @user_id
        AND name = @name AND created_at > @since AND deleted_at IS NULL ORDER BY number LIMIT 1
        """;

    /// <summary>Makes a run, or finds the one that this same request made before; its id.</summary>
    public Task<string> CreateAsync(NewRun wish, CancellationToken cancellation)
    {
        var tagged = wish.Tags.LastOrDefault(tag => tag.Key == RunLogging.NameTag).Value;
        if (tagged is not null && !string.IsNullOrEmpty(wish.Name) && tagged != wish.Name)
        {
            throw new RefusalException(RunRefusals.Invalid("run_name",
                "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
                + $"(run_name='{wish.Name}', mlflow.runName='{tagged}')."));
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var given = string.IsNullOrEmpty(wish.Name) ? tagged : wish.Name;
        var name = string.IsNullOrEmpty(given)
            ? RunNames.Of(new Random(int.Parse(id[..7], NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
            : given;
        return gate.WriteAsync(async (transaction, deadline) =>
        {
            if (await RepeatedAsync(transaction, wish, given, deadline) is { } known)
                return known;
            await ActiveExperimentAsync(transaction, wish.Experiment, deadline);
            await transaction.ExecuteAsync(Insert, deadline,
                ("@id", id), ("@experiment", wish.Experiment), ("@name", name), ("@user_id", wish.UserId),
                ("@start_time", wish.StartTime ?? time.GetUtcNow().ToUnixTimeMilliseconds()),
                ("@created_at", time.MicrosecondsNow()), ("@request_key", Key(wish)));
            var number = (await transaction.QueryAsync(
                "SELECT number FROM runs WHERE id = @id", row => row.GetInt64(0), deadline, ("@id", id)))[0];
            await RunLogging.PutTagsAsync(
                transaction, number, [.. wish.Tags, new LoggedPair(RunLogging.NameTag, name)], deadline);
            return id;
        }, cancellation);
    }

    /// <summary>Changes the status, the end or the name of a run; what is null stays.</summary>
    public Task UpdateAsync(
        string run, RunStatus? status, long? endTime, string? name, CancellationToken cancellation) =>
        gate.WriteAsync(async (transaction, deadline) =>
        {
            var (number, _) = await RunLogging.ActiveAsync(transaction, run, deadline);
            if (status is { } now)
            {
                await transaction.ExecuteAsync("UPDATE runs SET status = @status WHERE number = @run", deadline,
                    ("@status", (int)now), ("@run", number));
            }

            if (endTime is { } end)
            {
                await transaction.ExecuteAsync("UPDATE runs SET end_time = @end WHERE number = @run", deadline,
                    ("@end", end), ("@run", number));
            }

            if (!string.IsNullOrEmpty(name))
                await RunLogging.PutTagsAsync(
                    transaction, number, [new LoggedPair(RunLogging.NameTag, name)], deadline);
            return true;
        }, cancellation);

    /// <summary>Deletes a run; one that is deleted already stays so.</summary>
    public Task DeleteAsync(Core.Access.Principal caller, string run, CancellationToken cancellation) =>
        ChangeAsync(caller, run, "run.delete", cancellation);

    /// <summary>Restores a deleted run; one that lives stays so.</summary>
    public Task RestoreAsync(Core.Access.Principal caller, string run, CancellationToken cancellation) =>
        ChangeAsync(caller, run, "run.restore", cancellation);

    private Task<bool> ChangeAsync(
        Core.Access.Principal caller, string run, string what, CancellationToken cancellation) =>
        control.WriteAsync(caller, null, async write =>
        {
            var isThere = await write.Db.Database
                .SqlQuery<string>($"SELECT id AS \"Value\" FROM runs WHERE id = {run}").AnyAsync(write.Cancellation);
            if (!isThere)
                throw new RefusalException(RunRefusals.NotFound(run));
            var changed = what == "run.delete"
                ? await write.Db.Database.ExecuteSqlAsync(
                    $"UPDATE runs SET deleted_at = {write.NowMicroseconds} WHERE id = {run} AND deleted_at IS NULL",
                    write.Cancellation)
                : await write.Db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE runs SET deleted_at = NULL, deleted_with_experiment = 0
                    WHERE id = {run} AND deleted_at IS NOT NULL
                    """, write.Cancellation);
            if (changed > 0)
                write.Record(what, $"runs/{run}", null, null);
            return true;
        }, cancellation);

    private async Task<string?> RepeatedAsync(
        TrackingTransaction transaction, NewRun wish, string? name, CancellationToken deadline)
    {
        var key = Key(wish);
        if (transaction.IsPostgres && (key is not null || wish.StartTime is not null))
        {
            // Two of the same request at once wait for each other here.
            await transaction.QueryAsync("SELECT pg_advisory_xact_lock(@lock)", _ => true, deadline,
                ("@lock", Lock(key ?? $"{wish.Experiment} {wish.StartTime} {wish.UserId} {name}")));
        }

        if (key is not null)
        {
            return (await transaction.QueryAsync("SELECT id FROM runs WHERE request_key = @key",
                row => row.GetString(0), deadline, ("@key", key))).FirstOrDefault();
        }

        if (wish.StartTime is not { } start || string.IsNullOrEmpty(name))
            return null;
        var found = await transaction.QueryAsync(FindRepeated, row => row.GetString(0), deadline,
            ("@experiment", wish.Experiment), ("@start_time", start), ("@user_id", wish.UserId), ("@name", name),
            ("@since", (time.GetUtcNow() - RepeatedWithin).ToMicroseconds()));
        return found.FirstOrDefault();
    }

    private static async Task ActiveExperimentAsync(
        TrackingTransaction transaction, int experiment, CancellationToken deadline)
    {
        var found = await transaction.QueryAsync(
            "SELECT deleted_at FROM experiments WHERE number = @number" + transaction.Share,
            row => row.IsDBNull(0), deadline, ("@number", experiment));
        if (found.Count == 0)
        {
            throw new RefusalException(
                RunRefusals.NoExperiment(experiment.ToString(CultureInfo.InvariantCulture)));
        }

        if (!found[0])
            throw new RefusalException(RunRefusals.ExperimentNotActive(experiment));
    }

    private static string? Key(NewRun wish) => wish.IdempotencyKey is { } word
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{wish.UserId}\n{word}")))
        : null;

    private static long Lock(string text) =>
        BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
