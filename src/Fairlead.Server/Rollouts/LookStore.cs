using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts;

/// <summary>Keeps what every look at every check found, in the transaction of the state that remembers the newest.
/// </summary>
internal static class LookStore
{
    /// <summary>Says whether a look found anything that is to be kept.</summary>
    public static bool HasNews(RolloutState? before, RolloutState after) => News(before, after).Any();

    /// <summary>
    /// Adds the looks that are news and thins those that are too many; the caller saves.
    /// </summary>
    public static async Task AddAsync(
        FairleadDbContext db, long rollout, RolloutState? before, RolloutState after, long at,
        CancellationToken cancellation)
    {
        var news = News(before, after).ToList();
        if (news.Count == 0)
            return;

        // Guards were looked at before the decision moved on; a gate belongs to its own step, which the same decision
        // may have entered.
        var guards = before?.Step ?? after.Step;
        var steps = news.Select(each => RolloutState.ReadKey(each.Check).Step ?? guards).Distinct().ToList();
        var full = await db.RolloutLooks.Where(row => row.Rollout == rollout && steps.Contains(row.Step))
            .GroupBy(row => new { row.Step, row.Check }).Where(group => group.Count() >= LookHistory.MostLooks)
            .Select(group => group.Key).ToListAsync(cancellation);
        foreach (var (check, result) in news)
        {
            var step = RolloutState.ReadKey(check).Step ?? guards;
            if (full.Any(each => each.Step == step && each.Check == check))
                await ThinAsync(db, rollout, step, check, cancellation);
            db.RolloutLooks.Add(new RolloutLookRow
            {
                Rollout = rollout,
                Step = step,
                Check = check,
                At = at,
                Verdict = result.Verdict.ToString(),
                StableUnits = result.StableUnits,
                CandidateUnits = result.CandidateUnits,
                StableValue = StoredJson.Figure(result.Stable),
                CandidateValue = StoredJson.Figure(result.Candidate),
                Estimate = StoredJson.Figure(result.Estimate),
                Low = StoredJson.Figure(result.Low),
                High = StoredJson.Figure(result.High),
                Boundary = StoredJson.Figure(result.Boundary),
                Slice = result.Slice,
            });
        }
    }

    /// <summary>The newest looks of every check of a rollout, oldest first, by the check's key.</summary>
    public static async Task<Dictionary<string, List<RolloutLookRow>>> ReadAsync(
        FairleadDbContext db, long rollout, int most, CancellationToken cancellation)
    {
        var looks = new Dictionary<string, List<RolloutLookRow>>(StringComparer.Ordinal);
        if (most == 0)
            return looks;
        var checks = await db.RolloutLooks.Where(row => row.Rollout == rollout)
            .Select(row => row.Check).Distinct().ToListAsync(cancellation);
        foreach (var check in checks)
        {
            var newest = await db.RolloutLooks.AsNoTracking()
                .Where(row => row.Rollout == rollout && row.Check == check)
                .OrderByDescending(row => row.Id).Take(most).ToListAsync(cancellation);
            newest.Reverse();
            looks.Add(check, newest);
        }

        return looks;
    }

    private static IEnumerable<(string Check, CheckResult Result)> News(RolloutState? before, RolloutState after) =>
        from check in after.Checks
        where LookHistory.IsNews(before?.Checks.GetValueOrDefault(check.Key)?.Latest, check.Value.Latest)
        select (check.Key, check.Value.Latest);

    private static async Task ThinAsync(
        FairleadDbContext db, long rollout, int step, string check, CancellationToken cancellation)
    {
        var ids = await db.RolloutLooks.Where(row => row.Rollout == rollout && row.Step == step && row.Check == check)
            .OrderBy(row => row.Id).Select(row => row.Id).ToListAsync(cancellation);
        var surplus = LookHistory.Surplus(ids.Count + 1).Select(place => ids[place]).ToList();
        await db.RolloutLooks.Where(row => surplus.Contains(row.Id)).ExecuteDeleteAsync(cancellation);
    }
}
