using System.Globalization;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Records;

/// <summary>
/// Keeps the records in order: rolls closed files of the append log into tables, puts the small tables of a day
/// together once it is over, and removes tables that are older than their endpoint's <c>retention:</c>.
/// </summary>
internal sealed class RecordKeeping(
    RecordStore store, RecordForgetting forgetting, Database database,
    ControlPlane control, RecordMeter meter, TimeProvider time,
    ILogger<RecordKeeping> log, SharedRecords? shared = null, GoneRecords? gone = null)
    : BackgroundService
{
    /// <summary>Most tables that are removed at once; the next pass goes on.</summary>
    public const int MaxRemoved = 1000;

    private static readonly TimeSpan RollInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long after its end nothing of a day is written any more.</summary>
    private static readonly TimeSpan MergeAfter = TimeSpan.FromHours(1);

    private long _sweptAt;

    /// <summary>
    /// Removes whole tables whose newest row is past the retention of its endpoint; returns how many.
    /// </summary>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var tables = store.Tables.List();
        if (tables.Count == 0)
            return 0;

        var retentions = await RetentionsAsync(cancellation);
        var now = time.GetUtcNow();
        var old = tables.Where(table => NewestIn(table) <= now - Retention(table.Endpoint)).Take(MaxRemoved).ToList();
        foreach (var group in old.GroupBy(table => table.Endpoint))
        {
            // Told first: a removal that nobody knows of would be worse than one that is told twice.
            var name = retentions.TryGetValue(group.Key, out var known) ? known.Name : $"number {group.Key}";
            await control.WriteAsync(Principal.Local, "retention", write =>
            {
                var (from, to) = (group.Min(table => table.Day), group.Max(table => table.Day));
                write.Record(
                    "records.expire", $"endpoints/{name}", null, new { Tables = group.Count(), From = from, To = to });
                return Task.FromResult(true);
            }, cancellation);
            await store.InTurnAsync(() =>
            {
                foreach (var table in group)
                    store.Tables.Delete(table);
                return true;
            }, cancellation);
            meter.Expired(group.Count());
        }

        return old.Count;

        TimeSpan Retention(int endpoint) =>
            retentions.TryGetValue(endpoint, out var known) ? known.Retention : LogSpec.DefaultRetention;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _sweptAt = time.GetTimestamp();
        return Rounds.RunAsync(RollInterval, time, RoundAsync, failure =>
        {
            // The bucket has said so in the log, once; the next round goes on.
            if (failure is not BucketException)
                log.RoundFailed(failure);
        }, stoppingToken);
    }

    private async Task RoundAsync(CancellationToken stopping)
    {
        await store.RollAsync(stopping);
        if (Directory.Exists(Path.GetDirectoryName(store.Log.Folder)))
            await forgetting.ApplyAsync(stopping);
        await FollowAsync(stopping);
        if (time.GetElapsedTime(_sweptAt) < SweepInterval)
            return;
        _sweptAt = time.GetTimestamp();
        await SweepAsync(stopping);
        await store.MergeAsync(DateOnly.FromDateTime((time.GetUtcNow() - MergeAfter).UtcDateTime), stopping);
        await KeepOthersAsync(stopping);
    }

    /// <summary>Has the bucket follow; while it is away what is local is kept in order all the same.</summary>
    private async Task FollowAsync(CancellationToken cancellation)
    {
        try
        {
            if (shared is not null)
                await shared.SyncAsync(null, cancellation);
        }
        catch (BucketException)
        {
            // The bucket has said so in the log, once.
        }
    }

    /// <summary>Sees to the tables in the bucket that nobody else sees to, and to the copies of them here.</summary>
    internal async Task KeepOthersAsync(CancellationToken cancellation)
    {
        if (shared is null || gone is null)
            return;
        await shared.ManifestsAsync(cancellation);
        var retentions = await RetentionsAsync(cancellation);
        var now = time.GetUtcNow();
        await gone.KeepAsync(
            table => NewestIn(table) <= now - (retentions.TryGetValue(table.Endpoint, out var known)
                ? known.Retention
                : LogSpec.DefaultRetention),
            ids => forgetting.RemoveJoinedAsync(ids, cancellation), cancellation);
    }

    /// <summary>No row of a table is newer: files are closed at an age, and records written at once.</summary>
    private static DateTimeOffset NewestIn(RecordTable table) =>
        long.TryParse(table.Source, NumberStyles.None, CultureInfo.InvariantCulture, out var opened)
            ? Instants.FromMicroseconds(opened) + RecordLog.MaxFileAge + TimeSpan.FromMinutes(1)
            : new DateTimeOffset(table.Day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>
    /// The retentions by endpoint, of deleted ones too; where an endpoint has no <c>log:</c> any more, the last it had.
    /// </summary>
    private Task<Dictionary<int, (string Name, TimeSpan Retention)>> RetentionsAsync(CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var found = new Dictionary<int, (string, TimeSpan)>();
            foreach (var row in await db.Endpoints.ToListAsync(cancellation))
            {
                var log = StoredJson.Read<EndpointSpec>(row.Spec).Log
                    ?? await LastAsync(db, row.Number, cancellation);
                if (log is not null)
                    found.Add(row.Number, (row.Name, log.Retention));
            }

            return found;
        }, cancellation);

    private static async Task<LogSpec?> LastAsync(
        FairleadDbContext db, int endpoint, CancellationToken cancellation)
    {
        var specs = db.EndpointHistory.Where(row => row.Endpoint == endpoint && row.Spec != null)
            .OrderByDescending(row => row.Id).Select(row => row.Spec!).AsAsyncEnumerable();
        await foreach (var spec in specs.WithCancellation(cancellation))
        {
            if (StoredJson.Read<EndpointSpec>(spec).Log is { } log)
                return log;
        }

        return null;
    }
}
