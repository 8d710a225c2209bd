using Fairlead.Core.Monitors;
using Fairlead.Server.Alerts;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitors;

/// <summary>Keeps what a look found: the monitor's row, the look and its alerts, in one transaction.</summary>
internal sealed class MonitorResults(Database database, AlertStore alerts, Replica replica)
{
    /// <summary>Most findings that are kept of a look, the gravest first.</summary>
    public const int MostFindings = 1000;

    /// <summary>
    /// Keeps a result; false where nothing was kept, because the monitor is another one by now or somebody else holds
    /// the lease.
    /// </summary>
    public async Task<bool> KeepAsync(
        DueMonitor monitor, LookResult result, DateTimeOffset now, CancellationToken cancellation)
    {
        var kept = false;
        await database.OperateAsync(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            kept = await TryKeepAsync(db, monitor, result, now, cancellation);
            if (!kept)
                return;
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(CancellationToken.None);
        }, cancellation);
        return kept;
    }

    private async Task<bool> TryKeepAsync(
        FairleadDbContext db, DueMonitor monitor, LookResult result, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var isOurs = await db.Leases.AnyAsync(
            row => row.Name == Lease.Rollouts && row.Holder == replica.Name, cancellation);
        var row = await db.Monitors.SingleOrDefaultAsync(each => each.Id == monitor.Id, cancellation);
        if (!isOurs || row is null || row.Revision != monitor.Revision)
            return false;

        var findings = result.Findings.OrderByDescending(finding => finding.Reading.Sign)
            .Take(MostFindings).ToList();
        var sign = MonitorFinding.Gravest(findings);
        row.LookedAt = now.ToMicroseconds();
        row.DueAt = NextAfter(now, monitor.Spec.Every).ToMicroseconds();
        row.Memory = result.Memory;
        row.State = MonitorViews.Word(sign);
        row.Findings = StoredJson.Write(findings);
        db.MonitorLooks.Add(new MonitorLookRow
        {
            Monitor = row.Id,
            At = row.LookedAt.Value,
            State = row.State,
            Findings = StoredJson.Write(findings.Select(MonitorViews.Brief)),
        });
        await alerts.TakeAsync(
            db, new AlertSource(row.Id, row.Name, monitor.Spec.Alert.Policy, monitor.Spec.Alert.Notify),
            [.. findings.Select(finding => new AlertSubject(finding.Labels(monitor.Spec), finding.Reading))], now,
            cancellation);
        return true;
    }

    /// <summary>
    /// The next multiple of the interval: a monitor looks at the same moments whatever happened between, and a look
    /// that was missed is not made up for.
    /// </summary>
    private static DateTimeOffset NextAfter(DateTimeOffset now, TimeSpan every) =>
        new((now.UtcTicks / every.Ticks + 1) * every.Ticks, TimeSpan.Zero);
}
