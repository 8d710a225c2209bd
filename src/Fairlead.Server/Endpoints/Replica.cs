using System.Data.Common;
using System.Reflection;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Endpoints;

/// <summary>This process among the others: its name, its sign of life and its word about each endpoint.</summary>
internal sealed class Replica : IDisposable
{
    /// <summary>A replica that was silent for so long is forgotten.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly LocalPlacements _placements;
    private readonly Contact _contact;
    private readonly TimeProvider _time;
    private readonly ILogger<Replica> _log;
    private readonly SemaphoreSlim _reporting = new(1, 1);

    public Replica(
        Database database, DataFolder folder, LocalPlacements placements, Contact contact, ControlPlaneOptions options,
        TimeProvider time, ILogger<Replica> log)
    {
        _contact = contact;
        _database = database;
        _placements = placements;
        _time = time;
        _log = log;
        Name = options.ReplicaName ?? folder.ReplicaName();
        StartedAt = time.GetUtcNow();
    }

    public string Name { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>The replica and the moment of its start: what it counts begins again with the process.</summary>
    public string Incarnation => $"{Name}@{StartedAt.ToMicroseconds()}";

    /// <summary>The program's version, as its build wrote it.</summary>
    public static string ProgramVersion { get; } =
        typeof(Replica).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
        .Split('+')[0] ?? "0";

    /// <summary>
    /// Writes the sign of life and every placement. A database that is away is logged, and tried again by the next.
    /// </summary>
    public async Task ReportAsync(CancellationToken cancellation)
    {
        await _reporting.WaitAsync(cancellation);
        try
        {
            await _database.StateAsync(statements => WriteAsync(statements, cancellation), cancellation);
            _contact.Heard();
        }
        catch (Exception failure) when (failure is DbException || Database.IsUnreachable(failure))
        {
            _log.HeartbeatFailed(failure.Message);
        }
        finally
        {
            _reporting.Release();
        }
    }

    /// <summary>Takes this replica out of the list, at an orderly end, so that nobody waits for it.</summary>
    public async Task LeaveAsync(CancellationToken cancellation)
    {
        try
        {
            await _database.StateAsync(async statements =>
            {
                await statements.ExecuteAsync(
                    "DELETE FROM placements WHERE replica = @replica", cancellation, ("replica", Name));
                return await statements.ExecuteAsync(
                    "DELETE FROM replicas WHERE name = @name", cancellation, ("name", Name));
            }, cancellation);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            _log.HeartbeatFailed(failure.Message);
        }
    }

    public void Dispose() => _reporting.Dispose();

    private async Task<int> WriteAsync(Statements statements, CancellationToken cancellation)
    {
        var now = _time.MicrosecondsNow();
        await statements.ExecuteAsync(
            "INSERT INTO replicas (name, version, started_at, heartbeat_at) VALUES (@name, @version, @started, @now) "
                + "ON CONFLICT (name) DO UPDATE SET version = @version, started_at = @started, heartbeat_at = @now",
            cancellation, ("name", Name), ("version", ProgramVersion), ("started", StartedAt.ToMicroseconds()),
            ("now", now));
        await WritePlacementsAsync(statements, now, cancellation);

        var forgotten = (_time.GetUtcNow() - ForgetAfter).ToMicroseconds();
        await statements.ExecuteAsync(
            "DELETE FROM replicas WHERE heartbeat_at < @forgotten", cancellation, ("forgotten", forgotten));
        return await statements.ExecuteAsync(
            "DELETE FROM placements WHERE replica NOT IN (SELECT name FROM replicas)", cancellation);
    }

    /// <summary>Writes the placements that changed since they were last written.</summary>
    private async Task WritePlacementsAsync(Statements statements, long now, CancellationToken cancellation)
    {
        var reports = _placements.All.ToDictionary(each => each.Latest.Endpoint.ToString());
        var endpoints = await statements.QueryAsync(
            "SELECT number, name FROM endpoints WHERE deleted_at IS NULL",
            row => (Number: row.GetInt32(0), Name: row.GetString(1)), cancellation);
        var known = (await statements.QueryAsync(
            "SELECT endpoint, generation, serving_generation, state, why FROM placements WHERE replica = @replica",
            row => (Endpoint: row.GetInt32(0), Word: new Word(
                row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4))),
            cancellation, ("replica", Name))).ToDictionary(each => each.Endpoint, each => each.Word);
        foreach (var (number, name) in endpoints)
        {
            if (!reports.TryGetValue(name, out var report))
                continue;
            var word = Word.Of(report);
            if (known.Remove(number, out var before) && before == word)
                continue;
            await statements.ExecuteAsync(
                "INSERT INTO placements (replica, endpoint, generation, serving_generation, state, why, at) "
                    + "VALUES (@replica, @endpoint, @generation, @serving, @state, @why, @at) "
                    + "ON CONFLICT (replica, endpoint) DO UPDATE SET generation = @generation, "
                    + "serving_generation = @serving, state = @state, why = @why, at = @at",
                cancellation, ("replica", Name), ("endpoint", number), ("generation", word.Generation),
                ("serving", word.ServingGeneration), ("state", word.State), ("why", word.Why), ("at", now));
        }

        foreach (var gone in known.Keys)
        {
            await statements.ExecuteAsync(
                "DELETE FROM placements WHERE replica = @replica AND endpoint = @endpoint", cancellation,
                ("replica", Name), ("endpoint", gone));
        }
    }

    /// <summary>What a replica says of an endpoint.</summary>
    private sealed record Word(long Generation, long ServingGeneration, string State, string? Why)
    {
        public static Word Of(LocalPlacement report) => new(
            report.Latest.Generation, report.ServingGeneration, report.Latest.State.ToString().ToLowerInvariant(),
            report.Latest.Why);
    }
}
