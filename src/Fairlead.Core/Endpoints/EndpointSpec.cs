using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Fairlead.Core.Controls;
using Fairlead.Core.Models;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// One arm of an endpoint, as its owner wrote it, with any alias already replaced by the version it pointed to.
/// </summary>
/// <param name="Name">The name of the arm; unique within the endpoint.</param>
/// <param name="Version">The version that answers; null for an arm without a model.</param>
/// <param name="Weight">Share of the units, relative to the other weights; 0 keeps the arm loaded without
/// traffic.</param>
public sealed record VariantSpec(VariantName Name, VersionId? Version, double Weight)
{
    /// <summary>What is answered without a model; null for an arm with a version.</summary>
    public ControlAnswer? Control { get; init; }

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

/// <summary>
/// The units that no rollout ever reaches. They are drawn once, by a draw of their own, before the variants share the
/// rest: raising the share takes more units in, and no unit leaves while it stands.
/// </summary>
/// <param name="Share">Share of the units, above 0 and at most <see cref="MaxShare"/>.</param>
/// <param name="Arm">What answers them; its weight means nothing.</param>
public sealed record HoldoutSpec(double Share, VariantSpec Arm)
{
    /// <summary>The largest share.</summary>
    public const double MaxShare = 0.5;

    /// <summary>The name of the arm; no variant of the endpoint has it.</summary>
    public static VariantName Name { get; } = VariantName.Parse("holdout");
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

    /// <summary>What a rollout wants to be kept of the requests; null while there is none.</summary>
    public Observation? Observe { get; init; }

    /// <summary>What monitors want to be kept of the requests; null where none wants anything.</summary>
    public Observation? Monitored { get; init; }

    /// <summary>
    /// The arm that a rollout under way goes back to; null while no rollout exposes anybody. A replica that nobody can
    /// reach goes back to it by itself.
    /// </summary>
    public VariantName? ReturnsTo { get; init; }

    /// <summary>The units that stay out of every rollout; null: none.</summary>
    public HoldoutSpec? Holdout { get; init; }

    /// <summary>By which outcome the endpoint's value is told; null: as the question says.</summary>
    public ValueSpec? Value { get; init; }

    /// <summary>What is asked and answered is kept as statistics, minute by minute.</summary>
    public bool Windows { get; init; } = true;

    /// <summary>Which requests are recorded; null: none.</summary>
    public LogSpec? Log { get; init; }

    /// <summary>What the inputs may be; null: anything that the model takes.</summary>
    public SchemaSpec? Schema { get; init; }

    /// <summary>By which keys versions must be signed; null: they need not be.</summary>
    public SignatureRule? Signature { get; init; }

    /// <summary>Everything that answers: the variants, and behind them the holdout.</summary>
    [JsonIgnore]
    public ImmutableArray<VariantSpec> Arms => Holdout is null ? Variants : Variants.Add(Holdout.Arm);

    /// <summary>
    /// What is kept of the requests: what a rollout and monitors want, and with a control group what outcomes are
    /// joined to.
    /// </summary>
    [JsonIgnore]
    public Observation? Watched
    {
        get
        {
            var wanted = Observe is { } rollout && Monitored is { } monitors ? rollout.With(monitors)
                : Observe ?? Monitored;
            if (!HasControlGroup)
                return wanted;
            var sample = Value?.Sample ?? 1;
            var valued = new Observation { Outcomes = true, RecordShare = sample };
            return (wanted?.With(valued) ?? valued) with { Sample = sample };
        }
    }

    /// <summary>Some units are answered otherwise for comparison: a holdout, or a variant without a model.</summary>
    [JsonIgnore]
    public bool HasControlGroup =>
        Holdout is not null || Variants.Any(variant => variant.Control is not null && variant.Weight > 0);

    public bool Equals(EndpointSpec? other) =>
        other is not null && Name == other.Name && Unit == other.Unit && Stable == other.Stable
        && Limits == other.Limits && Observe == other.Observe && Monitored == other.Monitored
        && ReturnsTo == other.ReturnsTo && Holdout == other.Holdout && Value == other.Value && Log == other.Log
        && Windows == other.Windows && Schema == other.Schema && Signature == other.Signature
        && Variants.SequenceEqual(other.Variants);

    public override int GetHashCode() => HashCode.Combine(Name, Variants.Length, Stable);
}
