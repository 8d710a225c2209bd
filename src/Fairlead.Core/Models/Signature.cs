using System.Collections.Immutable;

namespace Fairlead.Core.Models;

/// <summary>
/// What a tensor of the signature stands for in the model. A model's sequences and maps are told on the wire as
/// tensors, so that every protocol can carry them.
/// </summary>
public enum ValueKind
{
    /// <summary>A tensor of the model itself.</summary>
    Tensor,

    /// <summary>
    /// The scores [rows, classes] of a sequence of maps, one map a row (the "ZipMap" of converted classifiers).
    /// </summary>
    MapScores,

    /// <summary>
    /// The class labels [classes] that belong to the <see cref="MapScores"/> before it; named <c>NAME.keys</c>.
    /// </summary>
    MapKeys,

    /// <summary>The items of a sequence of tensors, one behind the other along their first dimension.</summary>
    SequenceItems,

    /// <summary>
    /// The first dimension of each item of the <see cref="SequenceItems"/> before it; named <c>NAME.lengths</c>.
    /// </summary>
    SequenceLengths,
}

/// <summary>
/// The type of one input or output. <paramref name="Shape"/> includes the batch dimension; −1 stands for a dimension
/// that varies.
/// </summary>
public sealed record TensorSpec(string Name, ElementType Type, ImmutableArray<long> Shape)
{
    public ValueKind Kind { get; init; } = ValueKind.Tensor;

    /// <summary>
    /// Symbolic names of the dimensions, aligned with <see cref="Shape"/>, empty where the model gives none. Two
    /// dimensions of the same name have the same size in a request.
    /// </summary>
    public ImmutableArray<string> DimensionNames { get; init; } = [];

    /// <summary>
    /// For a tensor of shape [rows, n]: the names of its n columns, so that rows of named fields can fill it. Empty
    /// when the columns have no names.
    /// </summary>
    public ImmutableArray<string> Fields { get; init; } = [];

    /// <summary>May be left out of a request: an optional, or an initializer that can be overridden.</summary>
    public bool Optional { get; init; }

    public bool Equals(TensorSpec? other) =>
        other is not null && Name == other.Name && Type == other.Type && Kind == other.Kind
        && Optional == other.Optional && Shape.SequenceEqual(other.Shape)
        && DimensionNames.SequenceEqual(other.DimensionNames)
        && Fields.SequenceEqual(other.Fields);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Shape.Length);
}

/// <summary>What a version takes and gives, in the order of the model file.</summary>
public sealed record Signature(ImmutableArray<TensorSpec> Inputs, ImmutableArray<TensorSpec> Outputs)
{
    public bool Equals(Signature? other) =>
        other is not null && Inputs.SequenceEqual(other.Inputs) && Outputs.SequenceEqual(other.Outputs);

    public override int GetHashCode() => HashCode.Combine(Inputs.Length, Outputs.Length);
}
