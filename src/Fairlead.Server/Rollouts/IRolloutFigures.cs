using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;

namespace Fairlead.Server.Rollouts;

/// <summary>A rollout whose checks want figures.</summary>
/// <param name="Id">The rollout.</param>
/// <param name="Endpoint">The permanent number of its endpoint.</param>
/// <param name="Plan">The plan: its guards and the checks of its steps say what is asked for.</param>
/// <param name="State">The state: the present step and the arms.</param>
internal sealed record RolloutSubject(long Id, int Endpoint, RolloutPlan Plan, RolloutState State);

/// <summary>What is known of a rollout's arms at one moment.</summary>
internal sealed record RolloutFigures
{
    public static RolloutFigures None { get; } = new();

    /// <summary>By <see cref="RolloutState.KeyOf"/>; a missing key: nothing is known.</summary>
    public ImmutableDictionary<string, CheckFacts> Checks { get; init; } =
        ImmutableDictionary<string, CheckFacts>.Empty;

    /// <summary>Rewards since the present step began, for bandits.</summary>
    public ImmutableArray<ArmRewards> Rewards { get; init; } = [];

    /// <summary>Why the arms were not divided as planned; null when they were.</summary>
    public string? Mismatch { get; init; }
}

/// <summary>
/// Where the figures of checks come from. It may be slow and it may fail: either delays this rollout only, and leaves
/// its checks without data. What comes too late is thrown away.
/// </summary>
internal interface IRolloutFigures
{
    Task<RolloutFigures> ReadAsync(RolloutSubject subject, CancellationToken cancellation);
}
