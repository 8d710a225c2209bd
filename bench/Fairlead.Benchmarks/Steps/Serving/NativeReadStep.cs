using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Reads rows of our own JSON into tensors and checks them against the signature.</summary>
internal sealed class NativeReadStep(int rows) : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly NativeCodec _codec = new(new RequestLimits());
    private readonly byte[] _body = CreditPlane.Body(rows);

    public void Do()
    {
        _codec.Begin(_body, null);
        using var inputs = TensorSet.Rent(_plane.Signature.Inputs.Length);
        _codec.ReadInputs(_plane.Signature, inputs);
        if (InputRules.Check(_plane.Signature, inputs) != rows)
            throw new InvalidOperationException("Rows were lost.");
        _codec.End();
    }

    public ValueTask DisposeAsync()
    {
        _codec.Dispose();
        return _plane.DisposeAsync();
    }
}
