using System.Collections.Immutable;

namespace Fairlead.Core.Alerts;

/// <summary>
/// What a receiver is told of a group of alerts, and when: a function of what he was told, what is the case, and the
/// time. A message changes nothing until it is delivered (<see cref="Delivered"/>), so one that is lost is made again
/// from what is the case then.
/// <para>
/// Between two messages of a group lies at least <see cref="GroupPolicy.GroupInterval"/>, whatever the alerts do. What
/// was told to fire is told to be resolved, also when it is silenced meanwhile: nothing stays open where the message
/// went. An acknowledged alert is told no more until it is resolved.
/// </para>
/// </summary>
public static class GroupNotices
{
    /// <summary>Doublings after which the longest wait is reached in any case.</summary>
    private const int MaxDoublings = 30;

    /// <summary>What is to be sent now.</summary>
    /// <param name="policy">The receiver's times, without problems.</param>
    /// <param name="state">What is remembered.</param>
    /// <param name="alerts">The group's alerts, each once. One that was told and is not among them is gone.</param>
    /// <param name="now">The moment.</param>
    public static GroupStep Next(
        GroupPolicy policy, GroupState state, IReadOnlyCollection<GroupAlert> alerts, DateTimeOffset now)
    {
        var firing = alerts.Where(alert => alert.IsFiring).Select(alert => alert.Id).ToHashSet();
        state = Forget(policy, state, firing, now);
        var told = state.Told.ToDictionary(each => each.Id);
        var shown = alerts.Where(alert => alert.IsFiring && !alert.IsHeld).OrderBy(alert => alert.Id).ToList();
        var fresh = shown.Where(alert => !alert.IsAcked && !IsToldFiring(told, alert.Id)).ToList();
        var over = state.Told.Where(each => each.IsFiring && !firing.Contains(each.Id)).ToList();

        var hasChanged = fresh.Count + over.Count > 0;
        state = state with
        {
            ChangedAt = hasChanged ? state.ChangedAt ?? now : null,
            DisturbedAt = hasChanged && state.ChangedAt is null ? now : state.DisturbedAt,
        };
        var notice = new GroupNotice(
            [.. shown.Select(alert => alert.Id)], [.. over.Select(each => each.Id)], IsRepeat: !hasChanged);
        DateTimeOffset? due = hasChanged
            ? ChangeDue(policy, state, told, fresh, over)
            : state.LastAt is { } last && shown.Exists(alert => !alert.IsAcked && IsToldFiring(told, alert.Id))
                ? last + policy.RepeatInterval
                : null;
        if (due < state.NotBefore)
            due = state.NotBefore;
        if (due <= now)
            return new(state, notice, null);
        return new(state, null, due ?? ForgottenAt(policy, state));
    }

    /// <summary>What is remembered once a message was delivered.</summary>
    public static GroupState Delivered(GroupState state, GroupNotice notice, DateTimeOffset now)
    {
        var told = state.Told.ToDictionary(each => each.Id);
        var wasQuiet = notice.IsRepeat && state.DisturbedAt is null;
        foreach (var id in notice.Firing)
        {
            var returns = wasQuiet || !told.TryGetValue(id, out var before) ? 0
                : before.IsFiring ? before.Returns
                : before.Returns + 1;
            told[id] = new(id, IsFiring: true, now, returns);
        }

        foreach (var id in notice.Resolved)
            told[id] = new(id, IsFiring: false, now, told.GetValueOrDefault(id).Returns);
        return new()
        {
            Told = [.. told.Values.OrderBy(each => each.Id)],
            LastAt = state.LastAt > now ? state.LastAt : now,
        };
    }

    /// <summary>What is remembered once a message was given up: for a while nothing is tried.</summary>
    /// <param name="retryAfter">What the receiver asked to wait; null when it asked nothing.</param>
    public static GroupState GivenUp(
        GroupPolicy policy, GroupState state, TimeSpan? retryAfter, DateTimeOffset now) =>
        state with { NotBefore = now + (retryAfter > policy.GroupInterval ? retryAfter.Value : policy.GroupInterval) };

    /// <summary>A change waits for others, for the message before to be old enough, and longer when it flaps.</summary>
    private static DateTimeOffset ChangeDue(
        GroupPolicy policy, GroupState state, Dictionary<long, ToldAlert> told, List<GroupAlert> fresh,
        List<ToldAlert> over)
    {
        var gathered = state.ChangedAt!.Value + policy.GroupWait;
        if (state.LastAt is not { } last)
            return gathered;

        var returns = fresh.Select(alert => told.TryGetValue(alert.Id, out var before) ? before.Returns + 1 : 0)
            .Concat(over.Select(each => each.Returns)).Min();
        var spaced = last + Interval(policy, returns);
        return spaced > gathered ? spaced : gathered;
    }

    private static TimeSpan Interval(GroupPolicy policy, int returns)
    {
        var factor = Math.Pow(2, Math.Clamp(returns - 1, 0, MaxDoublings));
        return policy.GroupInterval >= policy.RepeatInterval / factor
            ? policy.RepeatInterval
            : policy.GroupInterval * factor;
    }

    /// <summary>Lets go of what is past, and where the end of alerts is not told, of those that are over.</summary>
    private static GroupState Forget(
        GroupPolicy policy, GroupState state, HashSet<long> firing, DateTimeOffset now)
    {
        List<ToldAlert> kept = [];
        foreach (var each in state.Told)
        {
            if (each.IsFiring && !policy.SendResolved && !firing.Contains(each.Id))
                kept.Add(each with { IsFiring = false, At = now });
            else if (each.IsFiring || each.At + Remembered(policy) > now)
                kept.Add(each);
        }

        var isOver = state.NotBefore <= now;
        return kept.SequenceEqual(state.Told) && !isOver
            ? state
            : state with { Told = [.. kept], NotBefore = isOver ? null : state.NotBefore };
    }

    /// <summary>Longer than the longest wait, or what has waited longest would be taken for new.</summary>
    private static TimeSpan Remembered(GroupPolicy policy) => 2 * policy.RepeatInterval;

    private static DateTimeOffset? ForgottenAt(GroupPolicy policy, GroupState state)
    {
        var resolved = state.Told.Where(each => !each.IsFiring).ToList();
        return resolved.Count == 0 ? null : resolved.Min(each => each.At) + Remembered(policy);
    }

    private static bool IsToldFiring(Dictionary<long, ToldAlert> told, long id) =>
        told.TryGetValue(id, out var before) && before.IsFiring;
}
