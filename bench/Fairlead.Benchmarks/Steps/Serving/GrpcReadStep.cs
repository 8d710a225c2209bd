using System.Runtime.InteropServices;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Google.Protobuf;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Parses a gRPC message of a single row, reads it into tensors and checks them.</summary>
internal sealed class GrpcReadStep : IStep
{
    private static readonly float[] Number = [30f];
    private static readonly byte[] Text = [2, 0, 0, 0, (byte)'n', (byte)'o'];

    private readonly CreditPlane _plane = new();
    private readonly InferCodec _codec = new(new RequestLimits());
    private readonly byte[] _message;

    public GrpcReadStep()
    {
        var request = new ModelInferRequest { ModelName = CreditPlane.Endpoint };
        foreach (var spec in _plane.Signature.Inputs)
        {
            var input = new ModelInferRequest.Types.InferInputTensor
            {
                Name = spec.Name,
                Datatype = spec.Type.WireName(),
            };
            input.Shape.AddRange(spec.Shape.Select(dimension => Math.Abs(dimension)));
            request.Inputs.Add(input);
            request.RawInputContents.Add(ByteString.CopyFrom(
                spec.Type == ElementType.String ? Text : MemoryMarshal.AsBytes<float>(Number)));
        }

        _message = request.ToByteArray();
    }

    public void Do()
    {
        _codec.Begin(ModelInferRequest.Parser.ParseFrom(_message), null);
        using var inputs = TensorSet.Rent(_plane.Signature.Inputs.Length);
        _codec.ReadInputs(_plane.Signature, inputs);
        if (InputRules.Check(_plane.Signature, inputs) != 1)
            throw new InvalidOperationException("The row was lost.");
        _codec.End();
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();
}
