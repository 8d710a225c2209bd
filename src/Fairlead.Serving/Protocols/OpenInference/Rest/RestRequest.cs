using System.Globalization;
using System.Text.Unicode;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// A request taken apart into places within its bytes, in one pass over its JSON that reads no tensor's data. Kept and
/// used again with the codec that owns it.
/// </summary>
internal sealed class RestRequest
{
    private ReadOnlyMemory<byte> _body;
    private int _jsonLength;
    private InputPart[] _inputs = new InputPart[4];
    private OutputPart[] _outputs = new OutputPart[4];
    private long[] _shapes = new long[16];
    private int _dimensions;
    private int _seen;

    /// <summary>The request's JSON.</summary>
    public ReadOnlySpan<byte> Json => _body.Span[.._jsonLength];

    /// <summary>The whole body, binary data included.</summary>
    public ReadOnlySpan<byte> Body => _body.Span;

    public int InputCount { get; private set; }

    public int OutputCount { get; private set; }

    public ReadOnlySpan<InputPart> Inputs => _inputs.AsSpan(0, InputCount);

    public ReadOnlySpan<OutputPart> Outputs => _outputs.AsSpan(0, OutputCount);

    /// <summary>The caller's id with its quotes and escapes, to be given back as it is.</summary>
    public Range Id { get; private set; }

    /// <summary>The object of the request's parameters; empty when there is none.</summary>
    public Range Parameters { get; private set; }

    /// <summary>The longest that the caller wants to wait.</summary>
    public TimeSpan? Timeout { get; private set; }

    /// <summary>Outputs are wanted as binary data unless they say otherwise themselves.</summary>
    public bool BinaryOutputs { get; private set; }

    /// <summary>The whole body is the data of the model's one input.</summary>
    public bool IsRaw { get; private set; }

    /// <summary>The dimensions of an input.</summary>
    public ReadOnlySpan<long> ShapeOf(in InputPart input) => _shapes.AsSpan(input.ShapeAt, Math.Max(input.Rank, 0));

    /// <summary>Where an input's binary data lies.</summary>
    public ReadOnlySpan<byte> BinaryOf(in InputPart input) => _body.Span.Slice(input.BinaryAt, input.BinarySize);

    /// <summary>The name of an input for a message.</summary>
    public string NameOf(in InputPart input) => input.Name.ToText(Json);

    /// <summary>Takes a body apart. Throws <see cref="RequestException"/>.</summary>
    /// <param name="header">The header with the length of the JSON; null: all of the body is JSON.</param>
    public void Read(ReadOnlyMemory<byte> body, string? header, RequestLimits limits)
    {
        Forget();
        _body = body;
        _jsonLength = JsonLength(body.Length, header);
        IsRaw = header is not null && _jsonLength == 0;
        if (IsRaw)
            return;

        if (!Utf8.IsValid(Json))
            throw new RequestException(PredictFailure.Malformed, "The request's JSON is not valid UTF-8.");
        var scanner = new JsonScanner(Json);
        ReadRequest(ref scanner, limits);
        PlaceBinaryData();
    }

    /// <summary>Lets go of the body.</summary>
    public void Forget()
    {
        _body = default;
        _jsonLength = InputCount = OutputCount = _dimensions = _seen = 0;
        Id = Parameters = default;
        Timeout = null;
        BinaryOutputs = IsRaw = false;
    }

    private static int JsonLength(int bodyLength, string? header)
    {
        if (header is null)
            return bodyLength;
        var isLength = int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length);
        if (isLength && length <= bodyLength)
            return length;
        throw new RequestException(PredictFailure.Malformed,
            $"inference header size should be in range (0, {bodyLength}), got: {header}");
    }

    private void ReadRequest(ref JsonScanner scanner, RequestLimits limits)
    {
        if (scanner.Peek() != (byte)'{')
            throw new RequestException(PredictFailure.Malformed, "The request is not a JSON object.");
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
            ReadMember(ref scanner, limits);
        if (scanner.Peek() != 0)
            throw new RequestException(PredictFailure.Malformed, "Something follows the request's JSON object.");
        if ((_seen & 1) == 0)
            throw new RequestException(PredictFailure.InvalidInput, "The request has no \"inputs\".");
    }

    private void ReadMember(ref JsonScanner scanner, RequestLimits limits)
    {
        var name = scanner.TakeName();
        if (name.Is(Json, "inputs"u8))
        {
            See(1, "inputs");
            ReadInputs(ref scanner, limits);
        }
        else if (name.Is(Json, "outputs"u8))
        {
            See(2, "outputs");
            if (!scanner.TryTake("null"u8))
                ReadOutputs(ref scanner, limits);
        }
        else if (name.Is(Json, "parameters"u8))
        {
            See(4, "parameters");
            if (!scanner.TryTake("null"u8))
                ReadParameters(ref scanner);
        }
        else if (name.Is(Json, "id"u8))
        {
            See(8, "id");
            ReadId(ref scanner);
        }
        else
        {
            scanner.SkipValue(RequestLimits.MaxDepth - 1);
        }
    }

    private void See(int member, string name)
    {
        if ((_seen & member) != 0)
            throw new RequestException(PredictFailure.Malformed, $"The request has \"{name}\" twice.");
        _seen |= member;
    }

    private void ReadId(ref JsonScanner scanner)
    {
        if (scanner.TryTake("null"u8))
            return;
        if (scanner.Peek() != (byte)'"')
            throw new RequestException(PredictFailure.InvalidInput, "The request's \"id\" is not a string.");
        var start = scanner.Position;
        scanner.TakeString();
        Id = start..scanner.Position;
    }

    private void ReadParameters(ref JsonScanner scanner)
    {
        if (scanner.Peek() != (byte)'{')
            throw new RequestException(PredictFailure.InvalidInput, "The request's \"parameters\" are not an object.");
        var start = scanner.Position;
        scanner.Take((byte)'{');
        var begun = false;
        while (scanner.More((byte)'}', ref begun))
        {
            var name = scanner.TakeName();
            if (name.Is(Json, "binary_data_output"u8))
                BinaryOutputs = RestParameters.TakeFlag(ref scanner, "binary_data_output");
            else if (name.Is(Json, "timeout"u8))
                Timeout = RestParameters.TakeMicroseconds(ref scanner);
            else
                scanner.SkipValue(RequestLimits.MaxDepth - 2);
        }

        Parameters = start..scanner.Position;
    }

    private void ReadInputs(ref JsonScanner scanner, RequestLimits limits)
    {
        if (scanner.Peek() != (byte)'[')
            throw new RequestException(PredictFailure.InvalidInput, "The request's \"inputs\" are not an array.");
        scanner.Take((byte)'[');
        var begun = false;
        while (scanner.More((byte)']', ref begun))
        {
            if (InputCount == limits.MaxTensors)
                throw TooMany($"A request has at most {limits.MaxTensors} inputs.");
            if (InputCount == _inputs.Length)
                Array.Resize(ref _inputs, 2 * InputCount);
            var reader = new InputPartReader(Json, InputCount);
            _inputs[InputCount++] = reader.Read(ref scanner, ref _shapes, ref _dimensions, limits);
        }
    }

    private void ReadOutputs(ref JsonScanner scanner, RequestLimits limits)
    {
        if (scanner.Peek() != (byte)'[')
            throw new RequestException(PredictFailure.InvalidInput, "The request's \"outputs\" are not an array.");
        scanner.Take((byte)'[');
        var begun = false;
        while (scanner.More((byte)']', ref begun))
        {
            if (OutputCount == limits.MaxTensors)
                throw TooMany($"A request asks for at most {limits.MaxTensors} outputs.");
            if (OutputCount == _outputs.Length)
                Array.Resize(ref _outputs, 2 * OutputCount);
            _outputs[OutputCount] = RestParameters.TakeOutput(ref scanner, Json, OutputCount);
            OutputCount++;
        }
    }

    private static RequestException TooMany(string message) => new(PredictFailure.TooLarge, message);

    /// <summary>Binary data lies behind the JSON, one input's behind the other's.</summary>
    private void PlaceBinaryData()
    {
        var at = _jsonLength;
        foreach (ref var input in _inputs.AsSpan(0, InputCount))
        {
            if (!input.IsBinary)
                continue;
            if (input.BinarySize > _body.Length - at)
            {
                var lacking = input.BinarySize - (_body.Length - at);
                throw new RequestException(PredictFailure.Malformed,
                    $"unexpected size for input '{NameOf(input)}', expecting {lacking} additional bytes");
            }

            input.BinaryAt = at;
            at += input.BinarySize;
        }

        if (at < _body.Length)
        {
            throw new RequestException(PredictFailure.Malformed,
                $"unexpected additional input data: {_body.Length - at} bytes follow the data of the last input");
        }
    }
}
