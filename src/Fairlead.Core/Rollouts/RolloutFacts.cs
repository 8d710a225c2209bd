using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Rollouts;

/// <summary>How far one live replica is with the endpoint.</summary>
/// <param name="Name">The replica.</param>
/// <param name="ServingGeneration">What it routes by.</param>
/// <param name="FailedGeneration">A generation that it could not place; 0: none.</param>
/// <param name="Why">Why it could not.</param>
public sealed record ReplicaFacts(string Name, long ServingGeneration, long FailedGeneration = 0, string? Why = null);

/// <summary>What a bandit knows of an arm.</summary>
/// <param name="Arm">The arm.</param>
/// <param name="Units">Units whose reward is known.</param>
/// <param name="Rewards">Sum of their rewards, each between 0 and 1.</param>
public sealed record ArmRewards(VariantName Arm, double Units, double Rewards);

/// <summary>The world at one moment, gathered once; a decision looks at nothing else.</summary>
public sealed record RolloutFacts
{
    /// <summary>Replicas that are within their lease. Order means nothing.</summary>
    public ImmutableArray<ReplicaFacts> Replicas { get; init; } = [];

    /// <summary>What each check gets to see, by <see cref="RolloutState.KeyOf"/>; missing: nothing is known.</summary>
    public ImmutableDictionary<string, CheckFacts> Checks { get; init; } =
        ImmutableDictionary<string, CheckFacts>.Empty;

    /// <summary>Rewards of the arms since the present step began, for bandits.</summary>
    public ImmutableArray<ArmRewards> Rewards { get; init; } = [];

    /// <summary>
    /// The arms were not divided as planned (sample ratio mismatch), in a sentence; null when nothing is wrong.
    /// While it is so, no comparison is believed.
    /// </summary>
    public string? Mismatch { get; init; }
}
