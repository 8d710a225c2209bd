using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;
using Fairlead.Serving.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Status;

/// <summary><c>/api/v1/status</c>; answered with the database gone, too.</summary>
internal static class StatusApi
{
    public static void MapStatus(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/status", GetAsync).Demands(Role.Viewer)
            .Described("status", "status", "The installation and its replicas");

    private static async Task<Ok<ServerStatus>> GetAsync(
        HttpContext context, Database database, Replica replica, EndpointViews views, Keyring keyring,
        ControlPlaneOptions options, IServiceProvider services, TimeProvider time, CancellationToken cancellation)
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
            Artifacts = Artifacts(services),
            Replica = replica.Name,
            AccessControl = keyring.IsRequired,
            StartedAt = replica.StartedAt,
            UptimeSeconds = (time.GetUtcNow() - replica.StartedAt).TotalSeconds,
            Threads = services.GetService<ThreadPlan>() is { } plan
                ? new ThreadPlanInfo(plan.Processors, plan.ConcurrentRuns, plan.PoolThreads)
                : null,
            Loaded = Loaded(services),
            Settings = context.Caller().Role == Role.Admin
                ? SettingsInForce.Of(services.GetService<ServeOptions>(), options)
                : [],
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

    private static ArtifactStorageInfo Artifacts(IServiceProvider services) =>
        services.GetRequiredService<IArtifactStore>() is BucketArtifactStore store
            ? new ArtifactStorageInfo
            {
                Kind = "bucket",
                Location = store.Bucket.Name,
                Reachable = store.Bucket.Fault is null,
                Fault = store.Bucket.Fault,
                CachedBytes = store.Cache.Bytes,
                CacheBytes = store.Cache.Bound,
            }
            : new ArtifactStorageInfo { Kind = "folder" };

    /// <summary>A control plane may stand without a data plane.</summary>
    private static IReadOnlyList<LoadedVersionInfo> Loaded(IServiceProvider services) =>
        services.GetService<PlacedVersions>() is not { } versions
            ? []
            : [.. versions.Loaded.Select(loaded => new LoadedVersionInfo
            {
                Model = loaded.Version.Id.Model.ToString(),
                Version = loaded.Version.Id.Number,
                ThreadsPerRun = loaded.ThreadsPerRun,
                ResidentBytes = loaded.Version.AccountedBytes,
            }).OrderBy(loaded => loaded.Model, StringComparer.Ordinal).ThenBy(loaded => loaded.Version)];
}
