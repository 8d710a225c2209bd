using System.Collections.Immutable;
using Fairlead.Core.Models;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// One arm of an endpoint, as its owner wrote it, with any alias already replaced by the version it pointed to.
/// </summary>
/// <param name="Name">The name of the arm; unique within the endpoint.</param>
/// <param name="Version">The version that answers.</param>
/// <param name="Weight">Share of the units, relative to the other weights; 0 keeps the arm loaded without
/// traffic.</param>
public sealed record VariantSpec(VariantName Name, VersionId Version, double Weight)
{
    /// <summary>Runtime settings.</summary>
    public VariantSettings Settings { get; init; } = new();

    /// <summary>
    /// Share of the requests that this arm gets a copy of, 0 to 1; nobody sees what it answers to copies.
    /// </summary>
    public double Mirror { get; init; }

    /// <summary>
    /// The permanent number of this arm within its endpoint, given when the name first appears and never to another
    /// name: prediction ids and assignment know the arm by it. 0 until the server has given it.
    /// </summary>
    public int ArmNumber { get; init; }
}

/// <summary>An endpoint as its owner wrote it.</summary>
public sealed record EndpointSpec(EndpointName Name, ImmutableArray<VariantSpec> Variants)
{
    /// <summary>Where the unit of assignment is found.</summary>
    public UnitRule Unit { get; init; } = UnitRule.PerRequest;

    /// <summary>The variant that answers requests without a unit; the first one when not said.</summary>
    public VariantName Stable { get; init; } = Variants is { IsDefaultOrEmpty: false } ? Variants[0].Name : default;

    /// <summary>The endpoint's bounds.</summary>
    public EndpointLimits Limits { get; init; } = new();

    public bool Equals(EndpointSpec? other) =>
        other is not null && Name == other.Name && Unit == other.Unit && Stable == other.Stable
        && Limits == other.Limits && Variants.SequenceEqual(other.Variants);

    public override int GetHashCode() => HashCode.Combine(Name, Variants.Length, Stable);
}
