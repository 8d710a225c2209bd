using System.Collections.Immutable;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// The routing of one endpoint at one generation, compiled from its <see cref="EndpointSpec"/>: immutable and swapped
/// whole, so that a request sees one generation from beginning to end.
/// </summary>
public sealed class EndpointRoute
{
    /// <summary>
    /// Keeps the draws of holdouts apart from those of variants. Each rollout gives an endpoint another salt; this one
    /// and the endpoint's number never change, so neither do the units of its holdout.
    /// </summary>
    private const ulong HoldoutSalt = 0x686F6C646F757421;

    private readonly WeightedRendezvous.Arm[] _arms;
    private readonly WeightedRendezvous.Arm[]? _holdout;

    /// <summary>Compiles a checked specification whose arms have their numbers.</summary>
    /// <param name="spec">The endpoint; <see cref="EndpointRules.Check"/> found nothing.</param>
    /// <param name="endpointNumber">The endpoint's permanent number, part of every prediction id.</param>
    /// <param name="generation">Grows with every change of the routing.</param>
    /// <param name="salt">Separates this endpoint's draws; kept while its units shall stay on their arms.</param>
    public EndpointRoute(EndpointSpec spec, int endpointNumber, long generation, ulong salt)
    {
        Spec = spec;
        EndpointNumber = endpointNumber;
        Generation = generation;
        Salt = salt;
        StableIndex = IndexOf(spec.Variants, spec.Stable);
        _arms = [.. from variant in spec.Variants
                    select new WeightedRendezvous.Arm((ulong)variant.ArmNumber, variant.Weight)];
        if (spec.Holdout is { } holdout)
            _holdout = [new(0, holdout.Share), new(1, 1 - holdout.Share)];
    }

    public EndpointSpec Spec { get; }

    public int EndpointNumber { get; }

    public long Generation { get; }

    public ulong Salt { get; }

    /// <summary>Index in the specification's variants of the one that answers requests without a unit.</summary>
    public int StableIndex { get; }

    /// <summary>Index of the holdout in the specification's arms; −1 when there is none.</summary>
    public int HoldoutIndex => _holdout is null ? -1 : _arms.Length;

    /// <summary>
    /// The arm that answers a unit: an index into the specification's arms. Raising the weight of one variant moves
    /// units to that variant only, and no weight moves a unit out of the holdout or into it.
    /// </summary>
    public int Assign(ulong unitHash)
    {
        if (_holdout is not null
            && WeightedRendezvous.Choose(HoldoutSalt ^ (ulong)EndpointNumber, unitHash, _holdout) == 0)
        {
            return HoldoutIndex;
        }

        if (_arms.Length == 1)
            return 0;

        var index = WeightedRendezvous.Choose(Salt, unitHash, _arms);
        return index < 0 ? StableIndex : index;
    }

    private static int IndexOf(ImmutableArray<VariantSpec> variants, VariantName name)
    {
        for (var i = 0; i < variants.Length; i++)
        {
            if (variants[i].Name == name)
                return i;
        }

        throw new ArgumentException($"The stable variant '{name}' is not one of the variants.", nameof(name));
    }
}
