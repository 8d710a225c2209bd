using System.Collections.Immutable;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>An endpoint as it stands before a change.</summary>
/// <param name="Spec">Its specification, with arm numbers.</param>
/// <param name="Generation">Its generation.</param>
public sealed record EndpointState(EndpointSpec Spec, long Generation);

/// <summary>What a change of an endpoint comes to.</summary>
/// <param name="Spec">The specification to store, with arm numbers.</param>
/// <param name="Generation">Its generation; that of the state before when nothing changes.</param>
/// <param name="NewArms">The arm numbers given now.</param>
/// <param name="Changes">False when the endpoint is already as it is wanted.</param>
public sealed record EndpointDecision(
    EndpointSpec Spec, long Generation, ImmutableDictionary<VariantName, int> NewArms, bool Changes);

/// <summary>Decides what becomes of an endpoint that shall be as its owner writes it. Pure.</summary>
public static class EndpointEvolution
{
    /// <summary>
    /// Most names that the variants of one endpoint ever have: prediction ids keep 16 bits for the arm.
    /// </summary>
    public const int MaxArms = ushort.MaxValue;

    /// <summary>
    /// Numbers the arms and the generation. Throws <see cref="RefusalException"/> when the specification has faults or
    /// the generation is not the expected one.
    /// </summary>
    /// <param name="current">The endpoint now; null when there is none.</param>
    /// <param name="wanted">The specification as written, without arm numbers.</param>
    /// <param name="arms">Every arm number that this endpoint ever gave, those of removed variants included.</param>
    /// <param name="expectedGeneration">The generation that the change starts from; 0: no endpoint; null: any.</param>
    /// <param name="retiredGeneration">
    /// The last generation of an endpoint of this name that was deleted. Generations of a name never come twice, or a
    /// replica that missed the deletion would take the new endpoint for the old one.
    /// </param>
    public static EndpointDecision Decide(
        EndpointState? current, EndpointSpec wanted, IReadOnlyDictionary<VariantName, int> arms,
        long? expectedGeneration, long retiredGeneration = 0)
    {
        if (EndpointRules.Check(wanted) is { Count: > 0 } faults)
            throw new RefusalException(faults);
        if (WhyNotFrom(wanted.Name, current?.Generation ?? 0, expectedGeneration) is { } moved)
            throw new RefusalException(moved);

        var given = ImmutableDictionary.CreateBuilder<VariantName, int>();
        var next = arms.Count == 0 ? 1 : arms.Values.Max() + 1;
        foreach (var variant in wanted.Arms)
        {
            if (!arms.ContainsKey(variant.Name))
                given.Add(variant.Name, next++);
        }

        if (next > MaxArms + 1)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_arms",
                $"The endpoint '{wanted.Name}' has used up its {MaxArms} variant names; use earlier ones again."));
        }

        VariantSpec Numbered(VariantSpec variant) => variant with
        {
            ArmNumber = arms.TryGetValue(variant.Name, out var arm) ? arm : given[variant.Name],
        };
        var numbered = wanted with
        {
            Variants = [.. wanted.Variants.Select(Numbered)],
            Holdout = wanted.Holdout is { } holdout ? holdout with { Arm = Numbered(holdout.Arm) } : null,
        };
        var changes = current is null || !current.Spec.Equals(numbered);
        var generation = (current?.Generation ?? retiredGeneration) + (changes ? 1 : 0);
        return new EndpointDecision(numbered, generation, given.ToImmutable(), changes);
    }

    /// <summary>Refuses a change that starts from another generation than the present one.</summary>
    public static Refusal? WhyNotFrom(EndpointName name, long present, long? expected) =>
        expected is null || expected == present
            ? null
            : new Refusal(RefusalKind.Conflict, "generation_moved", present == 0
                ? $"The endpoint '{name}' does not exist; generation {expected} was expected."
                : $"The endpoint '{name}' is at generation {present}, and {expected} was expected.")
            {
                Field = "expectedGeneration",
                Present = present,
            };
}
