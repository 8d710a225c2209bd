using Fairlead.Core.Alerts;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Alerts.Telling;

/// <summary>
/// Sends the messages that are due. An attempt is stored before it is made and its end after, both under the lease: a
/// process that lost the lease makes none, and one that is killed in between makes it again, under the same id.
/// </summary>
internal sealed class AlertAttempts(
    Database database, Messenger messenger, AlertMeter meter, TimeProvider time, ILogger<AlertAttempts> log)
{
    /// <summary>Most messages at once. All have their deadline together, so a slow receiver delays the others by it.
    /// </summary>
    public const int MostAtOnce = 32;

    /// <summary>After this an attempt of which nothing is known is made again: its process was killed.</summary>
    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(1);

    /// <summary>Sends what is due now; how many messages that were.</summary>
    public async Task<int> SendAsync(long token, CancellationToken cancellation)
    {
        var attempts = await BeginAsync(token, cancellation);
        if (attempts.Count == 0)
            return 0;
        var ends = await Task.WhenAll(attempts.Select(async attempt => (
            attempt, await messenger.SendAsync(attempt.Receiver, attempt.Notice, cancellation))));
        await WriteAsync(token, async (db, now) =>
        {
            foreach (var (attempt, end) in ends)
                await EndAsync(db, attempt, end, now, cancellation);
        }, cancellation);
        return attempts.Count;
    }

    /// <summary>Finds what is due and says in the table that it is being tried.</summary>
    private async Task<List<Attempt>> BeginAsync(long token, CancellationToken cancellation)
    {
        List<Attempt> begun = [];
        await WriteAsync(token, async (db, now) =>
        {
            var due = now.ToMicroseconds();
            var rows = await db.AlertDeliveries.AsTracking()
                .Where(row => row.Status == DeliveryStatus.Waiting && row.DueAt <= due)
                .OrderBy(row => row.DueAt).Take(MostAtOnce).ToListAsync(cancellation);
            var names = rows.ConvertAll(row => row.Receiver);
            var receivers = await db.Receivers.Where(row => names.Contains(row.Name))
                .ToDictionaryAsync(row => row.Name, Receiver.Of, cancellation);
            foreach (var row in rows)
            {
                // A receiver that is gone is seen to at the next look.
                if (!receivers.TryGetValue(row.Receiver, out var receiver))
                    continue;
                row.Attempts++;
                row.DueAt = (now + Claim).ToMicroseconds();
                begun.Add(new(row.Id, receiver, StoredJson.Read<Notice>(row.Notice)));
            }
        }, cancellation);
        return begun;
    }

    private async Task EndAsync(
        FairleadDbContext db, Attempt attempt, SendEnd end, DateTimeOffset now, CancellationToken cancellation)
    {
        var row = await db.AlertDeliveries.AsTracking()
            .SingleOrDefaultAsync(each => each.Id == attempt.Delivery, cancellation);
        if (row is not { Status: DeliveryStatus.Waiting })
            return;

        var made = Instants.FromMicroseconds(row.CreatedAt);
        var group = await db.AlertGroups.AsTracking()
            .SingleOrDefaultAsync(each => each.Receiver == row.Receiver && each.Key == row.Key, cancellation);
        var state = group is null ? GroupState.New : StoredJson.Read<GroupState>(group.State);
        row.Why = end.Why;
        if (end.Result == SendResult.Delivered)
        {
            meter.Deliveries.Add(AlertMeter.Delivered);
            state = GroupNotices.Delivered(state, attempt.Notice.Tells!, now);
            Close(row, DeliveryStatus.Delivered, now);
        }
        else if (end.Result == SendResult.TryLater
            && DeliveryRetry.Next(row.Attempts, made, end.RetryAfter, now) is { } next)
        {
            meter.Deliveries.Add(AlertMeter.TriedAgain);
            row.DueAt = next.ToMicroseconds();
        }
        else
        {
            meter.Deliveries.Add(end.Result == SendResult.Refused ? AlertMeter.Refused : AlertMeter.TooLate);
            log.AlertsNotDelivered(row.Receiver, attempt.Notice.Title, row.Attempts, end.Why);
            state = GroupNotices.GivenUp(attempt.Receiver.Policy, state, end.RetryAfter, now);
            Close(row, DeliveryStatus.Dropped, now);
        }

        if (group is not null)
            group.State = StoredJson.Write(state);
    }

    private static void Close(AlertDeliveryRow row, string status, DateTimeOffset now) =>
        (row.Status, row.DueAt, row.EndedAt) = (status, null, now.ToMicroseconds());

    private Task WriteAsync(
        long token, Func<FairleadDbContext, DateTimeOffset, Task> write, CancellationToken cancellation) =>
        database.OperateAsync(async db =>
        {
            var (transaction, _) = await db.BeginWriteAsync(cancellation);
            await using var ended = transaction;
            await Lease.FenceAsync(db, token, cancellation);
            await write(db, time.GetUtcNow());
            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }, cancellation);

    private sealed record Attempt(long Delivery, Receiver Receiver, Notice Notice);
}
