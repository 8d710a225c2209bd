namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>A dimension of a shape: a fixed length, or a name for a free one (empty: free and unnamed).</summary>
public readonly record struct OnnxDimension
{
    private readonly long _length;
    private readonly string? _name;

    public OnnxDimension(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _length = length;
    }

    public OnnxDimension(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _name = name;
    }

    public static implicit operator OnnxDimension(long length) => new(length);

    public static implicit operator OnnxDimension(string name) => new(name);

    internal DimensionProto ToProto() => _name switch
    {
        null => new DimensionProto { DimValue = _length },
        "" => new DimensionProto(),
        _ => new DimensionProto { DimParam = _name },
    };
}

/// <summary>Makes the types of graph inputs and outputs.</summary>
public static class OnnxType
{
    public static TypeProto Tensor(ElementType element, params ReadOnlySpan<OnnxDimension> shape)
    {
        var proto = new TensorShapeProto();
        foreach (var dimension in shape)
            proto.Dim.Add(dimension.ToProto());

        return new TypeProto { TensorType = new TensorTypeProto { ElemType = element, Shape = proto } };
    }

    /// <summary>A tensor of any rank.</summary>
    public static TypeProto TensorOfAnyRank(ElementType element) =>
        new() { TensorType = new TensorTypeProto { ElemType = element } };

    public static TypeProto Sequence(TypeProto element) =>
        new() { SequenceType = new SequenceTypeProto { ElemType = element } };

    public static TypeProto Map(ElementType key, TypeProto value) =>
        new() { MapType = new MapTypeProto { KeyType = key, ValueType = value } };

    public static TypeProto Optional(TypeProto element) =>
        new() { OptionalType = new OptionalTypeProto { ElemType = element } };
}
