using Google.Protobuf;

namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>A node being written: attributes are added, outputs are passed on to other nodes.</summary>
public sealed class OnnxNodeBuilder
{
    private readonly NodeProto _node;

    internal OnnxNodeBuilder(NodeProto node) => _node = node;

    /// <summary>The name of the first output.</summary>
    public string Output => _node.Output[0];

    public IReadOnlyList<string> Outputs => _node.Output;

    /// <summary>Lets a node stand where the name of its first output is asked for.</summary>
    public static implicit operator string(OnnxNodeBuilder node) => node.Output;

    public override string ToString() => Output;

    public OnnxNodeBuilder With(string name, long value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });

    public OnnxNodeBuilder With(string name, float value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Float, F = value });

    public OnnxNodeBuilder With(string name, string value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public OnnxNodeBuilder With(string name, IEnumerable<long> values) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { values } });

    public OnnxNodeBuilder With(string name, IEnumerable<float> values) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Floats, Floats = { values } });

    public OnnxNodeBuilder With(string name, IEnumerable<string> values) =>
        Add(new AttributeProto
        {
            Name = name,
            Type = AttributeType.Strings,
            Strings = { values.Select(ByteString.CopyFromUtf8) },
        });

    public OnnxNodeBuilder With(string name, TensorProto value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Tensor, T = value });

    /// <summary>The body of a control-flow operator: a graph made by <see cref="OnnxGraphBuilder.Subgraph"/>.</summary>
    public OnnxNodeBuilder With(string name, OnnxGraphBuilder value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.Graph, G = value.Proto });

    public OnnxNodeBuilder With(string name, TypeProto value) =>
        Add(new AttributeProto { Name = name, Type = AttributeType.TypeProto, Tp = value });

    private OnnxNodeBuilder Add(AttributeProto attribute)
    {
        if (_node.Attribute.Any(a => a.Name == attribute.Name))
            throw new ArgumentException($"Node '{_node.Name}' has attribute '{attribute.Name}' already.");

        _node.Attribute.Add(attribute);
        return this;
    }
}
