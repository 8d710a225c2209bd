using System.Reflection;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Endpoints;

/// <summary>This process among the others: its name, its sign of life and its word about each endpoint.</summary>
internal sealed class Replica : IDisposable
{
    /// <summary>A replica that was silent for so long is forgotten.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(1);

    private readonly Database _database;
    private readonly LocalPlacements _placements;
    private readonly TimeProvider _time;
    private readonly ILogger<Replica> _log;
    private readonly SemaphoreSlim _reporting = new(1, 1);

    public Replica(
        Database database, DataFolder folder, LocalPlacements placements, ControlPlaneOptions options,
        TimeProvider time, ILogger<Replica> log)
    {
        _database = database;
        _placements = placements;
        _time = time;
        _log = log;
        Name = options.ReplicaName ?? folder.ReplicaName();
        StartedAt = time.GetUtcNow();
    }

    public string Name { get; }

    public DateTimeOffset StartedAt { get; }

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
            await _database.OperateAsync(db => WriteAsync(db, cancellation), cancellation);
        }
        catch (Exception failure) when (failure is DbUpdateException || Database.IsUnreachable(failure))
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
            await _database.OperateAsync(async db =>
            {
                await db.Placements.Where(row => row.Replica == Name).ExecuteDeleteAsync(cancellation);
                await db.Replicas.Where(row => row.Name == Name).ExecuteDeleteAsync(cancellation);
            }, cancellation);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            _log.HeartbeatFailed(failure.Message);
        }
    }

    public void Dispose() => _reporting.Dispose();

    private async Task WriteAsync(FairleadDbContext db, CancellationToken cancellation)
    {
        var now = _time.MicrosecondsNow();
        var row = await db.Replicas.SingleOrDefaultAsync(each => each.Name == Name, cancellation);
        if (row is null)
            db.Replicas.Add(row = new ReplicaRow { Name = Name });
        (row.Version, row.StartedAt, row.HeartbeatAt) = (ProgramVersion, StartedAt.ToMicroseconds(), now);

        var known = await db.Placements.Where(each => each.Replica == Name)
            .ToDictionaryAsync(each => each.Endpoint, cancellation);
        var reports = _placements.All.ToDictionary(each => each.Latest.Endpoint.ToString());
        var numbers = await db.Endpoints.Where(each => each.DeletedAt == null)
            .Select(each => new { each.Number, each.Name }).ToListAsync(cancellation);
        foreach (var endpoint in numbers)
        {
            if (!reports.TryGetValue(endpoint.Name, out var report))
                continue;
            if (!known.Remove(endpoint.Number, out var placement))
                db.Placements.Add(placement = new PlacementRow { Replica = Name, Endpoint = endpoint.Number });
            Fill(placement, report, now);
        }

        db.Placements.RemoveRange(known.Values);
        await db.SaveChangesAsync(cancellation);

        var forgotten = (_time.GetUtcNow() - ForgetAfter).ToMicroseconds();
        await db.Replicas.Where(each => each.HeartbeatAt < forgotten).ExecuteDeleteAsync(cancellation);
        await db.Placements.Where(each => !db.Replicas.Any(alive => alive.Name == each.Replica))
            .ExecuteDeleteAsync(cancellation);
    }

    private static void Fill(PlacementRow row, LocalPlacement report, long now)
    {
        var state = report.Latest.State.ToString().ToLowerInvariant();
        if (row.Generation == report.Latest.Generation && row.State == state && row.Why == report.Latest.Why
            && row.ServingGeneration == report.ServingGeneration)
        {
            return;
        }

        row.Generation = report.Latest.Generation;
        row.ServingGeneration = report.ServingGeneration;
        row.State = state;
        row.Why = report.Latest.Why;
        row.At = now;
    }
}
