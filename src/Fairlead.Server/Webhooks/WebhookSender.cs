using System.Text;
using Fairlead.Core.Webhooks;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Webhooks;

/// <summary>
/// Tells webhooks of events, where the rollouts are run: one replica at a time. Nothing is remembered between two
/// rounds. An attempt is stored before it is made and its end after, so that a process that is killed in between makes
/// it again under the same id.
/// </summary>
internal sealed class WebhookSender(
    Database database, Replica replica, Messenger messenger, WebhookMeter meter, TimeProvider time,
    ILogger<WebhookSender> log) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Messages to one webhook at once; to one that failed before, one.</summary>
    private const int AtOnce = 8;

    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(1);

    /// <summary>How long messages that are over are kept.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);

    private const string Work = """
        SELECT token FROM leases WHERE name = @name AND holder = @holder AND (
            EXISTS (SELECT 1 FROM webhooks WHERE audit_position < (SELECT MAX(id) FROM audit)
                OR alert_position < (SELECT MAX(at) FROM alert_transitions)
                OR @late < (SELECT MAX(at) FROM alert_transitions))
            OR EXISTS (SELECT 1 FROM webhook_deliveries d JOIN webhooks w ON w.name = d.webhook
                WHERE d.status = @waiting AND d.claimed_until <= @now AND w.not_before <= @now))
        """;

    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset _swept;

    /// <summary>One round, if it is this process's turn; how many messages were sent.</summary>
    public async Task<int> RoundAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (await FindWorkAsync(cancellation) is not { } token)
                return 0;
            var attempts = await BeginAsync(token, cancellation);
            var ends = await Task.WhenAll(attempts.Select(async attempt => (attempt, await messenger.PostAsync(
                attempt.Secrets, Encoding.UTF8.GetBytes(attempt.Body), attempt.Token, cancellation))));
            if (ends.Length > 0)
            {
                await WriteAsync(token, async (db, now) =>
                {
                    foreach (var (attempt, end) in ends)
                        await EndAsync(db, attempt, end, now, cancellation);
                }, cancellation);
            }

            await SweepAsync(cancellation);
            return ends.Length;
        }
        catch (LeaseLostException lost)
        {
            log.TellingFenced(lost.Message);
            return 0;
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
        Interval, time, RoundAsync, failure => log.WebhooksNotTold(failure.Message), stoppingToken);

    /// <summary>
    /// The lease's token, if this process has it and something happened that a webhook was not looked at for, or a
    /// message is due. Asked by plain statements: mostly there is nothing, and nobody waits for that.
    /// </summary>
    private async Task<long?> FindWorkAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.NumberAsync(Work, cancellation, ("name", Lease.Rollouts), ("holder", replica.Name),
            ("now", now.ToMicroseconds()), ("waiting", WebhookOutbox.Waiting),
            ("late", (now - WebhookOutbox.Overlap).ToMicroseconds()));
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now - _swept < SweepInterval)
            return;
        _swept = now;
        var old = (now - Kept).ToMicroseconds();
        await database.OperateAsync(
            db => db.Set<WebhookDeliveryRow>().Where(row => row.EndedAt < old).ExecuteDeleteAsync(cancellation),
            cancellation);
    }

    /// <summary>Takes in what happened, and says in the table what is being tried.</summary>
    private async Task<List<Attempt>> BeginAsync(long token, CancellationToken cancellation)
    {
        List<Attempt> begun = [];
        await WriteAsync(token, async (db, now) =>
        {
            var due = now.ToMicroseconds();
            foreach (var webhook in await db.Set<WebhookRow>().AsTracking().OrderBy(row => row.Name)
                .ToListAsync(cancellation))
            {
                await WebhookOutbox.TakeAsync(db, webhook, now, cancellation);
                await db.SaveChangesAsync(cancellation);
                if (webhook.NotBefore > due)
                    continue;
                var rows = await db.Set<WebhookDeliveryRow>().AsTracking()
                    .Where(row => row.Webhook == webhook.Name && row.Status == WebhookOutbox.Waiting
                        && row.ClaimedUntil <= due)
                    .OrderBy(row => row.Id).Take(webhook.Failures > 0 ? 1 : AtOnce).ToListAsync(cancellation);
                foreach (var row in rows)
                {
                    row.Attempts++;
                    row.ClaimedUntil = (now + Claim).ToMicroseconds();
                    begun.Add(new(row.Id, webhook.Name, StoredJson.Read<ReceiverSecrets>(webhook.Secrets), row.Body,
                        row.Token));
                }
            }
        }, cancellation);
        return begun;
    }

    private async Task EndAsync(
        FairleadDbContext db, Attempt attempt, SendEnd end, DateTimeOffset now, CancellationToken cancellation)
    {
        var row = await db.Set<WebhookDeliveryRow>().AsTracking()
            .SingleOrDefaultAsync(each => each.Id == attempt.Delivery, cancellation);
        var webhook = await db.Set<WebhookRow>().AsTracking()
            .SingleOrDefaultAsync(each => each.Name == attempt.Webhook, cancellation);
        if (row is not { Status: WebhookOutbox.Waiting } || webhook is null)
            return;

        (row.Why, row.ClaimedUntil) = (end.Why, 0);
        if (end.Result == SendResult.Delivered)
        {
            meter.Deliveries.Add(WebhookMeter.Delivered);
            (row.Status, row.EndedAt) = (WebhookOutbox.Delivered, now.ToMicroseconds());
            (webhook.Failures, webhook.NotBefore) = (0, 0);
            return;
        }

        webhook.Failures++;
        webhook.NotBefore = (now + WebhookRetry.Pause(webhook.Failures, end.RetryAfter)).ToMicroseconds();
        if (row.Attempts < WebhookRetry.MaxAttempts)
        {
            meter.Deliveries.Add(WebhookMeter.TriedAgain);
            return;
        }

        meter.Deliveries.Add(WebhookMeter.Dead);
        log.WebhookGivenUp(row.Webhook, row.Event, row.Token, row.Attempts, end.Why);
        (row.Status, row.EndedAt) = (WebhookOutbox.Dead, now.ToMicroseconds());
    }

    private Task WriteAsync(
        long token, Func<FairleadDbContext, DateTimeOffset, Task> write, CancellationToken cancellation) =>
        Lease.WriteAsync(database, token, db => write(db, time.GetUtcNow()), cancellation);

    private sealed record Attempt(long Delivery, string Webhook, ReceiverSecrets Secrets, string Body, string Token);
}
