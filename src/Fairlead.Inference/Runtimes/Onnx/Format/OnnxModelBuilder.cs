using System.Globalization;
using Google.Protobuf;

namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>Writes an ONNX model: the graph, the operator sets that it is written in, and notes about it.</summary>
/// <remarks>The same calls give the same bytes.</remarks>
public sealed class OnnxModelBuilder
{
    /// <summary>The operator set <c>ai.onnx.ml</c>: classical machine learning.</summary>
    public const string MachineLearning = "ai.onnx.ml";

    /// <summary>Tensors in external files begin at multiples of this, so that mapped ones are aligned.</summary>
    private const int ExternalAlignment = 64;

    private readonly ModelProto _model;
    private readonly SortedDictionary<string, MemoryStream> _external = new(StringComparer.Ordinal);

    /// <param name="name">The name of the graph.</param>
    /// <param name="opset">The version of the standard operators.</param>
    /// <param name="irVersion">The version of the file format. Version 10 came with opset 21.</param>
    public OnnxModelBuilder(string name, int opset = 21, int irVersion = 10)
    {
        Graph = new OnnxGraphBuilder(this, name);
        _model = new ModelProto { IrVersion = irVersion, ProducerName = "fairlead", Graph = Graph.Proto };
        Opset("", opset);
    }

    public OnnxGraphBuilder Graph { get; }

    public OnnxModelBuilder Opset(string domain, int version)
    {
        if (_model.OpsetImport.Any(import => import.Domain == domain))
            throw new ArgumentException($"Operator set '{domain}' is imported already.");

        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        return this;
    }

    /// <summary>Imports the operators of <see cref="MachineLearning"/>.</summary>
    public OnnxModelBuilder WithMachineLearning(int version = 3) => Opset(MachineLearning, version);

    public OnnxModelBuilder Metadata(string key, string value)
    {
        if (_model.MetadataProps.Any(entry => entry.Key == key))
            throw new ArgumentException($"Metadata '{key}' is set already.");

        _model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        return this;
    }

    public OnnxModelBuilder Doc(string text)
    {
        _model.DocString = text;
        return this;
    }

    public OnnxModelBuilder Function(FunctionProto function)
    {
        _model.Functions.Add(function);
        return this;
    }

    /// <summary>The files that the model consists of besides itself: relative path and bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> ExternalFiles =>
        _external.ToDictionary(file => file.Key, file => file.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>The bytes of the model file, without those of <see cref="ExternalFiles"/>.</summary>
    public byte[] ToArray() => _model.ToByteArray();

    /// <summary>Writes the model, and its external files next to it.</summary>
    public void Save(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        foreach (var (location, content) in _external)
        {
            var file = Path.Combine(folder, location);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content.ToArray());
        }

        File.WriteAllBytes(path, ToArray());
    }

    /// <summary>Moves the bytes of a tensor from the model to the end of an external file.</summary>
    internal void MoveOut(TensorProto tensor, string location)
    {
        if (ExternalDataFile.WhyUnsafe(location) is { } why)
            throw new ArgumentException($"External file '{location}' {why}.");

        if (!_external.TryGetValue(location, out var stream))
            _external.Add(location, stream = new MemoryStream());

        while (stream.Length % ExternalAlignment != 0)
            stream.WriteByte(0);

        void Entry(string key, string value) =>
            tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

        Entry("location", location);
        Entry("offset", stream.Length.ToString(CultureInfo.InvariantCulture));
        Entry("length", tensor.RawData.Length.ToString(CultureInfo.InvariantCulture));
        tensor.RawData.WriteTo(stream);
        tensor.RawData = ByteString.Empty;
        tensor.DataLocation = DataLocation.External;
    }
}
