using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary>Reads the wishes of all endpoints from the tables.</summary>
internal static class RoutingRead
{
    /// <summary>
    /// Whether a snapshot that an earlier start kept says what the tables say now. The salts, which are drawn at
    /// random, tell a copy that comes from another database.
    /// </summary>
    public static async Task<bool> IsNewestAsync(
        Database database, RoutingSnapshot copy, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        await statements.BeginReadAsync(cancellation);
        if (await statements.NumberAsync("SELECT routing_revision FROM control", cancellation) != copy.Revision)
            return false;

        var rows = await statements.QueryAsync(
            "SELECT number, generation, salt FROM endpoints WHERE deleted_at IS NULL ORDER BY number",
            row => (row.GetInt32(0), row.GetInt64(1), (ulong)row.GetInt64(2)), cancellation);
        return rows.SequenceEqual(copy.Endpoints.Select(each => (each.Number, each.Generation, each.Salt)));
    }

    public static async Task<RoutingSnapshot> SnapshotAsync(FairleadDbContext db, CancellationToken cancellation)
    {
        var revision = await db.Control.Select(row => row.RoutingRevision).SingleAsync(cancellation);
        var endpoints = await db.Endpoints.Where(row => row.DeletedAt == null).OrderBy(row => row.Number)
            .ToListAsync(cancellation);
        var versions = await VersionsInUseAsync(db, cancellation);
        return new RoutingSnapshot(revision, [.. endpoints.Select(row => Endpoint(row, versions))]);
    }

    private static RoutedEndpoint Endpoint(EndpointRow row, Dictionary<VersionId, RoutedVersion> versions)
    {
        var spec = StoredJson.Read<EndpointSpec>(row.Spec);
        ImmutableArray<RoutedVersion> named =
            [.. spec.Arms.Select(arm => arm.Version).OfType<VersionId>().Distinct().Select(id => versions[id])];
        return new RoutedEndpoint(spec, row.Number, row.Generation, (ulong)row.Salt, named);
    }

    private static async Task<Dictionary<VersionId, RoutedVersion>> VersionsInUseAsync(
        FairleadDbContext db, CancellationToken cancellation)
    {
        var rows = await db.Versions
            .Where(version => db.EndpointUses.Any(use => use.Model == version.Model && use.Version == version.Number))
            .ToListAsync(cancellation);
        return rows.Select(row => new RoutedVersion(
                new VersionId(ModelName.Parse(row.Model), row.Number),
                StoredJson.Read<Manifest>(row.Manifest),
                StoredJson.Read<ProbeReport>(row.Probe)))
            .ToDictionary(version => version.Id);
    }
}
