using System.Buffers;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Statistics.Assignment;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>The Open Inference Protocol's JSON with its extension for binary data, in and out.</summary>
internal sealed class RestCodec : IRequestCodec
{
    private readonly RestRequest _request = new();
    private IHeaderDictionary? _headers;
    private ChosenOutput[] _chosen = new ChosenOutput[4];
    private int _chosenCount;

    /// <summary>The longest that the caller wants to wait.</summary>
    public TimeSpan? Timeout => _request.Timeout;

    /// <summary>Bytes of the answer's JSON when binary data follows it; else null.</summary>
    public int? AnswerJsonLength { get; private set; }

    /// <summary>Takes a request apart. Throws <see cref="RequestException"/>.</summary>
    public void Begin(ReadOnlyMemory<byte> body, IHeaderDictionary? headers, RequestLimits limits)
    {
        _headers = headers;
        AnswerJsonLength = null;
        _chosenCount = 0;
        var header = headers?[RestHeaders.JsonLength] is { Count: > 0 } values ? values.ToString() : null;
        _request.Read(body, header, limits);
    }

    /// <summary>Lets go of the request.</summary>
    public void End()
    {
        _request.Forget();
        _headers = null;
    }

    public bool TryReadUnit(UnitRule rule, out ulong unitHash)
    {
        unitHash = 0;
        if (rule.Source != UnitSource.Header)
            return rule.Source == UnitSource.Field && UnitFinder.TryFind(_request, rule.Name, out unitHash);

        var values = _headers?[rule.Name] ?? default;
        if (values.Count == 0 || string.IsNullOrEmpty(values[0]))
            return false;
        unitHash = UnitHash.Of(values[0].AsSpan());
        return true;
    }

    public int CopyUnit(UnitRule rule, Span<byte> utf8)
    {
        if (rule.Source == UnitSource.Field)
            return UnitFinder.Copy(_request, rule.Name, utf8);
        return (_headers?[rule.Name] ?? default) is [{ } text, ..]
            && System.Text.Encoding.UTF8.TryGetBytes(text, utf8, out var written) ? written : 0;
    }

    public void ReadInputs(Signature signature, TensorSet inputs)
    {
        var text = SignatureText.Of(signature);
        ChooseOutputs(signature, text);
        if (_request.IsRaw)
        {
            RawRequest.Read(signature, _request.Body, inputs);
            return;
        }

        var guess = 0;
        foreach (ref readonly var input in _request.Inputs)
        {
            var index = SignatureText.Find(text.Inputs, input.Name, _request.Json, guess);
            if (index < 0)
                throw Unknown("input", _request.NameOf(input), signature.Inputs);
            if (inputs[index].Present)
                throw Invalid($"The request has the input '{_request.NameOf(input)}' twice.");
            ReadInput(signature.Inputs[index], input, inputs[index]);
            guess = index + 1;
        }
    }

    public void WriteAnswer(PredictCall call, IBufferWriter<byte> body)
    {
        var variant = call.Variant!;
        if (variant.Control is not null)
            ChooseAmong(variant);
        var start = call.Body.Written.Length;
        body.Write("{"u8);
        if (!_request.Id.Equals(default))
        {
            body.Write("\"id\":"u8);
            body.Write(_request.Json[_request.Id]);
            body.Write(","u8);
        }

        body.Write("\"model_name\":"u8);
        JsonOutput.WriteText(body, call.EndpointName);
        body.Write(",\"model_version\":"u8);
        JsonOutput.WriteText(body, variant.VersionText);
        body.Write(",\"parameters\":{\"prediction_id\":"u8);
        JsonOutput.WriteText(body, call.PredictionId);
        body.Write(",\"variant\":"u8);
        JsonOutput.WriteText(body, variant.Name.ToString());
        body.Write("},\"outputs\":["u8);
        var binaryBytes = WriteOutputs(call, SignatureText.Of(variant.Signature), body);
        body.Write("]}"u8);
        if (binaryBytes == 0)
            return;

        AnswerJsonLength = call.Body.Written.Length - start;
        foreach (var output in _chosen.AsSpan(0, _chosenCount))
        {
            if (output.Binary)
                BinaryData.Write(call.Outputs![output.Index], body);
        }
    }

    private void ReadInput(TensorSpec spec, in InputPart input, Tensor tensor)
    {
        // Said here and not after reading: of data in another type, whatever is wrong with it is beside the point.
        if (spec.Type != input.Type)
        {
            throw Invalid(
                $"The input '{spec.Name}' has the type {input.Type.WireName()}, the model takes "
                + $"{spec.Type.WireName()}.");
        }

        if (input.IsBinary)
            BinaryData.Read(spec.Name, input.Type, _request.ShapeOf(input), _request.BinaryOf(input), tensor);
        else
            JsonData.Read(_request, input, tensor);
    }

    private void ChooseOutputs(Signature signature, SignatureText text)
    {
        var all = _request.OutputCount == 0;
        var count = all ? signature.Outputs.Length : _request.OutputCount;
        if (_chosen.Length < count)
            _chosen = new ChosenOutput[count];
        _chosenCount = 0;
        for (var i = 0; i < count; i++)
        {
            var index = all ? i : SignatureText.Find(text.Outputs, _request.Outputs[i].Name, _request.Json, i);
            if (index < 0)
                throw Unknown("output", _request.Outputs[i].Name.ToText(_request.Json), signature.Outputs);
            RefuseChosenTwice(signature.Outputs[index], index);
            var binary = _request.IsRaw || ((all ? null : _request.Outputs[i].Binary) ?? _request.BinaryOutputs);
            _chosen[_chosenCount++] = new ChosenOutput(index, binary);
            if (!binary)
                RefuseWithoutJson(signature.Outputs[index]);
        }
    }

    /// <summary>
    /// An arm without a model has other outputs than the request was read by: those of them that were asked for, or all
    /// where nothing was.
    /// </summary>
    private void ChooseAmong(VariantState variant)
    {
        const int Few = 64;
        Span<ChosenOutput> asked = _chosenCount <= Few
            ? stackalloc ChosenOutput[_chosenCount]
            : new ChosenOutput[_chosenCount];
        _chosen.AsSpan(0, _chosenCount).CopyTo(asked);
        var own = variant.Signature.Outputs;
        if (_chosen.Length < own.Length)
            _chosen = new ChosenOutput[own.Length];
        _chosenCount = 0;
        for (var i = 0; i < own.Length; i++)
        {
            bool? binary = _request.OutputCount == 0 ? _request.IsRaw || _request.BinaryOutputs : null;
            foreach (var each in asked)
            {
                if (variant.RequestSignature.Outputs[each.Index].Name == own[i].Name)
                    binary = each.Binary;
            }

            if (binary is { } asBinary)
                _chosen[_chosenCount++] = new ChosenOutput(i, asBinary);
        }
    }

    /// <summary>Before the model runs, so that nothing is computed that cannot be sent.</summary>
    private static void RefuseWithoutJson(TensorSpec output)
    {
        if (output.Type is not (ElementType.Float16 or ElementType.BFloat16))
            return;
        throw Invalid(
            $"The output '{output.Name}' holds {output.Type.WireName()} numbers, which JSON does not carry; ask for it "
            + "as binary data.");
    }

    private void RefuseChosenTwice(TensorSpec output, int index)
    {
        // A request for all outputs names each once, in order, and is the one that may be long.
        if (_request.OutputCount == 0)
            return;
        foreach (var earlier in _chosen.AsSpan(0, _chosenCount))
        {
            if (earlier.Index == index)
                throw Invalid($"output '{output.Name}' already exists in request");
        }
    }

    /// <summary>Writes the objects of the outputs; returns how many bytes of binary data belong to them.</summary>
    private long WriteOutputs(PredictCall call, SignatureText text, IBufferWriter<byte> body)
    {
        long binaryBytes = 0;
        for (var i = 0; i < _chosenCount; i++)
        {
            var tensor = call.Outputs![_chosen[i].Index];
            if (i > 0)
                body.Write(","u8);
            body.Write(text.Openings[_chosen[i].Index]);
            WriteShape(tensor, body);
            if (_chosen[i].Binary)
            {
                body.Write("],\"parameters\":{\"binary_data_size\":"u8);
                JsonOutput.WriteNumber(body, BinaryData.SizeOf(tensor));
                body.Write("}}"u8);
                binaryBytes += BinaryData.SizeOf(tensor);
                continue;
            }

            body.Write("],\"data\":"u8);
            JsonOutput.WriteElements(body, tensor);
            body.Write("}"u8);
        }

        return binaryBytes;
    }

    private static void WriteShape(Tensor tensor, IBufferWriter<byte> body)
    {
        // An optional output that the model left out is told as one of no elements.
        if (!tensor.Present)
        {
            body.Write("0"u8);
            return;
        }

        for (var d = 0; d < tensor.Rank; d++)
        {
            if (d > 0)
                body.Write(","u8);
            JsonOutput.WriteNumber(body, tensor.Shape[d]);
        }
    }

    private static RequestException Unknown(string what, string name, IEnumerable<TensorSpec> specs)
    {
        var names = string.Join(", ", specs.Select(spec => $"'{spec.Name}'"));
        return Invalid($"unexpected inference {what} '{name}'; the model has {names}");
    }

    private static RequestException Invalid(string message) => new(PredictFailure.InvalidInput, message);

    private readonly record struct ChosenOutput(int Index, bool Binary);
}
