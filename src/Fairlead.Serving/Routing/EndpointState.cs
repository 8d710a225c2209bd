using Fairlead.Core.Endpoints;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Records;
using Fairlead.Serving.Schemas;

namespace Fairlead.Serving.Routing;

/// <summary>
/// One generation of an endpoint's routing with the variants that serve it; immutable and swapped whole.
/// </summary>
/// <param name="Route">The routing decision.</param>
/// <param name="Variants">Aligned with the arms of the route's specification.</param>
public sealed record EndpointServing(EndpointRoute Route, IReadOnlyList<VariantState> Variants)
{
    /// <summary>The variant that answers requests without a unit.</summary>
    public VariantState Stable => Variants[Route.StableIndex];

    /// <summary>What answers the units that stay out of rollouts; null when there are none.</summary>
    public VariantState? Holdout => Route.HoldoutIndex < 0 ? null : Variants[Route.HoldoutIndex];

    /// <summary>The variants that have a version, the holdout's among them.</summary>
    public IEnumerable<VariantState> Versions => Variants.Where(variant => variant.Version is not null);

    /// <summary>What a rollout wants to know of this generation; null while nobody observes it.</summary>
    public EndpointFacts? Facts { get; init; }

    /// <summary>Where its requests are recorded; null: nowhere.</summary>
    public EndpointLog? Log { get; init; }

    /// <summary>How fields of requests are treated wherever they are kept.</summary>
    internal TreatedFields Fields => Log?.Fields ?? new TreatedFields(Route.Spec.Log, key: null);

    /// <summary>What holds inputs to the endpoint's schema, aligned with the variants; null: it has none.</summary>
    public IReadOnlyList<SchemaChecker>? Schemas { get; init; }

    /// <summary>Served while nobody controls, in place of the generation of the same number.</summary>
    public bool WithoutContact { get; init; }

    /// <summary>
    /// The facts of the generation that is served without contact: they go on where they were when contact returns.
    /// </summary>
    public EndpointFacts? Suspended { get; init; }

    /// <summary>What holds the inputs of a variant of this generation to the schema; null: nothing does.</summary>
    public SchemaChecker? SchemaOf(VariantState variant)
    {
        for (var i = 0; Schemas is not null && i < Variants.Count; i++)
        {
            if (ReferenceEquals(Variants[i], variant))
                return Schemas[i];
        }

        return null;
    }

    private readonly IReadOnlyList<bool[]?>? _hidden = Route.Spec.Log?.Treated.Any() != true
        ? null
        : [.. Variants.Select(variant => variant.Windows?.Layout.HiddenBy(Route.Spec.Log))];

    /// <summary>Of which columns of a variant windows keep no values, for the log does not either; null: of none.
    /// </summary>
    internal bool[]? HiddenOf(VariantState variant)
    {
        for (var i = 0; _hidden is not null && i < Variants.Count; i++)
        {
            if (ReferenceEquals(Variants[i], variant))
                return _hidden[i];
        }

        return null;
    }

    /// <summary>
    /// The checkers of a generation. One that the generation before had for the same variant goes on with its counts.
    /// </summary>
    /// <param name="spec">The schema; null: there is none.</param>
    /// <param name="variants">The variants of the generation.</param>
    /// <param name="before">The generation before; null: there was none.</param>
    public static IReadOnlyList<SchemaChecker>? SchemasOf(
        SchemaSpec? spec, IReadOnlyList<VariantState> variants, EndpointServing? before) => spec is null
        ? null
        :
        [
            .. variants.Select(variant => before?.SchemaOf(variant) is { } known && known.Spec == spec
                ? known
                : SchemaChecker.Of(spec, variant.RequestSignature)),
        ];

    /// <summary>The largest share of the requests that an arm gets copies of; 0: none does.</summary>
    public double LargestMirror { get; } = Route.Spec.Variants.Max(variant => variant.Weight > 0 ? 0 : variant.Mirror);
}

/// <summary>
/// An endpoint that this replica knows: its identity, the generation that it serves now, and the counts that belong to
/// no variant.
/// </summary>
public sealed class EndpointState(EndpointName name)
{
    private EndpointServing? _serving;
    private long _withoutUnit;
    private long _unknownVersion;
    private long _contactLosses;

    public EndpointName Name { get; } = name;

    /// <summary>What answers now; null until the first generation is placed.</summary>
    public EndpointServing? Serving => Volatile.Read(ref _serving);

    /// <summary>Requests that had no unit and went to the stable variant.</summary>
    public long WithoutUnit => Volatile.Read(ref _withoutUnit);

    /// <summary>Requests for a version that the endpoint does not serve.</summary>
    public long UnknownVersion => Volatile.Read(ref _unknownVersion);

    /// <summary>Times that it went back to stable here because nobody could control it.</summary>
    public long ContactLosses => Volatile.Read(ref _contactLosses);

    internal void Swap(EndpointServing? serving)
    {
        if (serving is { WithoutContact: true } && Serving is not { WithoutContact: true })
            Interlocked.Increment(ref _contactLosses);
        Volatile.Write(ref _serving, serving);
    }

    internal void CountWithoutUnit() => Interlocked.Increment(ref _withoutUnit);

    internal void CountUnknownVersion() => Interlocked.Increment(ref _unknownVersion);
}
