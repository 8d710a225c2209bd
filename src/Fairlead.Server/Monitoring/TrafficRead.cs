using System.Collections.Concurrent;
using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Rollouts;
using Fairlead.Inference.Loading;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>
/// How much every endpoint is asked. Minutes come from the index of windows in one statement; of the windows themselves
/// only the newest of each endpoint is read, once.
/// </summary>
internal sealed class TrafficRead(
    Database database, WindowFiles files, Replica replica, TimeProvider time, RoutingTable? routing = null)
{
    /// <summary>Minutes that are told.</summary>
    public const int Minutes = 60;

    /// <summary>Older minutes say nothing of how an endpoint answers now.</summary>
    private const int FreshMinutes = 5;

    private const string Names = "SELECT number, name FROM endpoints WHERE deleted_at IS NULL ORDER BY name";

    private const string Counts = """
        SELECT endpoint, minute, CAST(SUM(requests) AS bigint), CAST(SUM(failed) AS bigint) FROM windows
        WHERE level = 0 AND minute >= @from GROUP BY endpoint, minute
        """;

    private const string CountsOfOne = """
        SELECT endpoint, minute, CAST(SUM(requests) AS bigint), CAST(SUM(failed) AS bigint) FROM windows
        WHERE level = 0 AND minute >= @from AND minute < @to
            AND endpoint = (SELECT number FROM endpoints WHERE name = @name AND deleted_at IS NULL)
        GROUP BY endpoint, minute
        """;

    private const string Newest = """
        SELECT endpoint, minute, digest FROM windows WHERE level = 0 AND minute >= @from AND answered > 0
        ORDER BY endpoint, minute
        """;

    private readonly ConcurrentDictionary<int, Answered> _answered = new();

    /// <summary>Every endpoint that a caller may see, by name.</summary>
    /// <param name="allowed">The endpoints that the caller is limited to; empty: all.</param>
    public async Task<TrafficInfo> ReadAsync(ImmutableHashSet<string> allowed, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var from = now.ToUnixTimeSeconds() / 60 - Minutes;
        var (names, counts, newest) = await IndexAsync(from, cancellation);
        Forget(names);
        var here = (routing?.Endpoints ?? []).ToDictionary(each => each.Name.ToString(), each => each.Serving);

        var told = new List<EndpointTrafficInfo>();
        foreach (var (number, name) in names.Where(each => allowed.IsEmpty || allowed.Contains(each.Name)))
        {
            var (requests, failed) = (new long[Minutes], new long[Minutes]);
            foreach (var count in counts[number].Where(count => count.Minute < from + Minutes))
            {
                requests[count.Minute - from] = count.Requests;
                failed[count.Minute - from] = count.Failed;
            }

            told.Add(new EndpointTrafficInfo
            {
                Endpoint = name,
                Requests = requests,
                Failed = failed,
                P95 = await P95Async(number, [.. newest[number]], cancellation),
                Variants = here.GetValueOrDefault(name) is { } serving ? Variants(serving) : [],
            });
        }

        return new TrafficInfo
        {
            At = now,
            From = DateTimeOffset.FromUnixTimeSeconds(from * 60),
            Replica = replica.Name,
            Endpoints = told,
        };
    }

    private async Task<(List<(int Number, string Name)>, ILookup<int, Count>, ILookup<int, (long, string)>)> IndexAsync(
        long from, CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var names = await statements.QueryAsync(
            Names, row => (row.GetInt32(0), row.GetString(1)), cancellation);
        var counts = await statements.QueryAsync(
            Counts, row => new Count(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellation, ("from", from));
        var newest = await statements.QueryAsync(
            Newest, row => (Endpoint: row.GetInt32(0), Minute: row.GetInt64(1), Digest: row.GetString(2)),
            cancellation, ("from", from + Minutes - FreshMinutes));
        return (names, counts.ToLookup(row => row.Endpoint),
            newest.ToLookup(row => row.Endpoint, row => (row.Minute, row.Digest)));
    }

    /// <summary>A minute that is over changes no more, so its quantile is computed once.</summary>
    private async Task<double?> P95Async(
        int endpoint, IReadOnlyList<(long Minute, string Digest)> windows, CancellationToken cancellation)
    {
        if (windows.Count == 0)
            return null;
        var minute = windows[^1].Minute;
        var parts = windows.Where(window => window.Minute == minute).Select(window => window.Digest).ToList();
        if (_answered.TryGetValue(endpoint, out var known) && known.Minute == minute && known.Parts == parts.Count)
            return known.P95;

        try
        {
            var sum = new WindowSketch([], (ulong)minute);
            foreach (var digest in parts)
                sum.Merge(await files.GetAsync(digest, cancellation));
            var p95 = sum.Latency.Count == 0 ? (double?)null : sum.Latency.Quantile(0.95);
            _answered[endpoint] = new Answered(minute, parts.Count, p95);
            return p95;
        }
        catch (ArtifactMissingException)
        {
            // Merged into an hour since the index was read; the next look finds another.
            return known?.P95;
        }
    }

    /// <summary>What an endpoint was asked since the first of these minutes in which it was asked anything.</summary>
    public async Task<PresentTraffic> PresentAsync(string endpoint, CancellationToken cancellation)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds() / 60;
        await using var statements = await database.OpenAsync(cancellation);
        var told = await statements.QueryAsync(
            CountsOfOne, row => new Count(row.GetInt32(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3)),
            cancellation, ("from", now - Minutes), ("to", now), ("name", endpoint));
        var asked = told.Where(count => count.Requests > 0).ToList();
        if (asked.Count == 0)
            return default;
        var (requests, minutes) = (asked.Sum(count => count.Requests), now - asked.Min(count => count.Minute));
        return new PresentTraffic(requests / (60.0 * minutes), requests, asked.Sum(count => count.Failed));
    }

    private static List<VariantTrafficInfo> Variants(EndpointServing serving) =>
    [
        .. serving.Variants.Where(variant => !variant.IsShadow).Select(variant => new VariantTrafficInfo(
            variant.Name.ToString(),
            variant.ModelText.Length == 0 ? variant.VersionText : $"{variant.ModelText}/{variant.VersionText}",
            Enum.GetValues<PredictFailure>().Sum(variant.Meter.Count),
            ServerFaults.Of(variant.Meter))),
    ];

    private void Forget(IReadOnlyList<(int Number, string Name)> names)
    {
        var present = names.Select(each => each.Number).ToHashSet();
        foreach (var gone in _answered.Keys.Where(number => !present.Contains(number)))
            _answered.TryRemove(gone, out _);
    }

    private sealed record Count(int Endpoint, long Minute, long Requests, long Failed);

    private sealed record Answered(long Minute, int Parts, double? P95);
}
