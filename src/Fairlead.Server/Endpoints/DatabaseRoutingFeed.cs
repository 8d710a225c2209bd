using Fairlead.Core.Rollouts;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Endpoints;

/// <summary>
/// The routing feed over the database. What this process writes is known at once, and what others write is heard of;
/// while it is not, a shared database is polled for one number. The last snapshot is kept in memory and on the local
/// disk, and goes on while the database is away.
/// </summary>
internal sealed class DatabaseRoutingFeed(
    Database database, DataFolder folder, RevisionSignals signals, LocalPlacements placements, Replica replica,
    Contact contact, RolloutWake wake, ControlPlaneOptions options, TimeProvider time,
    ILogger<DatabaseRoutingFeed> log)
    : IRoutingFeed, IDisposable
{
    /// <summary>Longest wait for a change before the reader looks by itself.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>A database that accepts a question and does not answer it is away as well.</summary>
    private static readonly TimeSpan ReadDeadline = TimeSpan.FromSeconds(10);

    private readonly LocalCopy<RoutingSnapshot> _copy = new(folder, "routing.copy");
    private readonly SemaphoreSlim _reading = new(1, 1);
    private RoutingSnapshot? _last;
    private bool _lost;

    public async Task<RoutingSnapshot> ReadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(ReadDeadline);
        try
        {
            var read = await ReadNewestAsync(deadline.Token);
            contact.Heard();
            if (_lost)
                log.ContactBack();
            _lost = false;
            if (read != _last)
            {
                _last = read;
                Keep(read);
            }

            signals.Routing.Publish(read.Revision);
            placements.Keep(read.Endpoints.Select(endpoint => endpoint.Spec.Name).ToHashSet());
            return read;
        }
        catch (Exception failure) when (Database.IsUnreachable(failure)
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            log.RoutingUnreadable(failure.Message);
            _last ??= _copy.Read();
            if (_last is null)
                throw;
            return WithoutDatabase(_last);
        }
        finally
        {
            _reading.Release();
        }
    }

    public async Task WaitForChangeAsync(long seen, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) is var elapsed && elapsed < LongestWait)
        {
            var left = LongestWait - elapsed;
            var polls = database.IsShared && !signals.HearsOthers;
            var pause = polls && options.PollInterval < left ? options.PollInterval : left;
            if (await signals.Routing.WaitAsync(seen, pause, time, cancellation))
                return;
            if (database.IsShared && await RevisionAsync(cancellation) is var revision
                && (revision > seen || (_lost && revision >= 0)))
            {
                return;
            }
        }
    }

    public async Task AcknowledgeAsync(PlacementReport report, CancellationToken cancellation)
    {
        placements.Accept(report);
        try
        {
            await replica.ReportAsync(cancellation);
            wake.Now();
        }
        catch (OperationCanceledException)
        {
            // The next heartbeat repeats it.
        }
    }

    public void Dispose() => _reading.Dispose();

    /// <summary>The last known wishes; when the grace is over, without what only a controller can answer for.</summary>
    private RoutingSnapshot WithoutDatabase(RoutingSnapshot last)
    {
        if (!contact.IsLost)
            return last;
        if (!_lost)
            log.ContactLost((int)contact.Silence.TotalSeconds);
        _lost = true;
        return last with
        {
            Endpoints = [.. last.Endpoints.Select(endpoint =>
                LostContact.WithoutController(endpoint.Spec) is { } stable
                    ? endpoint with { Spec = stable, WithoutContact = true }
                    : endpoint)],
        };
    }

    private async Task<RoutingSnapshot> ReadNewestAsync(CancellationToken cancellation)
    {
        if (_last is null && _copy.Read() is { } copy && await RoutingRead.IsNewestAsync(database, copy, cancellation))
            return copy;

        return _last is not null && await RevisionNowAsync(cancellation) == _last.Revision
            ? _last
            : await database.ReadAsync(db => RoutingRead.SnapshotAsync(db, cancellation), cancellation);
    }

    private async Task<long> RevisionNowAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync("SELECT routing_revision FROM control", cancellation) ?? 0;
    }

    private async Task<long> RevisionAsync(CancellationToken cancellation)
    {
        try
        {
            return await RevisionNowAsync(cancellation);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            return -1;
        }
    }

    private void Keep(RoutingSnapshot snapshot)
    {
        try
        {
            _copy.Write(snapshot);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log.CopyUnwritable("the routing", failure.Message);
        }
    }
}
