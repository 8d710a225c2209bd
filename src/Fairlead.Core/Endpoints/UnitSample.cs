using Fairlead.Statistics.Assignment;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// The units of an endpoint whose answers enter its value: always the same ones, in every arm alike, whatever rollouts
/// draw. A larger share takes more units in, and none leaves.
/// </summary>
public sealed class UnitSample
{
    // Of its own, and never another: who is in the sample must depend on neither the holdout's draw nor a rollout's.
    private const ulong Salt = 0x73616D706C656421;

    private readonly ulong _salt;
    private readonly WeightedRendezvous.Arm[]? _arms;

    /// <param name="endpointNumber">The endpoint's permanent number.</param>
    /// <param name="share">Share of the units, above 0 to 1.</param>
    public UnitSample(int endpointNumber, double share)
    {
        _salt = Salt ^ (ulong)endpointNumber;
        if (share < 1)
            _arms = [new(0, share), new(1, 1 - share)];
    }

    /// <summary>Says whether a unit, by its hash, is in the sample.</summary>
    public bool Takes(ulong unitHash) => _arms is null || WeightedRendezvous.Choose(_salt, unitHash, _arms) == 0;
}
