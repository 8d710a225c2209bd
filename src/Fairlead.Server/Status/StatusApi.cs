using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Status;

/// <summary><c>/api/v1/status</c>; answered with the database gone, too.</summary>
internal static class StatusApi
{
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/status", GetAsync).Demands(Role.Viewer)
            .Described("status", "status", "The installation and its replicas");

    private static async Task<Ok<ServerStatus>> GetAsync(
        Database database, Replica replica, EndpointViews views, Keyring keyring, TimeProvider time,
        CancellationToken cancellation)
    {
        List<ReplicaRow>? rows;
        try
        {
            rows = await database.ReadAsync(
                db => db.Replicas.OrderBy(row => row.Name).ToListAsync(cancellation), cancellation);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            rows = null;
        }

        return TypedResults.Ok(new ServerStatus
        {
            Version = Replica.ProgramVersion,
            Storage = database.Kind,
            StorageReachable = rows is not null,
            Replica = replica.Name,
            AccessControl = keyring.IsRequired,
            StartedAt = replica.StartedAt,
            UptimeSeconds = (time.GetUtcNow() - replica.StartedAt).TotalSeconds,
            Replicas = [.. (rows ?? []).Select(row => new ReplicaInfo
            {
                Name = row.Name,
                Version = row.Version,
                StartedAt = Instants.FromMicroseconds(row.StartedAt),
                HeartbeatAt = Instants.FromMicroseconds(row.HeartbeatAt),
                Live = views.IsLive(row),
            })],
        });
    }
}
