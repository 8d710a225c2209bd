using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Inference.Loading;
using Fairlead.Server.Tracking;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Registry;

/// <summary>
/// Removes artifacts that no version, no window, no dataset and no run refers to and that were not uploaded within the
/// grace. Each batch is removed inside a write, so that a registration, which looks for its files inside a write
/// too, either keeps them or is told.
/// </summary>
internal sealed class GarbageCollection(
    IArtifactStore store, ControlPlane control, TrackingTrash trash, ControlPlaneOptions options, TimeProvider time,
    ILogger<GarbageCollection> log)
{
    private const int BatchSize = 100;
    private const int ShownDigests = 1000;

    public async Task<GarbageCollectionInfo> CollectAsync(
        Principal principal, bool dryRun, CancellationToken cancellation)
    {
        // Runs first: what only they refer to is free then.
        if (!dryRun)
            await trash.EmptyAsync(principal, cancellation);
        var before = time.GetUtcNow() - options.GarbageGrace;
        var removed = new List<ArtifactEntry>();
        var batch = new List<ArtifactEntry>(BatchSize);
        await foreach (var artifact in store.ListAsync(cancellation))
        {
            if (artifact.LastPut > before)
                continue;
            batch.Add(artifact);
            if (batch.Count < BatchSize)
                continue;
            removed.AddRange(await CollectAsync(principal, batch, before, dryRun, cancellation));
            batch.Clear();
        }

        if (batch.Count > 0)
            removed.AddRange(await CollectAsync(principal, batch, before, dryRun, cancellation));

        var bytes = removed.Sum(artifact => artifact.Size);
        if (!dryRun && removed.Count > 0)
            log.GarbageCollected(removed.Count, bytes);
        return new GarbageCollectionInfo
        {
            DryRun = dryRun,
            Artifacts = removed.Count,
            Bytes = bytes,
            Digests = [.. removed.Take(ShownDigests).Select(artifact => artifact.Digest.ToString())],
        };
    }

    /// <summary>
    /// Removes artifacts that have served their purpose, without the grace, as far as nothing refers to them and nobody
    /// puts them meanwhile. Whoever has just sent the same bytes to refer to them is told that they are missing.
    /// </summary>
    public async Task ReleaseAsync(
        Principal principal, IEnumerable<ArtifactEntry> artifacts, CancellationToken cancellation)
    {
        foreach (var batch in artifacts.DistinctBy(artifact => artifact.Digest).Chunk(BatchSize))
            await CollectAsync(principal, [.. batch], time.GetUtcNow(), dryRun: false, cancellation);
    }

    private Task<List<ArtifactEntry>> CollectAsync(
        Principal principal, List<ArtifactEntry> batch, DateTimeOffset before, bool dryRun,
        CancellationToken cancellation) =>
        control.WriteAsync(principal, null, async write =>
        {
            var digests = batch.Select(artifact => artifact.Digest.ToString()).ToList();
            var used = await write.Db.VersionFiles.Where(file => digests.Contains(file.Digest))
                .Select(file => file.Digest).Distinct().ToListAsync(write.Cancellation);
            used.AddRange(await write.Db.Windows.Where(window => digests.Contains(window.Digest))
                .Select(window => window.Digest).Distinct().ToListAsync(write.Cancellation));
            used.AddRange(await write.Db.ArtifactPaths
                .Where(path => path.Digest != null && digests.Contains(path.Digest))
                .Select(path => path.Digest!).Distinct().ToListAsync(write.Cancellation));
            used.AddRange(await write.Db.UploadParts.Where(part => digests.Contains(part.Digest))
                .Select(part => part.Digest).Distinct().ToListAsync(write.Cancellation));
            used.AddRange(await write.Db.DatasetVersions.Where(data => digests.Contains(data.Profile!))
                .Select(data => data.Profile!).Distinct().ToListAsync(write.Cancellation));
            var unused = batch.Where(artifact => !used.Contains(artifact.Digest.ToString())).ToList();
            if (dryRun || unused.Count == 0)
                return unused;

            // The files go before the row about it is kept: after a crash in between, less is recorded than was done.
            var removed = new List<ArtifactEntry>();
            foreach (var artifact in unused)
            {
                if (await store.DeleteAsync(artifact.Digest, before, write.Cancellation))
                    removed.Add(artifact);
            }

            if (removed.Count > 0)
            {
                write.Record("artifacts.collect", "artifacts",
                    removed.Select(artifact => new { digest = artifact.Digest.ToString(), artifact.Size }), null);
            }

            return removed;
        }, cancellation, dryRun);
}
