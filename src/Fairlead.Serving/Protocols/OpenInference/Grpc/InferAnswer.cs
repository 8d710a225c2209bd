using System.Buffers.Binary;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Google.Protobuf;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>Writes outputs into an answer, always as raw bytes: every client reads those, whatever it sent.</summary>
internal static class InferAnswer
{
    /// <summary>A message can be no longer than this, and its other fields need some room.</summary>
    private const int MaxRawBytes = int.MaxValue - (64 * 1024 * 1024);

    /// <summary>
    /// Makes the answer; its bytes are its own, because the tensors are used again before it is sent.
    /// </summary>
    public static ModelInferResponse Write(PredictCall call, string id, IReadOnlyList<int> outputs)
    {
        var variant = call.Variant!;
        var answer = new ModelInferResponse
        {
            ModelName = call.EndpointName,
            ModelVersion = variant.VersionText,
            Id = id,
        };
        answer.Parameters.Add("prediction_id", new InferParameter { StringParam = call.PredictionIdText() });
        answer.Parameters.Add("variant", new InferParameter { StringParam = variant.Name.ToString() });

        var total = 0L;
        foreach (var output in outputs)
        {
            // An optional output that the model left out has no form on the wire.
            var tensor = call.Outputs![output];
            if (!tensor.Present)
                continue;

            total += RawLength(tensor);
            if (total > MaxRawBytes)
                throw new RequestException(PredictFailure.TooLarge, "The answer is larger than a gRPC message can be.");

            var described = new ModelInferResponse.Types.InferOutputTensor
            {
                Name = variant.Signature.Outputs[output].Name,
                Datatype = tensor.Type.WireName(),
            };
            foreach (var dimension in tensor.Shape)
                described.Shape.Add(dimension);
            answer.Outputs.Add(described);
            answer.RawOutputContents.Add(Raw(tensor));
        }

        return answer;
    }

    private static long RawLength(Tensor tensor) =>
        tensor.Bytes.Length + (tensor.Type == ElementType.String ? sizeof(uint) * (long)tensor.ElementCount : 0);

    private static ByteString Raw(Tensor tensor)
    {
        if (tensor.Type != ElementType.String)
            return ByteString.CopyFrom(tensor.Bytes);

        var raw = new byte[RawLength(tensor)];
        var rest = raw.AsSpan();
        for (var i = 0; i < tensor.ElementCount; i++)
        {
            var element = tensor.StringAt(i);
            BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)element.Length);
            element.CopyTo(rest[sizeof(uint)..]);
            rest = rest[(sizeof(uint) + element.Length)..];
        }

        return UnsafeByteOperations.UnsafeWrap(raw);
    }
}
