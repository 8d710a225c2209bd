using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Models;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>The rollouts that a version took part in, and what became of it there.</summary>
internal static class VersionRollouts
{
    /// <summary>Most that are shown of a version, newest first.</summary>
    public const int Most = 50;

    /// <summary>Remembers for ever which versions a rollout is about; deleting a version leaves it.</summary>
    public static void Remember(WriteScope write, long rollout, RolloutPlan plan) =>
        write.Db.RolloutVersions.AddRange(plan.Candidates.Select(candidate => candidate.Version)
            .Append(plan.StableVersion).Distinct().Select(version => new RolloutVersionRow
            {
                Rollout = rollout,
                Model = version.Model.ToString(),
                Version = version.Number,
            }));

    /// <summary>Reads those that the caller may see.</summary>
    public static async Task<IReadOnlyList<VersionRolloutInfo>> ReadAsync(
        FairleadDbContext db, VersionId id, Principal caller, CancellationToken cancellation)
    {
        var (model, allowed) = (id.Model.ToString(), caller.Endpoints.ToList());
        var found = db.RolloutVersions.Where(each => each.Model == model && each.Version == id.Number)
            .Join(db.Rollouts.AsNoTracking(), each => each.Rollout, row => row.Id, (_, row) => row);
        if (allowed.Count > 0)
            found = found.Where(row => allowed.Contains(row.Name));
        var rows = await found.OrderByDescending(row => row.Id).Take(Most).ToListAsync(cancellation);
        return [.. rows.SelectMany(row => Infos(row, id))];
    }

    private static IEnumerable<VersionRolloutInfo> Infos(RolloutRow row, VersionId id)
    {
        var (plan, state) = RolloutStore.Read(row);
        var ended = Instants.FromMicroseconds(row.EndedAt);
        if (plan.StableVersion == id)
            yield return Info(row, plan, state, "stable", null, RolloutOutcomes.OfStable(plan, state, ended));
        foreach (var candidate in plan.Candidates.Where(each => each.Version == id))
        {
            yield return Info(row, plan, state, "candidate", candidate,
                RolloutOutcomes.OfCandidate(plan, state, candidate.Name, ended));
        }
    }

    private static VersionRolloutInfo Info(
        RolloutRow row, RolloutPlan plan, RolloutState state, string role, Candidate? candidate,
        VersionOutcome outcome) => new()
        {
            Rollout = row.Id,
            Endpoint = row.Name,
            Role = role,
            Outcome = RolloutViews.Words(outcome.Outcome),
            StartedAt = Instants.FromMicroseconds(row.StartedAt),
            DecidedAt = outcome.At,
            Why = outcome.Why,
            DecidedBy = outcome.Check is { } key && state.Checks.GetValueOrDefault(key)?.Latest is { } result
                ? CheckViews.Of(plan, key, result)
                : null,
            Checks = candidate is null ? [] : [.. CheckViews.Of(plan, state.ResultsOf(candidate.Name))],
            Author = row.Author,
        };
}
