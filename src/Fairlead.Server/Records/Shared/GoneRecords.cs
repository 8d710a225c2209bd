using Fairlead.Core.Access;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Serving.Records.Tables;

namespace Fairlead.Server.Records.Shared;

/// <summary>
/// Sees to the tables of replicas that are gone for good: their retention, and people who are to be forgotten. Whoever
/// runs the rollouts does it. A replica is gone when it has not renewed its manifest for an hour; should it come back
/// after all, its own folder counts again, and it does with that what was done here.
/// </summary>
internal sealed class GoneRecords(
    SharedRecords shared, RecordStore store, ControlPlane control, Database database, DataFolder folder,
    Replica replica, TimeProvider time)
{
    private static readonly TimeSpan GoneAfter = TimeSpan.FromHours(1);

    /// <summary>A table that no manifest names is of a round that ended too early once it is so old.</summary>
    private static readonly TimeSpan OrphanAfter = TimeSpan.FromDays(1);

    private readonly string _folder = Path.Combine(folder.Path, "records", "shared", "gone");
    private readonly Dictionary<string, long> _forgottenIn = [];

    /// <summary>Does what is due, if it is this process's turn.</summary>
    /// <param name="isOld">Says whether a table is past its retention.</param>
    /// <param name="removeJoined">Removes what the database has of these predictions.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task KeepAsync(
        Func<RecordTable, bool> isOld, Func<IEnumerable<string>, Task> removeJoined, CancellationToken cancellation)
    {
        if (await Lease.TokenOfAsync(database, replica, cancellation) is null)
            return;
        await shared.TidyGoneAsync(cancellation);
        foreach (var found in await shared.ManifestsAsync(cancellation))
        {
            if (found.Manifest.Id == shared.Id || time.GetUtcNow() - found.Object.LastPut < GoneAfter)
                continue;
            var kept = await ExpireAsync(found, isOld, cancellation);
            await ForgetAsync(kept, removeJoined, cancellation);
        }

        await shared.SweepAsync(time.GetUtcNow() - OrphanAfter, cancellation);
    }

    private async Task<FoundManifest> ExpireAsync(
        FoundManifest found, Func<RecordTable, bool> isOld, CancellationToken cancellation)
    {
        var old = found.Manifest.Tables
            .Where(table => RecordTable.TryParse(table.Name, out var name) && isOld(name)).ToList();
        if (old.Count == 0)
            return found;

        // Told first: a removal that nobody knows of would be worse than one that is told twice.
        await control.WriteAsync(Principal.Local, "retention", write =>
        {
            write.Record("records.expire", $"replicas/{found.Manifest.Replica}", null, new { Tables = old.Count });
            return Task.FromResult(true);
        }, cancellation);
        IReadOnlyList<SharedTable> left = [.. found.Manifest.Tables.Except(old)];
        await shared.ReplaceAsync(found, left, cancellation);
        return found with { Manifest = found.Manifest with { Tables = left } };
    }

    private async Task ForgetAsync(
        FoundManifest found, Func<IEnumerable<string>, Task> removeJoined, CancellationToken cancellation)
    {
        await store.Forgotten.RefreshAsync(cancellation);
        var done = _forgottenIn.GetValueOrDefault(found.Manifest.Id);
        var open = store.Forgotten.All.Where(subject => subject.Id > done).ToList();
        if (open.Count == 0 || found.Manifest.Tables.Count == 0)
            return;

        var endpoints = open.Select(subject => subject.Endpoint).ToHashSet();
        var tables = new List<SharedTable>();
        foreach (var table in found.Manifest.Tables)
        {
            if (!RecordTable.TryParse(table.Name, out var name) || !endpoints.Contains(name.Endpoint))
                tables.Add(table);
            else if (await CutAsync(table, name, removeJoined, cancellation) is { } left)
                tables.Add(left);
        }

        if (!tables.SequenceEqual(found.Manifest.Tables))
            await shared.ReplaceAsync(found, tables, cancellation);
        _forgottenIn[found.Manifest.Id] = open[^1].Id;
    }

    /// <summary>The table without the rows of those to forget; null when none is left.</summary>
    private async Task<SharedTable?> CutAsync(
        SharedTable table, RecordTable name, Func<IEnumerable<string>, Task> removeJoined,
        CancellationToken cancellation)
    {
        Directory.CreateDirectory(_folder);
        try
        {
            await shared.LayOutAsync(table, _folder, "whole.parquet", cancellation);
            var whole = Path.Combine(_folder, "whole.parquet");
            var ids = TableCut.Find(whole, name.Endpoint, store.Forgotten.Has);
            if (ids.Count == 0)
                return table;

            // Rows of the database that are found by the records go before the records do.
            await removeJoined(ids.OfType<string>().Distinct());
            var cut = Path.Combine(_folder, "cut.parquet");
            return TableCut.Write(whole, cut, name.Endpoint, store.Forgotten.Has) == 0
                ? null
                : await shared.PutTableOfGoneAsync(table.Name, cut, cancellation);
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
