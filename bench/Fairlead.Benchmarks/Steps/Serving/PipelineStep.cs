using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>The whole pipeline behind the door: a row of our own JSON in, an answer's bytes out.</summary>
internal sealed class PipelineStep : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly NativeCodec _codec = new(new RequestLimits());
    private readonly byte[] _body = CreditPlane.Body(rows: 1);

    public void Do()
    {
        var call = _plane.Calls.Rent();
        _codec.Begin(_body, null);
        _plane.Predict(call, _codec);
        _codec.End();
        _plane.Calls.Return(call);
    }

    public ValueTask DisposeAsync()
    {
        _codec.Dispose();
        return _plane.DisposeAsync();
    }
}
