using System.Collections.Concurrent;
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
/// <para>
/// A receiver that is slow holds up nobody else: each attempt's end is stored as it comes, a receiver has a few places
/// and no more, and a round goes on while attempts of the one before are still under way.
/// </para>
/// </summary>
internal sealed class AlertAttempts(
    Database database, Messenger messenger, AlertMeter meter, TimeProvider time, ILogger<AlertAttempts> log)
{
    /// <summary>Most messages at once.</summary>
    public const int MostAtOnce = 32;

    /// <summary>Most messages to one receiver at once.</summary>
    public const int MostOfReceiver = 4;

    /// <summary>Most messages that are looked through for those that have a place.</summary>
    public const int MostLookedAt = 1000;

    /// <summary>After this an attempt of which nothing is known is made again.</summary>
    private static readonly TimeSpan ClaimLife = TimeSpan.FromMinutes(1);

    /// <summary>How long a round waits for its attempts; what takes longer goes on beside the next one.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, string> _underWay = new();

    /// <summary>Begins to send what is due now, and waits for a while; how many messages that were.</summary>
    public async Task<int> SendAsync(long token, CancellationToken cancellation)
    {
        var attempts = await BeginAsync(token, cancellation);
        if (attempts.Count == 0)
            return 0;
        var all = Task.WhenAll(attempts.Select(attempt => MakeAsync(token, attempt, cancellation)));
        await Task.WhenAny(all, Task.Delay(Patience, time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        return attempts.Count;
    }

    /// <summary>One attempt, from the message to its stored end; it never throws, for nobody may be waiting.</summary>
    private async Task MakeAsync(long token, Attempt attempt, CancellationToken cancellation)
    {
        try
        {
            var end = await messenger.SendAsync(attempt.Receiver, attempt.Notice, cancellation);
            await WriteAsync(token, (db, now) => EndAsync(db, attempt, end, now, cancellation), cancellation);
        }
        catch (LeaseLostException lost)
        {
            log.TellingFenced(lost.Message);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            log.TellingFailed(failure.Message);
        }
        catch (OperationCanceledException)
        {
            // The end of the process: whoever comes next makes the attempt again.
        }
        finally
        {
            _underWay.TryRemove(attempt.Delivery, out _);
        }
    }

    /// <summary>Finds what is due and says in the table that it is being tried.</summary>
    private async Task<List<Attempt>> BeginAsync(long token, CancellationToken cancellation)
    {
        List<Attempt> begun = [];
        await WriteAsync(token, async (db, now) =>
        {
            // What a process began that has lost the lease since, or has ended, is due at once.
            var due = now.ToMicroseconds();
            var rows = await db.AlertDeliveries.AsTracking()
                .Where(row => row.Status == DeliveryStatus.Waiting
                    && (row.DueAt <= due || (row.Claim != null && row.Claim != token)))
                .OrderBy(row => row.DueAt).Take(MostLookedAt).ToListAsync(cancellation);
            rows = WithAPlace(rows);
            var names = rows.ConvertAll(row => row.Receiver);
            var receivers = await db.Receivers.Where(row => names.Contains(row.Name))
                .ToDictionaryAsync(row => row.Name, Receiver.Of, cancellation);
            foreach (var row in rows)
            {
                // A receiver that is gone is seen to at the next look.
                if (!receivers.TryGetValue(row.Receiver, out var receiver))
                    continue;
                row.Attempts++;
                (row.Claim, row.DueAt) = (token, (now + ClaimLife).ToMicroseconds());
                begun.Add(new(row.Id, receiver, StoredJson.Read<Notice>(row.Notice)));
            }
        }, cancellation);
        foreach (var attempt in begun)
            _underWay[attempt.Delivery] = attempt.Receiver.Name;
        return begun;
    }

    /// <summary>Of what is due the first for which there is a place, and which is not under way here already.</summary>
    private List<AlertDeliveryRow> WithAPlace(List<AlertDeliveryRow> due)
    {
        var taken = _underWay.Values.CountBy(name => name).ToDictionary();
        var free = MostAtOnce - taken.Values.Sum();
        var chosen = new List<AlertDeliveryRow>();
        foreach (var row in due)
        {
            var ofReceiver = taken.GetValueOrDefault(row.Receiver);
            if (chosen.Count >= free || ofReceiver >= MostOfReceiver || _underWay.ContainsKey(row.Id))
                continue;
            taken[row.Receiver] = ofReceiver + 1;
            chosen.Add(row);
        }

        return chosen;
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
        (row.Why, row.Claim) = (end.Why, null);
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
        Lease.WriteAsync(database, token, db => write(db, time.GetUtcNow()), cancellation);

    private sealed record Attempt(long Delivery, Receiver Receiver, Notice Notice);
}
