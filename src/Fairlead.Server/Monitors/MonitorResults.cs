using Fairlead.Core.Monitors;
using Fairlead.Server.Alerts;
using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Monitors;

/// <summary>Keeps what a look found: the monitor's row, the look and its alerts, in one transaction.</summary>
internal sealed class MonitorResults(Database database, AlertStore alerts, ILogger<MonitorResults> log)
{
    /// <summary>Most findings that are kept of a look, the gravest first.</summary>
    public const int MostFindings = 1000;

    /// <summary>
    /// Keeps a result; false where nothing was kept, because the monitor is another one by now or the lease is another
    /// process's.
    /// </summary>
    /// <param name="monitor">The monitor that looked.</param>
    /// <param name="result">What it found.</param>
    /// <param name="token">The lease's token when the look began.</param>
    /// <param name="now">When that was.</param>
    /// <param name="cancellation">Ends the write.</param>
    public async Task<bool> KeepAsync(
        DueMonitor monitor, LookResult result, long token, DateTimeOffset now, CancellationToken cancellation)
    {
        var kept = false;
        try
        {
            await Lease.WriteAsync(database, token, async db =>
                kept = await TryKeepAsync(db, monitor, result, now, cancellation), cancellation);
        }
        catch (LeaseLostException lost)
        {
            log.MonitorFenced(monitor.Name, lost.Message);
            return false;
        }

        return kept;
    }

    private async Task<bool> TryKeepAsync(
        FairleadDbContext db, DueMonitor monitor, LookResult result, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var row = await db.Monitors.SingleOrDefaultAsync(each => each.Id == monitor.Id, cancellation);
        if (row is null || row.Revision != monitor.Revision)
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
