namespace Fairlead.Core.Alerts;

/// <summary>
/// The life of an alert: a function of policy, state, readings and time. Silences and inhibitions are no part of it
/// (<see cref="AlertDelivery"/>): whom it is told to does not change what is the case.
/// <para>
/// A reading repeated at the same moment changes nothing more, and several at one moment count as the most telling of
/// them, so their order cannot matter. Time only ever counts forward, and at most <see cref="AlertPolicy.LongestGap"/>
/// between two evaluations.
/// </para>
/// </summary>
public static class AlertMachine
{
    /// <summary>What the readings of one moment make of an alert.</summary>
    /// <param name="policy">Its times, without problems.</param>
    /// <param name="state">What it was.</param>
    /// <param name="readings">The readings of this moment; none is "no data".</param>
    /// <param name="now">The moment.</param>
    public static AlertStep Next(
        AlertPolicy policy, AlertState state, IEnumerable<AlertReading> readings, DateTimeOffset now)
    {
        var reading = MostTelling(readings);
        var at = state.LastAt > now ? state.LastAt.Value : now;
        var passed = at - (state.LastAt ?? at);
        if (passed > policy.LongestGap)
            passed = policy.LongestGap;

        var next = Advance(policy, state, reading.Sign, passed) with
        {
            LastAt = at,
            Since = state.Since ?? at,
            Value = reading.Value,
            Why = reading.Why,
        };
        if (next.Phase == state.Phase)
            return new(next, null);

        next = next with { Since = at, Transitions = state.Transitions + 1 };
        return new(next, new(next.Transitions, state.Phase, next.Phase, at, reading.Value, reading.Why));
    }

    private static AlertState Advance(AlertPolicy policy, AlertState state, AlertSign sign, TimeSpan passed) =>
        state.Phase == AlertPhase.Firing
            ? WhileFiring(policy, state, sign, passed)
            : sign switch
            {
                AlertSign.Breach => WhileBroken(policy, state, passed),
                AlertSign.NoData => Begin(state, AlertPhase.InsufficientData),
                AlertSign.Failed => Begin(state, AlertPhase.Error),
                _ => WhileClear(policy, state, passed),
            };

    private static AlertState WhileBroken(AlertPolicy policy, AlertState state, TimeSpan passed)
    {
        // The time before the first breach says nothing about the condition, so pending begins at 0.
        var held = state.Phase == AlertPhase.Pending ? state.Held + passed : TimeSpan.Zero;
        return held >= policy.For
            ? Begin(state, AlertPhase.Firing)
            : Begin(state, AlertPhase.Pending) with { Held = held };
    }

    private static AlertState WhileClear(AlertPolicy policy, AlertState state, TimeSpan passed)
    {
        if (state.Phase != AlertPhase.Resolved)
            return Begin(state, AlertPhase.Inactive);
        var shown = state.Held + passed;
        return shown >= policy.ShowResolvedFor ? Begin(state, AlertPhase.Inactive) : state with { Held = shown };
    }

    /// <summary>
    /// A firing alert that nobody can see any more is still firing: what broke may have broken the evaluation too. It
    /// is given up only after a time, and then as "insufficient data" or "error", not as resolved.
    /// </summary>
    private static AlertState WhileFiring(AlertPolicy policy, AlertState state, AlertSign sign, TimeSpan passed)
    {
        switch (sign)
        {
            case AlertSign.Breach:
                return state with { Held = TimeSpan.Zero, Blind = TimeSpan.Zero, WasClear = false };
            case AlertSign.Clear:
                // Only what passed between two clear readings was seen to be clear.
                var gone = state.Held + (state.WasClear ? passed : TimeSpan.Zero);
                return gone >= policy.KeepFiringFor
                    ? Begin(state, AlertPhase.Resolved)
                    : state with { Held = gone, Blind = TimeSpan.Zero, WasClear = true };
            default:
                var blind = state.Blind + passed;
                return blind >= policy.BlindFor
                    ? Begin(state, sign == AlertSign.NoData ? AlertPhase.InsufficientData : AlertPhase.Error)
                    : state with { Blind = blind, WasClear = false };
        }
    }

    private static AlertState Begin(AlertState state, AlertPhase phase) =>
        state with { Phase = phase, Held = TimeSpan.Zero, Blind = TimeSpan.Zero, WasClear = false };

    private static AlertReading MostTelling(IEnumerable<AlertReading> readings)
    {
        // Readings that say the same are told apart by figure and sentence, so that the choice is one of the set.
        AlertReading? chosen = null;
        foreach (var reading in readings)
        {
            if (chosen is not { } best || Compare(reading, best) > 0)
                chosen = reading;
        }

        return chosen ?? new(AlertSign.NoData, double.NaN, "nothing was evaluated");
    }

    private static int Compare(AlertReading a, AlertReading b) =>
        a.Sign != b.Sign ? a.Sign.CompareTo(b.Sign)
        : !a.Value.Equals(b.Value) ? a.Value.CompareTo(b.Value)
        : string.CompareOrdinal(a.Why, b.Why);
}
