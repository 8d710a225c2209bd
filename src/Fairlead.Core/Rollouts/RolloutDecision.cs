using System.Collections.Immutable;

namespace Fairlead.Core.Rollouts;

/// <summary>What kind of thing happened in the life of a rollout.</summary>
public enum RolloutEventKind
{
    /// <summary>It was started.</summary>
    Started,

    /// <summary>A step began.</summary>
    StepBegan,

    /// <summary>Every live replica follows.</summary>
    Followed,

    /// <summary>The traffic is divided anew.</summary>
    Routed,

    /// <summary>A check changed its verdict.</summary>
    Verdict,

    /// <summary>A candidate was given up.</summary>
    Dropped,

    /// <summary>It was paused, or paused itself.</summary>
    Paused,

    /// <summary>It goes on.</summary>
    Resumed,

    /// <summary>Somebody approved.</summary>
    Approved,

    /// <summary>A winner is proposed for promotion.</summary>
    Proposed,

    /// <summary>Somebody declined the proposal.</summary>
    Declined,

    /// <summary>Nobody decided a proposal in time.</summary>
    Expired,

    /// <summary>Somebody skipped a step or all of them.</summary>
    Skipped,

    /// <summary>The plan was edited.</summary>
    Edited,

    /// <summary>A change forward waits for a freeze to end.</summary>
    Frozen,

    /// <summary>The winner became stable.</summary>
    Promoted,

    /// <summary>The plan's alias moved to the winner, or did not because somebody else had moved it.</summary>
    Alias,

    /// <summary>It went back to stable.</summary>
    RolledBack,

    /// <summary>It is over.</summary>
    Ended,
}

/// <summary>Something that happened, for the log and for people.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="Text">One sentence with the numbers.</param>
public sealed record RolloutEvent(RolloutEventKind Kind, string Text);

/// <summary>What a look at a rollout, or a command to it, comes to. Written as a whole or not at all.</summary>
/// <param name="State">The state to store.</param>
/// <param name="Events">What happened, in order.</param>
public sealed record RolloutDecision(RolloutState State, ImmutableArray<RolloutEvent> Events)
{
    /// <summary>The routing of the state is new and has to be written and published.</summary>
    public bool Routes { get; init; }

    /// <summary>The winner became stable just now; the plan's alias moves with it.</summary>
    public bool Promotes { get; init; }
}
