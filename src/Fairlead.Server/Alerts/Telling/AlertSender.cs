using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Alerts.Telling;

/// <summary>
/// Tells people of alerts, where the rollouts are run: one replica at a time. Nothing is remembered between two
/// rounds.
/// </summary>
internal sealed class AlertSender(
    Database database, Replica replica, AlertLooks looks, AlertAttempts attempts, AlertMeter meter,
    TimeProvider time, ILogger<AlertSender> log) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>How long messages that are over are kept, and silences.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>How long alerts of monitors that went are kept.</summary>
    private static readonly TimeSpan EndedKept = TimeSpan.FromDays(1);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset _swept = DateTimeOffset.MinValue;

    /// <summary>One round, if it is this process's turn.</summary>
    public async Task RoundAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (await FindWorkAsync(cancellation) is not { } token)
                return;
            await looks.LookAsync(token, cancellation);
            await attempts.SendAsync(token, cancellation);
            await SweepAsync(cancellation);
        }
        catch (LeaseLostException lost)
        {
            log.TellingFenced(lost.Message);
        }
        finally
        {
            _one.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(
        Interval, time, RoundAsync, failure => log.TellingFailed(failure.Message), stoppingToken);

    /// <summary>
    /// The lease's token, if this process has it and there may be something to tell. Asked by plain statements: most
    /// installations have nothing to tell most of the time.
    /// </summary>
    private async Task<long?> FindWorkAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        var token = await statements.NumberAsync(
            "SELECT token FROM leases WHERE name = @name AND holder = @holder", cancellation,
            ("name", Lease.Rollouts), ("holder", replica.Name));
        var counts = token is null ? [] : await statements.QueryAsync(
            "SELECT phase, severity, COUNT(*) FROM alerts GROUP BY phase, severity",
            row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), cancellation);
        meter.Present(counts);
        if (token is null)
            return null;
        var remembered = counts.Count > 0 ? 1 : await statements.NumberAsync(
            "SELECT (SELECT COUNT(*) FROM alert_groups) + (SELECT COUNT(*) FROM alert_deliveries)", cancellation);
        return remembered > 0 ? token : null;
    }

    /// <summary>Lets go of what is past its life.</summary>
    private async Task SweepAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - _swept < SweepInterval)
            return;
        _swept = now;
        var (old, ended) = ((now - Kept).ToMicroseconds(), (now - EndedKept).ToMicroseconds());
        await database.OperateAsync(async db =>
        {
            await db.AlertDeliveries.Where(row => row.EndedAt < old).ExecuteDeleteAsync(cancellation);
            await db.Silences.Where(row => row.EndsAt < old).ExecuteDeleteAsync(cancellation);
            await db.Alerts.Where(row => row.EndedAt < ended).ExecuteDeleteAsync(cancellation);
        }, cancellation);
    }
}
