using Fairlead.Core.Alerts;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Alerts;

/// <summary>
/// The alerts of each monitor. Everything is written in the transaction of the caller, who saves: an evaluation is
/// stored whole with what it rests on, or not at all, so a process that is killed loses no change of phase and
/// stores none twice.
/// </summary>
internal sealed class AlertStore(AlertMeter meter, ILogger<AlertStore> log)
{
    /// <summary>Most alerts of one monitor; of what it looked at beyond them the least telling is left out.</summary>
    public const int MostAlerts = 1000;

    /// <summary>Most changes of phase that are kept of an alert, the newest.</summary>
    public const int MostTransitions = 1000;

    /// <summary>How long an alert is kept that nothing speaks of any more and that says nothing.</summary>
    private static readonly TimeSpan KeptUnseen = TimeSpan.FromDays(1);

    /// <summary>
    /// Takes one evaluation in and tells the state of each alert after it. An alert of the monitor that is not among
    /// the subjects has no data; one that says nothing and was not among them for a day is dropped.
    /// </summary>
    public async Task<IReadOnlyList<AlertNow>> TakeAsync(
        FairleadDbContext db, AlertSource source, IReadOnlyList<AlertSubject> subjects, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var rows = await db.Alerts.AsTracking().Where(row => row.Monitor == source.Monitor).OrderBy(row => row.Id)
            .ToListAsync(cancellation);
        var known = rows.ToDictionary(row => row.Fingerprint, row => new Known(row, AlertRecords.StateOf(row)));
        var chosen = Choose(source, subjects, known);

        List<AlertNow> alerts = [];
        foreach (var (labels, readings) in chosen)
        {
            var (row, state) = known.Remove(labels.Fingerprint, out var before)
                ? before
                : new Known(Begin(db, source, labels), AlertState.New);
            (row.SeenAt, row.EndedAt) = (now.ToMicroseconds(), null);
            alerts.Add(new(labels, await AdvanceAsync(db, source, row, state, readings, now, cancellation)));
        }

        foreach (var (row, state) in known.Values.Where(each => each.Row.EndedAt is null)
            .OrderByDescending(each => IsUnderWay(each.State)))
        {
            if (IsOver(row, state, now) || alerts.Count >= MostAlerts)
            {
                db.Alerts.Remove(row);
                continue;
            }

            var labels = AlertRecords.LabelsOf(row);
            alerts.Add(new(labels, await AdvanceAsync(db, source, row, state, [], now, cancellation)));
        }

        return alerts;
    }

    /// <summary>
    /// The monitor is gone, or another one by now. Its firing alerts are resolved and stay for a day, so that whoever
    /// was told of them is told of the end; the others are removed.
    /// </summary>
    public static async Task EndAsync(
        FairleadDbContext db, long monitor, string why, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var row in await db.Alerts.AsTracking().Where(row => row.Monitor == monitor).ToListAsync(cancellation))
        {
            var state = AlertRecords.StateOf(row);
            var at = state.LastAt > now ? state.LastAt.Value : now;
            if (state.Phase == AlertPhase.Resolved)
            {
                // That it is may not have been told yet.
                row.EndedAt ??= at.ToMicroseconds();
                continue;
            }

            if (state.Phase != AlertPhase.Firing)
            {
                db.Alerts.Remove(row);
                continue;
            }

            var end = new AlertTransition(
                state.Transitions + 1, state.Phase, AlertPhase.Resolved, at, double.NaN, why);
            db.AlertTransitions.Add(AlertRecords.Row(row, end));
            AlertRecords.Put(row, state with
            {
                Phase = AlertPhase.Resolved,
                Since = at,
                LastAt = at,
                Why = end.Why,
                Transitions = end.Number,
            });
            row.EndedAt = at.ToMicroseconds();
        }
    }

    /// <summary>
    /// The subjects that fit: those whose alerts are in the middle of something first, for their readings decide how
    /// it goes on; then the most telling ones, those that are known already before new ones.
    /// </summary>
    private List<(AlertLabels Labels, List<AlertReading> Readings)> Choose(
        AlertSource source, IReadOnlyList<AlertSubject> subjects, Dictionary<string, Known> known)
    {
        var all = subjects.GroupBy(subject => subject.Labels)
            .Select(group => (Labels: group.Key, Readings: group.Select(subject => subject.Reading).ToList()))
            .OrderByDescending(each => IsUnderWay(known, each.Labels.Fingerprint))
            .ThenByDescending(each => each.Readings.Max(reading => reading.Sign))
            .ThenByDescending(each => known.ContainsKey(each.Labels.Fingerprint))
            .ThenBy(each => each.Labels.Fingerprint, StringComparer.Ordinal)
            .ToList();

        // Alerts that are under way and were not looked at keep their places too.
        var seen = all.Select(each => each.Labels.Fingerprint).ToHashSet(StringComparer.Ordinal);
        var unseen = known.Count(each => !seen.Contains(each.Key) && IsUnderWay(each.Value));
        var most = Math.Max(0, MostAlerts - unseen);
        if (all.Count <= most)
            return all;
        meter.LeftOut(all.Count - most);
        log.AlertsLeftOut(source.Name, all.Count, all.Count - most);
        return all[..most];
    }

    private static bool IsUnderWay(Dictionary<string, Known> known, string fingerprint) =>
        known.TryGetValue(fingerprint, out var before) && IsUnderWay(before);

    private static bool IsUnderWay(Known known) => known.Row.EndedAt is null && IsUnderWay(known.State);

    private static bool IsUnderWay(AlertState state) =>
        state.Phase is AlertPhase.Firing or AlertPhase.Pending or AlertPhase.Resolved;

    private static bool IsOver(AlertRow row, AlertState state, DateTimeOffset now) =>
        state.Phase is AlertPhase.Inactive or AlertPhase.InsufficientData or AlertPhase.Error
        && row.SeenAt < (now - KeptUnseen).ToMicroseconds();

    private static AlertRow Begin(FairleadDbContext db, AlertSource source, AlertLabels labels)
    {
        var row = new AlertRow
        {
            Monitor = source.Monitor,
            Fingerprint = labels.Fingerprint,
            Labels = AlertRecords.Write(labels),
            Endpoint = labels["endpoint"],
            Severity = labels["severity"],
        };
        db.Alerts.Add(row);
        return row;
    }

    private static async Task<AlertState> AdvanceAsync(
        FairleadDbContext db, AlertSource source, AlertRow row, AlertState state, IEnumerable<AlertReading> readings,
        DateTimeOffset now, CancellationToken cancellation)
    {
        var step = AlertMachine.Next(source.Policy, state, readings, now);
        row.Name = source.Name;
        row.Receivers = StoredJson.Write(source.Receivers);
        AlertRecords.Put(row, step.State);
        if (step.Transition is not { } transition)
            return step.State;

        db.AlertTransitions.Add(AlertRecords.Row(row, transition));
        if (transition.Number > MostTransitions)
        {
            var last = transition.Number - MostTransitions;
            await db.AlertTransitions.Where(old => old.Alert == row.Id && old.Number <= last)
                .ExecuteDeleteAsync(cancellation);
        }

        // Somebody's word that he looks after it is about this time, not the next.
        if (transition.From == AlertPhase.Firing)
            (row.AckedAt, row.AckedBy, row.AckComment) = (null, null, null);
        return step.State;
    }

    private readonly record struct Known(AlertRow Row, AlertState State);
}
