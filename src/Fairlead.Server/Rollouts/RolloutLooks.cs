using System.Collections.Immutable;
using Fairlead.Core.Access;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Rollouts;

/// <summary>
/// One look at one rollout: its figures, the decision, and what comes of it in one transaction. A decision without
/// consequences stores only what the checks saw and the clocks.
/// </summary>
internal sealed class RolloutLooks(
    ControlPlane control, Database database, IRolloutFigures figures, RolloutMeter meter, TimeProvider time,
    ILogger<RolloutLooks> log)
{
    /// <summary>Who the audit log and the history name for what the controller does.</summary>
    public static readonly Principal Controller = new("rollout-controller", Role.Admin);

    /// <summary>Longest wait for the figures of one rollout.</summary>
    public static readonly TimeSpan FiguresDeadline = TimeSpan.FromSeconds(5);

    /// <summary>Where only clocks moved, they are stored no more often than this.</summary>
    private static readonly TimeSpan ClocksInterval = TimeSpan.FromSeconds(3);

    /// <summary>Looks; true when something was decided and kept.</summary>
    /// <param name="due">The rollout with its facts.</param>
    /// <param name="token">The lease's token, without which nothing is written.</param>
    public async Task<bool> LookAsync(DueRollout due, long token, CancellationToken cancellation)
    {
        var (plan, state) = RolloutStore.Read(due.Row);
        var known = await FiguresAsync(due.Row, plan, state, cancellation);
        var now = time.GetUtcNow();
        var decision = RolloutMachine.Decide(plan, state, new RolloutFacts
        {
            Replicas = due.Replicas,
            Checks = known.Checks,
            Rewards = known.Rewards,
            Mismatch = known.Mismatch,
        }, now);
        if (decision.Events.Length > 0 || decision.Routes || decision.Promotes)
            return await KeepAsync(due.Row, plan, decision, token, cancellation);

        if (IsWorthStoring(due.Row, state, decision.State))
            await StoreAsync(due.Row, plan, state, decision.State, token, now, cancellation);
        return false;
    }

    private async Task<RolloutFigures> FiguresAsync(
        RolloutRow row, RolloutPlan plan, RolloutState state, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(FiguresDeadline);
        try
        {
            // A source that does not listen to its deadline must not hold the rollout either.
            return await figures.ReadAsync(new RolloutSubject(row.Id, row.Endpoint, plan, state), deadline.Token)
                .WaitAsync(FiguresDeadline, time, cancellation);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            meter.FigureFailed();
            log.FiguresFailed(row.Id, row.Name, failure.Message);
            return Failed(plan, state, failure);
        }
    }

    /// <summary>Every check that would be looked at says why it could not be.</summary>
    private static RolloutFigures Failed(RolloutPlan plan, RolloutState state, Exception failure)
    {
        var why = new CheckFacts { Error = $"the figures could not be read: {failure.Message}" };
        var step = state.Step >= 0 && state.Step < plan.Steps.Length ? plan.Steps[state.Step] as AnalyseStep : null;
        return new RolloutFigures
        {
            Checks = state.Alive(plan).SelectMany(candidate => plan.Guards
                    .Select(guard => RolloutState.KeyOf(null, guard.Name, candidate.Name))
                    .Concat((step?.Checks ?? [])
                        .Select(check => RolloutState.KeyOf(state.Step, check.Name, candidate.Name))))
                .ToImmutableDictionary(key => key, _ => why),
        };
    }

    private Task<bool> KeepAsync(
        RolloutRow seen, RolloutPlan plan, RolloutDecision decision, long token, CancellationToken cancellation) =>
        control.WriteAsync(Controller, Reason(seen, decision), async write =>
        {
            await Lease.FenceAsync(write.Db, token, write.Cancellation);
            var row = await write.Db.Rollouts.SingleAsync(each => each.Id == seen.Id, write.Cancellation);

            // Somebody commanded something meanwhile: what was decided here was about another state.
            if (row.Revision != seen.Revision)
                return false;
            await RolloutStore.KeepAsync(write, row, plan, decision, "look", byHand: false);
            return true;
        }, cancellation);

    private Task StoreAsync(
        RolloutRow seen, RolloutPlan plan, RolloutState before, RolloutState after, long token, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var (text, due) = (StoredJson.Write(after), RolloutSchedule.Next(plan, after, now)?.ToMicroseconds());
        return database.OperateAsync(async db =>
        {
            await using var transaction = LookStore.HasNews(before, after)
                ? await db.Database.BeginTransactionAsync(cancellation)
                : null;
            var stored = await db.Rollouts
                .Where(row => row.Id == seen.Id && row.Revision == seen.Revision
                    && db.Leases.Any(lease => lease.Name == Lease.Rollouts && lease.Token == token))
                .ExecuteUpdateAsync(row => row
                    .SetProperty(each => each.State, text)
                    .SetProperty(each => each.DueAt, due)
                    .SetProperty(each => each.Revision, each => each.Revision + 1), cancellation);
            if (transaction is null || stored == 0)
                return;
            await LookStore.AddAsync(db, seen.Id, before, after, now.ToMicroseconds(), cancellation);
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(CancellationToken.None);
        }, cancellation);
    }

    private static bool IsWorthStoring(RolloutRow row, RolloutState before, RolloutState after) =>
        after.LookedAt - before.LookedAt >= ClocksInterval
        || StoredJson.Write(WithoutClocks(before)) != StoredJson.Write(WithoutClocks(after))
        || (after.Followed && row.DueAt <= after.LookedAt.ToMicroseconds());

    private static RolloutState WithoutClocks(RolloutState state) =>
        state with { LookedAt = default, Observed = default };

    private static string Reason(RolloutRow row, RolloutDecision decision)
    {
        var text = $"rollout {row.Id}: {string.Join("; ", decision.Events.Select(each => each.Text))}";
        return text.Length > TextRules.MaxReason ? text[..TextRules.MaxReason] : text;
    }
}
