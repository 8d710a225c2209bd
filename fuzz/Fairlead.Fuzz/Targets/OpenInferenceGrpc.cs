using System.Buffers;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Fuzz.Targets;

/// <summary>Messages over gRPC, with contents by type and as raw bytes.</summary>
internal sealed class OpenInferenceGrpc : IFuzzTarget
{
    private static readonly InferCodec Codec = new(new RequestLimits { MaxElements = 10_000, MaxTensors = 32 });
    private static readonly UnitRule Unit = UnitRule.Parse("field:BYTES");

    public static string Name => "open-inference-grpc";

    public static IEnumerable<Type> Covers => [typeof(InferCodec), typeof(InferBinding), typeof(MessageBounds)];

    public static IEnumerable<byte[]> Seeds => [Typed().ToByteArray(), Raw().ToByteArray()];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        using var inputs = TensorSet.Rent(OpenInferenceJson.Signature.Inputs.Length);
        try
        {
            Codec.Begin(InferBinding.Parse(new ReadOnlySequence<byte>(data.ToArray())), metadata: null);
            Codec.TryReadUnit(Unit, out _);
            Codec.ReadInputs(OpenInferenceJson.Signature, inputs);
        }
        catch (Exception refused) when (refused is RequestException or RpcException)
        {
            return;
        }
        finally
        {
            Codec.End();
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            var tensor = inputs[i];
            var bytes = tensor.Type == ElementType.String ? 0 : tensor.ElementCount * tensor.Type.Size();
            if (tensor.Present && tensor.Type != ElementType.String && tensor.Bytes.Length != bytes)
                throw new InvalidOperationException($"{tensor.Bytes.Length} bytes instead of {bytes}.");
        }
    }

    private static ModelInferRequest Typed()
    {
        var request = new ModelInferRequest { ModelName = "m", Id = "1" };
        request.Parameters["timeout"] = new InferParameter { Int64Param = 5 };
        var numbers = Input("FP32", 2);
        numbers.Contents = new InferTensorContents { Fp32Contents = { 1, -2.5f } };
        var texts = Input("BYTES", 2);
        texts.Contents = new InferTensorContents { BytesContents = { ByteString.CopyFromUtf8("a"), ByteString.Empty } };
        request.Inputs.Add([numbers, texts]);
        return request;
    }

    private static ModelInferRequest Raw()
    {
        var request = new ModelInferRequest { ModelName = "m", ModelVersion = "3" };
        request.Inputs.Add([Input("INT64", 1), Input("BYTES", 1), Input("BOOL", 2)]);
        request.RawInputContents.Add(ByteString.CopyFrom(1, 0, 0, 0, 0, 0, 0, 0));
        request.RawInputContents.Add(ByteString.CopyFrom(1, 0, 0, 0, 65));
        request.RawInputContents.Add(ByteString.CopyFrom(0, 1));
        return request;
    }

    private static ModelInferRequest.Types.InferInputTensor Input(string type, long length) =>
        new() { Name = type, Datatype = type, Shape = { length } };
}
