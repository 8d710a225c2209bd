using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Rollouts;

/// <summary>Why a rollout went back to stable.</summary>
public enum RolloutEnding
{
    /// <summary>A check of the last candidate failed.</summary>
    Check,

    /// <summary>An analysis was not decided in time, and its plan goes back then.</summary>
    Undecided,

    /// <summary>A replica could not follow in time.</summary>
    NotFollowed,

    /// <summary>A bandit found stable to be the best arm.</summary>
    Outdone,

    /// <summary>Somebody declined the proposal to promote the winner.</summary>
    Declined,

    /// <summary>Somebody aborted it.</summary>
    Aborted,

    /// <summary>Another rollout took its place.</summary>
    Superseded,
}

/// <summary>What became of a version in a rollout.</summary>
public enum RolloutOutcome
{
    /// <summary>The rollout is not over.</summary>
    UnderWay,

    /// <summary>The candidate became stable.</summary>
    Won,

    /// <summary>Another candidate became stable.</summary>
    Lost,

    /// <summary>The candidate was given up, or all went back with it.</summary>
    RolledBack,

    /// <summary>People did not want the winner promoted.</summary>
    Declined,

    /// <summary>Somebody aborted the rollout.</summary>
    Aborted,

    /// <summary>Another rollout took the place of this one.</summary>
    Superseded,

    /// <summary>The version was stable and another one took its place.</summary>
    Replaced,

    /// <summary>The version was stable and stayed it.</summary>
    Kept,
}

/// <summary>What became of one version in a rollout, and what decided it.</summary>
/// <param name="Outcome">What.</param>
/// <param name="At">When it was decided; null while it is not.</param>
/// <param name="Why">The reason with its numbers; null where there is none to tell.</param>
/// <param name="Check">
/// The check that decided, by <see cref="RolloutState.KeyOf"/>; null where no single one did.
/// </param>
public sealed record VersionOutcome(RolloutOutcome Outcome, DateTimeOffset? At, string? Why, string? Check);

/// <summary>Reads from a rollout what became of those that took part. Pure.</summary>
public static class RolloutOutcomes
{
    /// <summary>What became of a candidate.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="state">The state.</param>
    /// <param name="candidate">The candidate's arm.</param>
    /// <param name="ended">When the rollout ended; null while it has not.</param>
    public static VersionOutcome OfCandidate(
        RolloutPlan plan, RolloutState state, VariantName candidate, DateTimeOffset? ended)
    {
        if (state.Dropped.FirstOrDefault(dropped => dropped.Name == candidate) is { } given)
            return new VersionOutcome(RolloutOutcome.RolledBack, given.At, given.Why, given.Check);
        switch (state.Phase)
        {
            case RolloutPhase.KeepingWarm or RolloutPhase.Succeeded when state.Winner == candidate:
                return new VersionOutcome(RolloutOutcome.Won, ended, null, null);
            case RolloutPhase.KeepingWarm or RolloutPhase.Succeeded:
                return new VersionOutcome(
                    RolloutOutcome.Lost, ended, $"{plan.Find(state.Winner!.Value)?.Version} won", null);
            case RolloutPhase.RolledBack:
                return new VersionOutcome(Of(state.EndedBy), ended, state.Reason, null);
            default:
                return new VersionOutcome(RolloutOutcome.UnderWay, null, state.Reason, null);
        }
    }

    /// <summary>What became of the version that was stable when the rollout began.</summary>
    public static VersionOutcome OfStable(RolloutPlan plan, RolloutState state, DateTimeOffset? ended) =>
        state.Phase switch
        {
            RolloutPhase.Succeeded when state.Winner is null =>
                new VersionOutcome(RolloutOutcome.Kept, ended, "units were held out from it", null),
            RolloutPhase.KeepingWarm or RolloutPhase.Succeeded => new VersionOutcome(
                RolloutOutcome.Replaced, ended, $"{plan.Find(state.Winner!.Value)?.Version} took its place", null),
            RolloutPhase.RolledBack => new VersionOutcome(RolloutOutcome.Kept, ended, state.Reason, null),
            _ => new VersionOutcome(RolloutOutcome.UnderWay, null, null, null),
        };

    private static RolloutOutcome Of(RolloutEnding? ending) => ending switch
    {
        RolloutEnding.Aborted => RolloutOutcome.Aborted,
        RolloutEnding.Superseded => RolloutOutcome.Superseded,
        RolloutEnding.Declined => RolloutOutcome.Declined,
        _ => RolloutOutcome.RolledBack,
    };
}
