namespace Fairlead.Core.Rollouts;

/// <summary>
/// When a rollout has to be looked at next. Pure; a look at any other time changes nothing but clocks.
/// </summary>
public static class RolloutSchedule
{
    /// <summary>Time between two looks while replicas have yet to follow.</summary>
    public static readonly TimeSpan Following = TimeSpan.FromSeconds(1);

    /// <summary>Longest time without a look, whatever is waited for.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    /// <summary>The next look; null when the rollout is over.</summary>
    public static DateTimeOffset? Next(RolloutPlan plan, RolloutState state, DateTimeOffset now)
    {
        if (state.IsOver)
            return null;
        if (!state.Followed)
            return now + Following;

        var next = now + (IsWatched(plan, state) ? plan.LookEvery : Idle);
        foreach (var timer in Timers(plan, state, now))
        {
            if (timer < next)
                next = timer;
        }

        return next < now ? now : next;
    }

    /// <summary>Somebody has to look again and again: observed time runs, or checks are armed.</summary>
    private static bool IsWatched(RolloutPlan plan, RolloutState state) =>
        (plan.Guards.Length > 0 && state.Routing.Exposes && state.Phase != RolloutPhase.KeepingWarm)
        || state.Phase == RolloutPhase.Baking
        || (state.Phase == RolloutPhase.Running && StepOf(plan, state) is AnalyseStep or AdaptStep);

    private static IEnumerable<DateTimeOffset> Timers(RolloutPlan plan, RolloutState state, DateTimeOffset now)
    {
        if (state.FrozenUntil is { } thaw && thaw > now)
            yield return thaw;
        switch (state.Phase)
        {
            case RolloutPhase.Baking:
                yield return now + (plan.Bake - state.Observed);
                break;
            case RolloutPhase.KeepingWarm:
                yield return state.StepAt + plan.KeepWarm;
                break;
            case RolloutPhase.Running when state.FrozenUntil is null:
                foreach (var timer in Timers(StepOf(plan, state), state, now))
                    yield return timer;
                break;
        }
    }

    private static IEnumerable<DateTimeOffset> Timers(RolloutStep? step, RolloutState state, DateTimeOffset now)
    {
        switch (step)
        {
            case PauseStep { For: { } time }:
                yield return state.StepAt + time;
                break;
            case PauseStep:
                break;
            case ApproveStep approve:
                if (approve.Within is { } wait)
                    yield return state.StepAt + wait;
                foreach (var approval in state.Approvals.Where(each => each.ExpiresAt > now))
                    yield return approval.ExpiresAt;
                break;
            case AnalyseStep analyse:
                if (analyse.For > state.Observed)
                    yield return now + (analyse.For - state.Observed);
                if (analyse.Within is { } within && state.StepAt + within > now)
                    yield return state.StepAt + within;
                break;
            case AdaptStep adapt:
                yield return state.AdaptedAt + adapt.Interval;
                break;
            default:
                // Nothing is waited for any more, so the step is over.
                yield return now;
                break;
        }
    }

    private static RolloutStep? StepOf(RolloutPlan plan, RolloutState state) =>
        state.Step >= 0 && state.Step < plan.Steps.Length ? plan.Steps[state.Step] : null;
}
