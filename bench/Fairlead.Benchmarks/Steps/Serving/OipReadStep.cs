using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols.OpenInference.Rest;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Reads a request of the Open Inference Protocol over REST into tensors and checks them.</summary>
internal sealed class OipReadStep(OipBody body) : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly RestCodec _codec = new();

    public void Do()
    {
        var signature = body.Signature ?? _plane.Signature;
        body.Begin(_codec);
        using var inputs = TensorSet.Rent(signature.Inputs.Length);
        _codec.ReadInputs(signature, inputs);
        if (InputRules.Check(signature, inputs) != 1)
            throw new InvalidOperationException("The row was lost.");
        _codec.End();
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();
}
