using Fairlead.Serving.Predict;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Writes the answer of a prediction that has been made.</summary>
internal sealed class EncodeStep : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly PredictCall _call;

    public EncodeStep(Func<IRequestCodec> codec)
    {
        _call = _plane.Calls.Rent();
        _plane.Predict(_call, codec());
    }

    public void Do()
    {
        _call.Body.Clear();
        _call.Codec.WriteAnswer(_call, _call.Body);
    }

    public ValueTask DisposeAsync()
    {
        _plane.Calls.Return(_call);
        return _plane.DisposeAsync();
    }
}
