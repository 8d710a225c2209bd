using System.Buffers;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Statistics.Assignment;
using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>One ModelInferRequest on its way into tensors, and the outputs on their way into an answer.</summary>
internal sealed class InferCodec(RequestLimits limits) : IRequestCodec
{
    /// <summary>
    /// Parameters that say that a tensor's bytes lie in memory shared with the server, which this one never has.
    /// </summary>
    private const string SharedMemory = "shared_memory_region";

    private readonly List<int> _outputs = [];
    private ModelInferRequest _request = null!;
    private IHeaderDictionary? _metadata;

    /// <summary>The answer, once written.</summary>
    public ModelInferResponse? Answer { get; private set; }

    public void Begin(ModelInferRequest request, IHeaderDictionary? metadata)
    {
        _request = request;
        _metadata = metadata;
    }

    public void End()
    {
        _request = null!;
        _metadata = null;
        Answer = null;
        _outputs.Clear();
    }

    public bool TryReadUnit(UnitRule rule, out ulong unitHash)
    {
        unitHash = 0;
        if (rule.Source == UnitSource.Header)
        {
            if (_metadata is null || !_metadata.TryGetValue(rule.Name, out var values)
                || values.Count == 0 || string.IsNullOrEmpty(values[0]))
            {
                return false;
            }

            unitHash = UnitHash.Of(values[0].AsSpan());
            return true;
        }

        if (_request.Parameters.TryGetValue(rule.Name, out var parameter)
            && UnitElements.TryHash(parameter, out unitHash))
        {
            return true;
        }

        for (var i = 0; i < _request.Inputs.Count; i++)
        {
            if (_request.Inputs[i].Name == rule.Name)
                return TryReadUnit(i, out unitHash);
        }

        return false;
    }

    public int CopyUnit(UnitRule rule, Span<byte> utf8)
    {
        var text = rule.Source == UnitSource.Header
            ? _metadata is not null && _metadata.TryGetValue(rule.Name, out var values) && values is [{ } first, ..]
                ? first
                : ""
            : _request.Parameters.TryGetValue(rule.Name, out var parameter) ? UnitElements.TextOf(parameter) : "";
        return System.Text.Encoding.UTF8.TryGetBytes(text, utf8, out var written) ? written : 0;
    }

    public void ReadInputs(Signature signature, TensorSet inputs)
    {
        CheckForm();
        ChooseOutputs(signature);
        for (var i = 0; i < _request.Inputs.Count; i++)
        {
            var input = _request.Inputs[i];
            var index = Find(signature.Inputs, input.Name, i);
            if (index < 0)
            {
                throw Wrong(PredictFailure.InvalidInput,
                    $"The input {InferFailure.Quoted(input.Name)} is unknown; "
                    + $"the model takes {Names(signature.Inputs)}.");
            }

            if (inputs[index].Present)
                throw Wrong(PredictFailure.InvalidInput, $"The input '{input.Name}' is there twice.");
            TensorContents.Read(_request, i, limits, inputs[index]);
        }
    }

    /// <summary>
    /// Makes the answer as a message; the framework writes its bytes, so <paramref name="body"/> stays empty.
    /// </summary>
    public void WriteAnswer(PredictCall call, IBufferWriter<byte> body)
    {
        if (call.Variant is { Control: not null } control)
            ChooseAmong(control);
        Answer = InferAnswer.Write(call, _request.Id, _outputs);
    }

    /// <summary>
    /// An arm without a model has other outputs than the request was read by: those of them that were asked for, or all
    /// where nothing was.
    /// </summary>
    private void ChooseAmong(VariantState variant)
    {
        var own = variant.Signature.Outputs;
        _outputs.Clear();
        for (var i = 0; i < own.Length; i++)
        {
            if (_request.Outputs.Count == 0 || _request.Outputs.Any(output => output.Name == own[i].Name))
                _outputs.Add(i);
        }
    }

    /// <summary>Checks what can be known without the signature.</summary>
    private void CheckForm()
    {
        if (Math.Max(_request.Inputs.Count, _request.Outputs.Count) > limits.MaxTensors)
            throw Wrong(PredictFailure.TooLarge, $"A request has at most {limits.MaxTensors} tensors.");

        var raw = _request.RawInputContents.Count;
        if (raw > 0 && raw != _request.Inputs.Count)
        {
            throw Wrong(PredictFailure.InvalidInput,
                $"raw_input_contents has {raw} entries for {_request.Inputs.Count} inputs.");
        }

        foreach (var input in _request.Inputs)
        {
            RefuseSharedMemory(input.Parameters, "input", input.Name);
            if (raw > 0 && input.Contents is not null)
            {
                throw Wrong(PredictFailure.InvalidInput,
                    $"The input {InferFailure.Quoted(input.Name)} must not have contents beside raw_input_contents.");
            }
        }
    }

    private void ChooseOutputs(Signature signature)
    {
        _outputs.Clear();
        if (_request.Outputs.Count == 0)
        {
            for (var i = 0; i < signature.Outputs.Length; i++)
                _outputs.Add(i);
            return;
        }

        for (var i = 0; i < _request.Outputs.Count; i++)
        {
            var output = _request.Outputs[i];
            RefuseSharedMemory(output.Parameters, "output", output.Name);
            if (output.Parameters.ContainsKey("classification"))
            {
                throw Wrong(PredictFailure.Unsupported,
                    $"The output {InferFailure.Quoted(output.Name)} asks for classification, which is not offered.");
            }

            var index = Find(signature.Outputs, output.Name, i);
            if (index < 0)
            {
                throw Wrong(PredictFailure.InvalidInput,
                    $"The output {InferFailure.Quoted(output.Name)} is unknown; "
                    + $"the model gives {Names(signature.Outputs)}.");
            }

            if (_outputs.Contains(index))
                throw Wrong(PredictFailure.InvalidInput, $"The output '{output.Name}' is asked for twice.");
            _outputs.Add(index);
        }
    }

    private bool TryReadUnit(int index, out ulong unitHash)
    {
        CheckForm();
        using var scratch = TensorSet.Rent(1);
        TensorContents.Read(_request, index, limits, scratch[0]);
        return UnitElements.TryHash(scratch[0], _request.Inputs[index].Name, out unitHash);
    }

    private static void RefuseSharedMemory(MapField<string, InferParameter> parameters, string what, string name)
    {
        if (parameters.ContainsKey(SharedMemory))
        {
            throw Wrong(PredictFailure.Unsupported,
                $"The {what} {InferFailure.Quoted(name)} lies in shared memory, which is not offered.");
        }
    }

    /// <summary>Most callers name tensors in the order of the signature, so that is where the search begins.</summary>
    private static int Find(System.Collections.Immutable.ImmutableArray<TensorSpec> specs, string name, int likely)
    {
        if (likely < specs.Length && specs[likely].Name == name)
            return likely;
        for (var i = 0; i < specs.Length; i++)
        {
            if (specs[i].Name == name)
                return i;
        }

        return -1;
    }

    private static string Names(System.Collections.Immutable.ImmutableArray<TensorSpec> specs) =>
        specs.Length == 0 ? "none" : string.Join(", ", specs.Select(spec => $"'{spec.Name}'"));

    private static RequestException Wrong(PredictFailure failure, string message) => new(failure, message);
}
