using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Rollouts;

/// <summary>Where a rollout is in its life.</summary>
public enum RolloutPhase
{
    /// <summary>It walks through its steps.</summary>
    Running,

    /// <summary>Somebody, or an undecided analysis, holds it: timers stand still, guards stay armed.</summary>
    Paused,

    /// <summary>All traffic is on the winner; guards are armed and the version before answers again at once.</summary>
    Baking,

    /// <summary>The winner is stable; the version before stays loaded for a while.</summary>
    KeepingWarm,

    /// <summary>Over: the winner is stable.</summary>
    Succeeded,

    /// <summary>Over: everything is on the version that was stable before.</summary>
    RolledBack,
}

/// <summary>Why a rollout is paused.</summary>
public enum PauseCause
{
    /// <summary>Somebody paused it.</summary>
    ByHand,

    /// <summary>An analysis reached its deadline undecided.</summary>
    Inconclusive,

    /// <summary>Approvals did not come in time.</summary>
    NotApproved,
}

/// <summary>Somebody's word for a step of a rollout.</summary>
/// <param name="Who">Who approved.</param>
/// <param name="At">When.</param>
/// <param name="Step">The step that it is for.</param>
/// <param name="Digest">Digest of the candidates' manifests that were approved.</param>
/// <param name="ExpiresAt">When it stops counting.</param>
public sealed record Approval(string Who, DateTimeOffset At, int Step, string Digest, DateTimeOffset ExpiresAt);

/// <summary>A candidate that was given up.</summary>
/// <param name="Name">Its arm.</param>
/// <param name="Why">The reason with its numbers.</param>
/// <param name="At">When.</param>
/// <param name="Check">The check that failed, by <see cref="RolloutState.KeyOf"/>; its result stays as it was.</param>
public sealed record DroppedCandidate(VariantName Name, string Why, DateTimeOffset At, string? Check = null);

/// <summary>
/// Everything that a rollout remembers. It is stored whole after every change; nothing else is remembered anywhere.
/// </summary>
public sealed record RolloutState
{
    public required RolloutPhase Phase { get; init; }

    /// <summary>Index of the present step.</summary>
    public int Step { get; init; }

    /// <summary>How often the present step was begun; resuming an undecided analysis begins it again.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>The traffic that is wanted.</summary>
    public required RolloutRouting Routing { get; init; }

    /// <summary>The endpoint's generation with <see cref="Routing"/>; 0 until it is written.</summary>
    public long Generation { get; init; }

    /// <summary>
    /// Every live replica follows <see cref="Generation"/>. Timers of a step begin when that is so.
    /// </summary>
    public bool Followed { get; init; }

    /// <summary>The clock of the present step runs: every replica followed once since the step began.</summary>
    public bool Begun { get; init; }

    /// <summary>When the present generation was wanted; the progress deadline counts from here.</summary>
    public DateTimeOffset WantedAt { get; init; }

    /// <summary>
    /// When the present step began to count: at the earliest when every replica followed; moved on by pauses.
    /// </summary>
    public DateTimeOffset StepAt { get; init; }

    /// <summary>
    /// Time of the present step in which somebody watched. Time in which the controller was down is not in it.
    /// </summary>
    public TimeSpan Observed { get; init; }

    /// <summary>When it was last looked at.</summary>
    public DateTimeOffset LookedAt { get; init; }

    /// <summary>When a bandit last moved the shares.</summary>
    public DateTimeOffset AdaptedAt { get; init; }

    /// <summary>When the pause began; null when there is none.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    public PauseCause? PausedBy { get; init; }

    /// <summary>A change forward is due and waits for a freeze to end.</summary>
    public DateTimeOffset? FrozenUntil { get; init; }

    /// <summary>Candidates that were given up.</summary>
    public ImmutableArray<DroppedCandidate> Dropped { get; init; } = [];

    /// <summary>The candidate that goes on; null until it is known.</summary>
    public VariantName? Winner { get; init; }

    /// <summary>What each check remembers, by <see cref="KeyOf"/>.</summary>
    public ImmutableSortedDictionary<string, CheckProgress> Checks { get; init; } =
        ImmutableSortedDictionary.Create<string, CheckProgress>(StringComparer.Ordinal);

    public ImmutableArray<Approval> Approvals { get; init; } = [];

    /// <summary>The newest proposal to promote the winner; null where none was made.</summary>
    public Proposal? Proposal { get; init; }

    /// <summary>Why it ended or waits, in a sentence with its numbers; null while there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it went back to stable; null while it did not.</summary>
    public RolloutEnding? EndedBy { get; init; }

    /// <summary>It is over, and nothing will change it.</summary>
    public bool IsOver => Phase is RolloutPhase.Succeeded or RolloutPhase.RolledBack;

    /// <summary>The key of what a check remembers of one candidate: guards by name, gates by step and name.</summary>
    public static string KeyOf(int? step, string check, VariantName candidate) =>
        step is { } index ? $"{index}/{check}/{candidate}" : $"guard/{check}/{candidate}";

    /// <summary>What <see cref="KeyOf"/> made a key of.</summary>
    public static (int? Step, string Check, string Candidate) ReadKey(string key)
    {
        var (first, last) = (key.IndexOf('/', StringComparison.Ordinal), key.LastIndexOf('/'));
        int? step = int.TryParse(key.AsSpan(0, first), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? index
            : null;
        return (step, key[(first + 1)..last], key[(last + 1)..]);
    }

    /// <summary>The newest result of every check of a candidate, by <see cref="KeyOf"/>.</summary>
    public ImmutableSortedDictionary<string, CheckResult> ResultsOf(VariantName candidate) => Checks
        .Where(check => check.Value.Latest is not null
            && check.Key.EndsWith($"/{candidate}", StringComparison.Ordinal))
        .ToImmutableSortedDictionary(check => check.Key, check => check.Value.Latest!, StringComparer.Ordinal);

    /// <summary>The candidates of a plan that were not given up.</summary>
    public IEnumerable<Candidate> Alive(RolloutPlan plan) =>
        plan.Candidates.Where(candidate => Dropped.All(dropped => dropped.Name != candidate.Name));
}
