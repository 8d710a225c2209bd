using System.Collections.Immutable;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>A rollout that has to be looked at, and how far each live replica is with its endpoint.</summary>
internal sealed record DueRollout(RolloutRow Row, ImmutableArray<ReplicaFacts> Replicas);

/// <summary>What a pass of the controller finds.</summary>
/// <param name="Due">The rollouts that are due, the longest overdue first.</param>
/// <param name="NextAt">When the next one is due; null when none is waiting.</param>
internal sealed record RolloutPass(IReadOnlyList<DueRollout> Due, DateTimeOffset? NextAt);

/// <summary>Gathers the facts of all rollouts that are due, once and from one moment.</summary>
internal sealed class RolloutFactsRead(Database database, EndpointViews views)
{
    /// <summary>Most rollouts of one pass; the others are still due at the next.</summary>
    public const int MaxDue = 1000;

    public async Task<RolloutPass> ReadAsync(DateTimeOffset horizon, CancellationToken cancellation)
    {
        var next = await NextAsync(cancellation);
        return next is null || next > horizon.ToMicroseconds()
            ? new RolloutPass([], Instants.FromMicroseconds(next))
            : await database.ReadAsync(db => ReadAsync(db, horizon.ToMicroseconds(), cancellation), cancellation);
    }

    /// <summary>When the next rollout is due; most of the time none is, and nothing more needs to be read.</summary>
    private async Task<long?> NextAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync("SELECT min(due_at) FROM rollouts WHERE ended_at IS NULL", cancellation);
    }

    private async Task<RolloutPass> ReadAsync(FairleadDbContext db, long horizon, CancellationToken cancellation)
    {
        var rows = await db.Rollouts.Where(row => row.EndedAt == null && row.DueAt <= horizon)
            .OrderBy(row => row.DueAt).Take(MaxDue).ToListAsync(cancellation);
        var next = await db.Rollouts.Where(row => row.EndedAt == null && row.DueAt > horizon)
            .MinAsync(row => row.DueAt, cancellation);
        if (rows.Count == 0)
            return new RolloutPass([], Instants.FromMicroseconds(next));

        var live = (await db.Replicas.ToListAsync(cancellation)).Where(views.IsLive)
            .Select(replica => replica.Name).ToList();
        var endpoints = rows.Select(row => row.Endpoint).ToList();
        var placements = (await db.Placements.Where(each => endpoints.Contains(each.Endpoint))
            .ToListAsync(cancellation)).ToLookup(each => each.Endpoint);
        return new RolloutPass(
            [.. rows.Select(row => new DueRollout(row, [.. Replicas(live, placements[row.Endpoint])]))],
            Instants.FromMicroseconds(next));
    }

    /// <summary>A live replica that has said nothing of the endpoint yet follows nothing yet.</summary>
    private static IEnumerable<ReplicaFacts> Replicas(List<string> live, IEnumerable<PlacementRow> placements)
    {
        var known = placements.ToDictionary(each => each.Replica);
        foreach (var name in live)
        {
            if (!known.TryGetValue(name, out var placement))
                yield return new ReplicaFacts(name, 0);
            else if (placement.State == "failed")
                yield return new ReplicaFacts(
                    name, placement.ServingGeneration, placement.Generation, placement.Why);
            else
                yield return new ReplicaFacts(name, placement.ServingGeneration);
        }
    }
}
