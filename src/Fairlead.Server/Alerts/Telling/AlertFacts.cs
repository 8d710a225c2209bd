using Fairlead.Core.Alerts;
using Fairlead.Server.Alerts.Holding;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Telling;

/// <summary>A firing alert, and what a look needs of it.</summary>
internal sealed record FiringAlert(
    long Id, AlertLabels Labels, IReadOnlyList<string> Receivers, bool IsHeld, bool IsAcked)
{
    public GroupAlert InGroup => new(Id, IsFiring: true, IsHeld, IsAcked);
}

/// <summary>Alerts of one receiver that belong together.</summary>
internal sealed record AlertGroup(Receiver Receiver, AlertLabels Labels)
{
    public List<FiringAlert> Firing { get; } = [];

    public GroupState State { get; init; } = GroupState.New;
}

/// <summary>Everything that a look at who is to be told of what rests on, read in one transaction.</summary>
internal sealed record AlertFacts(
    IReadOnlyDictionary<string, Receiver> Receivers, IReadOnlyList<FiringAlert> Firing,
    IReadOnlyList<AlertGroupRow> Groups, IReadOnlySet<(string Receiver, string Key)> Waiting)
{
    /// <summary>Firing alerts that nobody is told of: they name no receiver that there is.</summary>
    public int ToldToNobody => Firing.Count(alert => !alert.Receivers.Any(Receivers.ContainsKey));

    public static async Task<AlertFacts> ReadAsync(
        FairleadDbContext db, DateTimeOffset now, CancellationToken cancellation)
    {
        var phase = nameof(AlertPhase.Firing);
        var rows = await db.Alerts.Where(row => row.Phase == phase).OrderBy(row => row.Id)
            .Select(row => new { row.Id, row.Labels, row.Receivers, row.AckedAt }).ToListAsync(cancellation);
        var labels = rows.ConvertAll(row => AlertRecords.ReadLabels(row.Labels));
        var held = await HoldingRead.HeldAsync(db, labels, now, cancellation);
        var receivers = await db.Receivers.ToListAsync(cancellation);
        var waiting = await db.AlertDeliveries.Where(row => row.Status == DeliveryStatus.Waiting)
            .Select(row => new { row.Receiver, row.Key }).ToListAsync(cancellation);
        return new AlertFacts(
            receivers.ToDictionary(row => row.Name, Receiver.Of, StringComparer.Ordinal),
            [.. rows.Select((row, i) => new FiringAlert(
                row.Id, labels[i], StoredJson.Read<List<string>>(row.Receivers), !held.Of(labels[i]).IsTold,
                row.AckedAt is not null))],
            await db.AlertGroups.ToListAsync(cancellation),
            waiting.Select(row => (row.Receiver, row.Key)).ToHashSet());
    }

    /// <summary>
    /// The groups to look at: those with something that fires, and those of which something is remembered. While a
    /// message of a group is on its way, the group waits: messages arrive in their order, and never more than one
    /// of them waits.
    /// </summary>
    public IEnumerable<AlertGroup> ToLookAt()
    {
        var groups = new Dictionary<(string, string), AlertGroup>();
        foreach (var row in Groups)
        {
            if (Receivers.TryGetValue(row.Receiver, out var receiver))
            {
                groups[(row.Receiver, row.Key)] = new AlertGroup(receiver, AlertRecords.ReadLabels(row.Labels))
                {
                    State = StoredJson.Read<GroupState>(row.State),
                };
            }
        }

        foreach (var alert in Firing)
        {
            foreach (var name in alert.Receivers.Distinct(StringComparer.Ordinal))
            {
                if (!Receivers.TryGetValue(name, out var receiver))
                    continue;
                var labels = new AlertLabels(receiver.Settings.GroupBy.Distinct(StringComparer.Ordinal)
                    .Select(label => new KeyValuePair<string, string>(label, alert.Labels[label])));
                if (!groups.TryGetValue((name, labels.Fingerprint), out var group))
                    groups[(name, labels.Fingerprint)] = group = new AlertGroup(receiver, labels);
                group.Firing.Add(alert);
            }
        }

        return groups.Where(each => !Waiting.Contains(each.Key)).Select(each => each.Value);
    }
}

/// <summary>Where a message is.</summary>
internal static class DeliveryStatus
{
    /// <summary>It is tried, or tried again.</summary>
    public const string Waiting = "waiting";

    /// <summary>The receiver took it.</summary>
    public const string Delivered = "delivered";

    /// <summary>It was given up.</summary>
    public const string Dropped = "dropped";
}
