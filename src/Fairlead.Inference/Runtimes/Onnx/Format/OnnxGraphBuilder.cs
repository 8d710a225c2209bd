using System.Globalization;

namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>
/// Writes one graph: inputs, initializers, nodes in the order in which they run, outputs. Values are joined by name.
/// </summary>
public sealed class OnnxGraphBuilder
{
    private readonly OnnxModelBuilder _model;
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    internal OnnxGraphBuilder(OnnxModelBuilder model, string name)
    {
        _model = model;
        Proto = new GraphProto { Name = name };
    }

    internal GraphProto Proto { get; }

    public OnnxGraphBuilder Input(string name, ElementType element, params ReadOnlySpan<OnnxDimension> shape) =>
        Input(name, OnnxType.Tensor(element, shape));

    public OnnxGraphBuilder Input(string name, TypeProto type)
    {
        // An initializer of the same name is allowed: it is the input's default, which callers may override.
        if (Proto.Initializer.All(tensor => tensor.Name != name))
            Declare(name);

        Proto.Input.Add(new ValueInfoProto { Name = name, Type = type });
        return this;
    }

    public OnnxGraphBuilder Output(string name, ElementType element, params ReadOnlySpan<OnnxDimension> shape) =>
        Output(name, OnnxType.Tensor(element, shape));

    public OnnxGraphBuilder Output(string name, TypeProto type)
    {
        Proto.Output.Add(new ValueInfoProto { Name = name, Type = type });
        return this;
    }

    /// <summary>Adds a constant and answers its name. Without dimensions it is a scalar.</summary>
    public string Initializer<T>(string name, ReadOnlySpan<T> values, params ReadOnlySpan<long> dims)
        where T : unmanaged =>
        Initializer(OnnxTensor.Create(name, values, dims));

    /// <inheritdoc cref="Initializer{T}(string, ReadOnlySpan{T}, ReadOnlySpan{long})"/>
    public string Initializer<T>(string name, T[] values, params ReadOnlySpan<long> dims) where T : unmanaged =>
        Initializer(OnnxTensor.Create<T>(name, values, dims));

    public string Initializer(TensorProto tensor)
    {
        if (Proto.Input.All(input => input.Name != tensor.Name))
            Declare(tensor.Name);

        Proto.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>
    /// Adds a constant whose bytes go into <paramref name="file"/>, a path relative to the model's folder.
    /// </summary>
    public string ExternalInitializer<T>(string file, string name, T[] values, params ReadOnlySpan<long> dims)
        where T : unmanaged
    {
        var tensor = OnnxTensor.Create<T>(name, values, dims);
        _model.MoveOut(tensor, file);
        return Initializer(tensor);
    }

    /// <summary>
    /// Adds a node of the standard operators. Without named outputs it has one, named after the operator; an empty
    /// input name leaves an optional input out.
    /// </summary>
    public OnnxNodeBuilder Node(string op, string[] inputs, params ReadOnlySpan<string> outputs) =>
        Node("", op, inputs, outputs);

    /// <summary>Adds a node of the operators of <paramref name="domain"/>.</summary>
    public OnnxNodeBuilder Node(string domain, string op, string[] inputs, params ReadOnlySpan<string> outputs)
    {
        var ordinal = Proto.Node.Count.ToString(CultureInfo.InvariantCulture);
        var node = new NodeProto { Name = $"{op}_{ordinal}", OpType = op, Domain = domain };
        node.Input.Add(inputs);
        if (outputs.IsEmpty)
            node.Output.Add($"{Proto.Name}_{op}_{ordinal}");

        foreach (var output in outputs)
            node.Output.Add(output);

        foreach (var output in node.Output.Where(output => output.Length > 0))
            Declare(output);

        Proto.Node.Add(node);
        return new OnnxNodeBuilder(node);
    }

    /// <summary>
    /// A graph for an attribute of a control-flow node. It sees the values of this graph, so its own names must differ.
    /// </summary>
    public OnnxGraphBuilder Subgraph(string name) => new(_model, name);

    private void Declare(string name)
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentException($"A value of graph '{Proto.Name}' has no name.");

        if (!_values.Add(name))
            throw new ArgumentException($"Graph '{Proto.Name}' defines '{name}' twice.");
    }
}
