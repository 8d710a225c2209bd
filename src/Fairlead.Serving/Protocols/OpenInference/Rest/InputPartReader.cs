using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>Reads what a request says of one input, and finds its data.</summary>
internal ref struct InputPartReader(ReadOnlySpan<byte> json, int index)
{
    private const int Depth = RequestLimits.MaxDepth - 3;

    private readonly ReadOnlySpan<byte> _json = json;
    private InputPart _part = new();

    /// <summary>Reads one object; dimensions are added to those of the inputs before it.</summary>
    public InputPart Read(ref JsonScanner scanner, ref long[] shapes, ref int dimensions, RequestLimits limits)
    {
        if (scanner.Peek() != (byte)'{')
            throw new RequestException(PredictFailure.InvalidInput, $"Input {index} is not an object.");
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
            ReadMember(ref scanner, ref shapes, ref dimensions);
        Check(shapes, limits);
        return _part;
    }

    private void ReadMember(ref JsonScanner scanner, ref long[] shapes, ref int dimensions)
    {
        var member = scanner.TakeName();
        if (member.Is(_json, "name"u8))
        {
            RefuseTwice(_part.Name.Length >= 0, "name");
            if (scanner.Peek() != (byte)'"')
                throw Wrong("has a \"name\" that is not a string");
            _part.Name = scanner.TakeString();
        }
        else if (member.Is(_json, "datatype"u8))
        {
            RefuseTwice(_part.HasType, "datatype");
            ReadType(ref scanner);
        }
        else if (member.Is(_json, "shape"u8))
        {
            RefuseTwice(_part.Rank >= 0, "shape");
            ReadShape(ref scanner, ref shapes, ref dimensions);
        }
        else if (member.Is(_json, "data"u8))
        {
            RefuseTwice(_part.DataAt >= 0, "data");
            ReadData(ref scanner);
        }
        else if (member.Is(_json, "parameters"u8) && !scanner.TryTake("null"u8))
        {
            ReadParameters(ref scanner);
        }
        else if (!member.Is(_json, "parameters"u8))
        {
            scanner.SkipValue(Depth);
        }
    }

    private void ReadType(ref JsonScanner scanner)
    {
        if (scanner.Peek() != (byte)'"')
            throw Wrong("has a \"datatype\" that is not a string");
        var text = scanner.TakeString();
        Span<char> name = stackalloc char[8];
        var raw = text.Raw(_json);
        var known = raw.Length <= name.Length;
        for (var i = 0; known && i < raw.Length; i++)
            name[i] = (char)raw[i];
        if (!known || !ElementTypes.TryParse(name[..raw.Length], out _part.Type))
            throw Wrong($"has the unknown datatype '{text.ToText(_json)}'");
        _part.HasType = true;
    }

    private void ReadShape(ref JsonScanner scanner, ref long[] shapes, ref int dimensions)
    {
        if (scanner.Peek() != (byte)'[')
            throw Wrong("has a \"shape\" that is not an array");
        scanner.Take((byte)'[');
        _part.ShapeAt = dimensions;
        _part.Rank = 0;
        var begun = false;
        while (scanner.More((byte)']', ref begun))
        {
            if (_part.Rank == Tensor.MaxRank)
                throw Wrong($"has more than {Tensor.MaxRank} dimensions", PredictFailure.TooLarge);
            if (dimensions == shapes.Length)
                Array.Resize(ref shapes, 2 * dimensions);
            var here = scanner;
            if (!scanner.TryTakeNumber(out var number) || !number.TryGetInteger<long>(out var size) || size < 0)
                throw Wrong($"has a dimension that is no size: {here.Excerpt()}");
            shapes[dimensions++] = size;
            _part.Rank++;
        }
    }

    private void ReadData(ref JsonScanner scanner)
    {
        if (scanner.Peek() != (byte)'[')
            throw Wrong("has \"data\" that is not an array");
        _part.DataAt = scanner.Position;
        if (!scanner.TrySkipArray(Depth))
            throw Wrong("has \"data\" with an object in it");
        _part.DataLength = scanner.Position - _part.DataAt;
    }

    private void ReadParameters(ref JsonScanner scanner)
    {
        if (scanner.Peek() != (byte)'{')
            throw Wrong("has \"parameters\" that are not an object");
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
        {
            var name = scanner.TakeName();
            if (name.Is(_json, "binary_data_size"u8))
            {
                RefuseTwice(_part.IsBinary, "binary_data_size");
                var isWhole = scanner.TryTakeNumber(out var number) && number.TryGetInteger(out _part.BinarySize);
                if (!isWhole || _part.BinarySize < 0)
                    throw Wrong("has a \"binary_data_size\" that is no size");
            }
            else if (name.Is(_json, "shared_memory_region"u8))
            {
                throw Wrong("is in shared memory, which this server does not read", PredictFailure.Unsupported);
            }
            else
            {
                scanner.SkipValue(Depth - 1);
            }
        }
    }

    private void Check(long[] shapes, RequestLimits limits)
    {
        if (_part.Name.Length < 0)
            throw new RequestException(PredictFailure.InvalidInput, $"Input {index} has no \"name\".");
        if (!_part.HasType)
            throw Wrong("has no \"datatype\"");
        if (_part.Rank < 0)
            throw Wrong("has no \"shape\"");
        if (_part.DataAt < 0 && !_part.IsBinary)
            throw Wrong("has no \"data\" and no \"binary_data_size\"");
        if (_part.DataAt >= 0 && _part.IsBinary)
            throw Wrong("has both \"data\" and a \"binary_data_size\"");
        var shape = shapes.AsSpan(_part.ShapeAt, _part.Rank);
        if (!Tensor.TryCount(shape, out _part.Count) || _part.Count > limits.MaxElements)
            throw Wrong($"has more than {limits.MaxElements} elements", PredictFailure.TooLarge);
    }

    private readonly void RefuseTwice(bool seen, string member)
    {
        if (seen)
            throw Wrong($"has its \"{member}\" twice", PredictFailure.Malformed);
    }

    private readonly RequestException Wrong(string what, PredictFailure failure = PredictFailure.InvalidInput) =>
        new(failure, Label(what));

    /// <summary>An input is told by its name, once that is known.</summary>
    private readonly string Label(string what) =>
        _part.Name.Length < 0 ? $"Input {index} {what}." : $"The input '{_part.Name.ToText(_json)}' {what}.";
}
