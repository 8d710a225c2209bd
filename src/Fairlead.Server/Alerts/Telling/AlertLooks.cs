using Fairlead.Core.Alerts;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Telling;

/// <summary>
/// Looks who is to be told of what, and stores the messages. What is sent was stored before, so a process that is
/// killed tells nobody twice of the same under another id, and forgets nobody.
/// </summary>
internal sealed class AlertLooks(Database database, AlertMeter meter, TimeProvider time)
{
    /// <summary>Most alerts that a message lists.</summary>
    public const int MostListed = 100;

    /// <summary>Most messages that one look makes; the next look makes the others.</summary>
    public const int MostMessages = 100;

    /// <summary>Looks at all groups.</summary>
    /// <param name="token">The lease's token; whoever lost the lease stores nothing.</param>
    public async Task LookAsync(long token, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var facts = await database.ReadAsync(db => AlertFacts.ReadAsync(db, now, cancellation), cancellation);
        meter.ToldToNobody = facts.ToldToNobody;
        List<(AlertGroup Group, GroupStep Step)> changes = [];
        var messages = 0;
        foreach (var group in facts.ToLookAt())
        {
            var step = GroupNotices.Next(
                group.Receiver.Policy, group.State, [.. group.Firing.Select(alert => alert.InGroup)], now);
            var isMessage = step.Notice is not null;
            if ((isMessage && messages++ < MostMessages) || (!isMessage && !step.State.Equals(group.State)))
                changes.Add((group, step));
        }

        var gone = facts.Groups.Select(row => row.Receiver).Concat(facts.Waiting.Select(each => each.Receiver))
            .Where(name => !facts.Receivers.ContainsKey(name)).Distinct(StringComparer.Ordinal).ToList();
        if (changes.Count == 0 && gone.Count == 0)
            return;

        await Lease.WriteAsync(database, token, async db =>
        {
            foreach (var (group, step) in changes)
                await KeepAsync(db, group, step, now, cancellation);
            foreach (var name in gone)
                await DropAsync(db, name, now, cancellation);
        }, cancellation);
    }

    private static async Task KeepAsync(
        FairleadDbContext db, AlertGroup group, GroupStep step, DateTimeOffset now, CancellationToken cancellation)
    {
        var state = step.State;
        if (step.Notice is { } tells)
        {
            var notice = await NoticeAsync(db, group, tells, cancellation);
            if (notice.Alerts.Count > 0)
                await PutAsync(db, group, notice, now, cancellation);
            else
                state = GroupNotices.Delivered(state, tells, now);
        }

        var (receiver, key) = (group.Receiver.Name, group.Labels.Fingerprint);
        var row = await db.AlertGroups.AsTracking()
            .SingleOrDefaultAsync(each => each.Receiver == receiver && each.Key == key, cancellation);
        if (state.IsEmpty)
        {
            if (row is not null)
                db.AlertGroups.Remove(row);
            return;
        }

        if (row is null)
        {
            row = new AlertGroupRow { Receiver = receiver, Key = key, Labels = AlertRecords.Write(group.Labels) };
            db.AlertGroups.Add(row);
        }

        row.State = StoredJson.Write(state);
    }

    private static async Task PutAsync(
        FairleadDbContext db, AlertGroup group, Notice notice, DateTimeOffset now, CancellationToken cancellation)
    {
        var row = new AlertDeliveryRow
        {
            Token = notice.Token,
            Receiver = group.Receiver.Name,
            Key = group.Labels.Fingerprint,
            Status = DeliveryStatus.Waiting,
            Notice = StoredJson.Write(notice),
            CreatedAt = now.ToMicroseconds(),
            DueAt = now.ToMicroseconds(),
        };
        db.AlertDeliveries.Add(row);
        await db.SaveChangesAsync(cancellation);

        var ids = notice.Tells!.Firing.Concat(notice.Tells.Resolved).ToList();
        var known = await db.Alerts.Where(alert => ids.Contains(alert.Id)).Select(alert => alert.Id)
            .ToListAsync(cancellation);
        var firing = notice.Tells.Firing.ToHashSet();
        foreach (var id in known)
            db.AlertsTold.Add(new AlertToldRow { Alert = id, Delivery = row.Id, IsFiring = firing.Contains(id) });
    }

    private static async Task<Notice> NoticeAsync(
        FairleadDbContext db, AlertGroup group, GroupNotice tells, CancellationToken cancellation)
    {
        var listed = tells.Firing.Concat(tells.Resolved).Take(MostListed).ToList();
        var rows = await db.Alerts.AsNoTracking().Where(row => listed.Contains(row.Id)).ToListAsync(cancellation);
        var phase = nameof(AlertPhase.Firing);
        var began = await db.AlertTransitions.Where(row => listed.Contains(row.Alert) && row.To == phase)
            .GroupBy(row => row.Alert).Select(each => new { each.Key, At = each.Max(row => row.At) })
            .ToDictionaryAsync(each => each.Key, each => each.At, cancellation);
        var firing = tells.Firing.ToHashSet();
        return new Notice
        {
            Receiver = group.Receiver.Name,
            Token = Notices.NewToken(),
            GroupLabels = group.Labels.All.ToDictionary(),
            Firing = tells.Firing.Length,
            Resolved = tells.Resolved.Length,
            Tells = tells,
            Alerts =
            [
                .. rows.OrderByDescending(row => firing.Contains(row.Id)).ThenBy(row => row.Id)
                    .Select(row => Listed(row, firing.Contains(row.Id), began.GetValueOrDefault(row.Id))),
            ],
        };
    }

    private static NoticeAlert Listed(AlertRow row, bool isFiring, long began)
    {
        var state = AlertRecords.StateOf(row);
        return new NoticeAlert
        {
            Fingerprint = row.Fingerprint,
            Labels = AlertRecords.LabelsOf(row).All.ToDictionary(),
            IsFiring = isFiring,
            Phase = state.Phase,
            StartsAt = began > 0 ? Instants.FromMicroseconds(began) : state.Since ?? default,
            EndsAt = isFiring ? null : state.Since,
            Value = StoredJson.Figure(state.Value),
            Why = state.Why,
        };
    }

    /// <summary>The receiver was deleted: what waited for it is dropped.</summary>
    private async Task DropAsync(
        FairleadDbContext db, string receiver, DateTimeOffset now, CancellationToken cancellation)
    {
        await db.AlertGroups.Where(row => row.Receiver == receiver).ExecuteDeleteAsync(cancellation);
        var dropped = await db.AlertDeliveries
            .Where(row => row.Receiver == receiver && row.Status == DeliveryStatus.Waiting)
            .ExecuteUpdateAsync(row => row.SetProperty(each => each.Status, DeliveryStatus.Dropped)
                .SetProperty(each => each.DueAt, (long?)null).SetProperty(each => each.EndedAt, now.ToMicroseconds())
                .SetProperty(each => each.Why, "The receiver was deleted."), cancellation);
        meter.Deliveries.Add(AlertMeter.ReceiverGone, dropped);
    }
}
