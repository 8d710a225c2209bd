using System.Collections.Concurrent;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Routing;

namespace Fairlead.Server.Endpoints;

/// <summary>
/// How far this replica is with each endpoint, as its data plane last said; known at once and without the database.
/// </summary>
internal sealed class LocalPlacements
{
    private readonly ConcurrentDictionary<EndpointName, LocalPlacement> _placements = new();
    private readonly RevisionSignal _changed = new();
    private long _changes;

    public IReadOnlyCollection<LocalPlacement> All => [.. _placements.Values];

    public LocalPlacement? Find(EndpointName endpoint) => _placements.GetValueOrDefault(endpoint);

    public void Accept(PlacementReport report)
    {
        _placements.AddOrUpdate(report.Endpoint,
            static (_, latest) => new LocalPlacement(latest, Serving(latest, 0)),
            static (_, known, latest) => new LocalPlacement(latest, Serving(latest, known.ServingGeneration)),
            report);
        _changed.Publish(Interlocked.Increment(ref _changes));
    }

    /// <summary>Forgets endpoints that are gone; one made anew under the same name begins from nothing.</summary>
    public void Keep(IReadOnlySet<EndpointName> endpoints)
    {
        foreach (var name in _placements.Keys.Where(name => !endpoints.Contains(name)))
            _placements.TryRemove(name, out _);
    }

    /// <summary>
    /// Waits until this replica serves a generation or a later one, or has failed to, or the time is over.
    /// </summary>
    public async Task WaitAsync(
        EndpointName endpoint, long generation, TimeSpan wait, TimeProvider clock, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var seen = _changed.Current;
            var left = wait - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || IsSettled(Find(endpoint), generation))
                return;
            await _changed.WaitAsync(seen, left, clock, cancellation);
        }
    }

    private static bool IsSettled(LocalPlacement? placement, long generation) =>
        placement is not null
        && (placement.ServingGeneration >= generation
            || (placement.Latest.Generation >= generation && placement.Latest.State == PlacementState.Failed));

    private static long Serving(PlacementReport report, long before) =>
        report.State == PlacementState.Serving ? report.Generation : before;
}

/// <summary>The last report about an endpoint, and the generation that serves.</summary>
internal sealed record LocalPlacement(PlacementReport Latest, long ServingGeneration);
