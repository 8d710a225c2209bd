using System.Collections.Concurrent;
using System.Globalization;
using Fairlead.Inference.Loading;
using Fairlead.Server.Storage.S3;
using Fairlead.Serving.Records.Tables;

namespace Fairlead.Server.Records.Shared;

/// <summary>What other replicas recorded, for one question.</summary>
/// <param name="Fresh">Files of their append logs, on this machine.</param>
/// <param name="Tables">Names of tables in the question's folder, by endpoint.</param>
/// <param name="Missing">Replicas whose newest records, or all, could not be had.</param>
internal sealed record GatheredRecords(
    IReadOnlyList<string> Fresh, ILookup<int, string> Tables, IReadOnlyList<string> Missing);

/// <summary>
/// Brings together what other replicas recorded: their tables from the bucket, their newest records from themselves.
/// </summary>
internal sealed class OtherRecords(SharedRecords shared, ReplicaCalls calls)
{
    /// <summary>
    /// Lays everything out in a folder. A replica that does not answer is named; its tables are in the answer where the
    /// bucket has them.
    /// </summary>
    /// <param name="folder">The folder of the question.</param>
    /// <param name="endpoints">Numbers of the endpoints that are asked for.</param>
    /// <param name="live">Names of the other replicas that are alive.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<GatheredRecords> GatherAsync(
        string folder, IReadOnlySet<int> endpoints, IReadOnlyList<string> live, CancellationToken cancellation)
    {
        try
        {
            return await TryGatherAsync(folder, endpoints, live, cancellation);
        }
        catch (ArtifactMissingException)
        {
            // A table was merged, or cut, between the list and its turn; the newer list knows the newer one.
            foreach (var left in Directory.GetFiles(folder, "o*"))
                File.Delete(left);
            return await TryGatherAsync(folder, endpoints, live, cancellation);
        }
        catch (Exception unavailable) when (unavailable is BucketException or InvalidDataException)
        {
            return new GatheredRecords([], Array.Empty<int>().ToLookup(each => each, _ => ""), live);
        }
    }

    private async Task<GatheredRecords> TryGatherAsync(
        string folder, IReadOnlySet<int> endpoints, IReadOnlyList<string> live, CancellationToken cancellation)
    {
        // The replicas first, the list after: what is rolled in between is then known by its source, and not twice.
        var asked = await AskAsync(folder, live, cancellation);
        var manifests = (await shared.ManifestsAsync(cancellation)).Select(each => each.Manifest)
            .Where(manifest => manifest.Id != shared.Id)
            .Select(manifest => asked.TryGetValue(manifest.Id, out var fresh) ? fresh.Fresh.Manifest : manifest)
            .ToList();
        var (tables, count) = (new List<(int Endpoint, string Name)>(), 0);
        foreach (var manifest in manifests)
        {
            var fresh = asked.TryGetValue(manifest.Id, out var answer)
                ? answer.Fresh.Files.Select(file => file.Source).ToHashSet()
                : [];
            foreach (var table in manifest.Tables)
            {
                if (!RecordTable.TryParse(table.Name, out var name) || !endpoints.Contains(name.Endpoint)
                    || fresh.Contains(name.Source))
                {
                    continue;
                }

                var file = string.Create(CultureInfo.InvariantCulture, $"o{++count}{RecordTable.Extension}");
                await shared.LayOutAsync(table, folder, file, cancellation);
                tables.Add((name.Endpoint, file));
            }
        }

        var answered = asked.Values.Select(each => each.Fresh.Manifest.Replica).ToHashSet();
        return new GatheredRecords(
            [.. asked.Values.SelectMany(each => each.Paths)],
            tables.ToLookup(table => table.Endpoint, table => table.Name),
            [.. live.Where(name => !answered.Contains(name))]);
    }

    /// <summary>What replicas that are alive and have said where they are answer, by the id of their folder.</summary>
    private async Task<ConcurrentDictionary<string, FetchedRecords>> AskAsync(
        string folder, IReadOnlyList<string> live, CancellationToken cancellation)
    {
        var answers = new ConcurrentDictionary<string, FetchedRecords>();
        var known = (await shared.ManifestsAsync(cancellation))
            .Where(each => each.Manifest.Id != shared.Id && live.Contains(each.Manifest.Replica)
                && each.Manifest.Address is not null)
            .GroupBy(each => each.Manifest.Replica)
            .Select(group => group.MaxBy(each => each.Object.LastPut)!.Manifest);
        await Task.WhenAll(known.Select(async (manifest, i) =>
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"of{i}-");
            var fetched = await calls.FetchAsync(manifest.Address!, folder, prefix, cancellation);
            if (fetched is not null && fetched.Fresh.Manifest.Replica == manifest.Replica)
                answers[fetched.Fresh.Manifest.Id] = fetched;
        }));
        return answers;
    }
}
