using System.Globalization;
using Google.Protobuf;

namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>
/// What an ONNX file says about itself before a runtime loads it: notes, operator sets, the files that belong to it.
/// </summary>
/// <remarks>
/// The file may come from anyone. Weights are skipped, so memory is a small part of the file's size. Whatever is wrong
/// with the content becomes an <see cref="InvalidDataException"/> that names the file; a file that cannot be opened or
/// read stays the <see cref="IOException"/> that it is.
/// </remarks>
public sealed class OnnxFile
{
    /// <summary>What a protobuf message can hold.</summary>
    public const long MaxLength = int.MaxValue;

    /// <summary>Graphs inside nodes inside graphs: each level costs three nested messages.</summary>
    private const int MaxNesting = 100;

    private static readonly MessageParser<ModelOutline> Parser = ModelOutline.Parser.WithDiscardUnknownFields(true);

    private readonly string _name;
    private readonly Dictionary<string, long> _external = new(StringComparer.Ordinal);

    private OnnxFile(string name, ModelOutline model)
    {
        _name = name;
        IrVersion = model.IrVersion;
        Producer = string.Join(' ', new[] { model.ProducerName, model.ProducerVersion }.Where(part => part.Length > 0));
        Opsets = LastOfEach(model.OpsetImport, import => import.Domain, import => import.Version);
        Metadata = LastOfEach(model.MetadataProps, entry => entry.Key, entry => entry.Value);
        Visit(model.Graph);
        foreach (var function in model.Functions)
        {
            VisitAll(function.Node);
            VisitAll(function.AttributeProto);
        }

        ExternalData = [.. _external
            .OrderBy(file => file.Key, StringComparer.Ordinal)
            .Select(file => new ExternalDataFile(file.Key, file.Value))];
    }

    /// <summary>The version of the file format.</summary>
    public long IrVersion { get; }

    /// <summary>The program that wrote the file, with its version; may be empty.</summary>
    public string Producer { get; }

    /// <summary>Versions of operator sets by domain. The empty domain is the standard set.</summary>
    public IReadOnlyDictionary<string, long> Opsets { get; }

    /// <summary>The <c>metadata_props</c> of the model.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The files with weights, each once, in the order of their locations.</summary>
    public IReadOnlyList<ExternalDataFile> ExternalData { get; }

    public static OnnxFile Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Read(stream, path);
    }

    /// <param name="stream">Read to its end; not closed.</param>
    /// <param name="name">What errors call the file.</param>
    public static OnnxFile Read(Stream stream, string name)
    {
        if (stream.CanSeek && stream.Length - stream.Position > MaxLength)
            throw Invalid(name, $"is larger than {MaxLength} bytes; weights of that size belong into external files");

        // Not disposed: that would only close the caller's stream.
        var input = CodedInputStream.CreateWithLimits(stream, int.MaxValue, MaxNesting);
        ModelOutline model;
        try
        {
            model = Parser.ParseFrom(input);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Invalid(name, $"is not an ONNX model, or is cut off ({e.Message.TrimEnd('.')})", e);
        }

        if (model.Graph is null)
            throw Invalid(name, "is not an ONNX model: it has no graph");

        if (model.IrVersion < 1)
            throw Invalid(name, "is not an ONNX model: it has no format version");

        return new OnnxFile(name, model);
    }

    private void Visit(GraphOutline? graph)
    {
        if (graph is null)
            return;

        foreach (var tensor in graph.Initializer)
            Visit(tensor);

        foreach (var tensor in graph.SparseInitializer)
            Visit(tensor);

        VisitAll(graph.Node);
    }

    private void VisitAll(IEnumerable<NodeOutline> nodes)
    {
        foreach (var node in nodes)
            VisitAll(node.Attribute);
    }

    private void VisitAll(IEnumerable<AttributeOutline> attributes)
    {
        foreach (var attribute in attributes)
        {
            Visit(attribute.T);
            Visit(attribute.G);
            Visit(attribute.SparseTensor);
            foreach (var tensor in attribute.Tensors)
                Visit(tensor);

            foreach (var graph in attribute.Graphs)
                Visit(graph);

            foreach (var tensor in attribute.SparseTensors)
                Visit(tensor);
        }
    }

    private void Visit(SparseTensorOutline? tensor)
    {
        Visit(tensor?.Values);
        Visit(tensor?.Indices);
    }

    private void Visit(TensorOutline? tensor)
    {
        if (tensor is null || tensor.DataLocation != DataLocation.External)
            return;

        var entries = LastOfEach(tensor.ExternalData, entry => entry.Key, entry => entry.Value);
        if (!entries.TryGetValue("location", out var location))
            throw Invalid(_name, $"does not say in which file the data of tensor '{tensor.Name}' is");

        if (ExternalDataFile.WhyUnsafe(location) is { } why)
            throw Invalid(_name, $"keeps tensor '{tensor.Name}' in '{location}', which {why}");

        var offset = Number(tensor, entries, "offset");
        var length = Number(tensor, entries, "length");
        if (length > long.MaxValue - offset)
            throw Invalid(_name, $"places tensor '{tensor.Name}' beyond the end of any file");

        location = ExternalDataFile.Normalize(location);
        _external[location] = Math.Max(_external.GetValueOrDefault(location), offset + length);
    }

    private long Number(TensorOutline tensor, Dictionary<string, string> entries, string key)
    {
        if (!entries.TryGetValue(key, out var text))
            return 0;

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid(_name, $"gives tensor '{tensor.Name}' the {key} '{text}', which is not a number");
    }

    /// <summary>Of entries with the same key the last one counts, as in protobuf itself.</summary>
    private static Dictionary<string, TValue> LastOfEach<TEntry, TValue>(
        IEnumerable<TEntry> entries, Func<TEntry, string> key, Func<TEntry, TValue> value)
    {
        var last = new Dictionary<string, TValue>(StringComparer.Ordinal);
        foreach (var entry in entries)
            last[key(entry)] = value(entry);

        return last;
    }

    private static InvalidDataException Invalid(string name, string what, Exception? cause = null) =>
        new($"'{name}' {what}.", cause);
}
