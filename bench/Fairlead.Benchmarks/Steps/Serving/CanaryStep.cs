using Fairlead.Core.Endpoints;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// The pipeline with a model that costs nothing: of an endpoint as it is, or of one whose rollout keeps facts of every
/// request (counts, times, an output, a slice) and a record that an outcome can be joined to.
/// </summary>
internal sealed class CanaryStep(bool isObserved) : IStep
{
    private readonly CreditPlane _plane = new(new NullRuntime(), isObserved ? Everything : null);
    private readonly NativeCodec _codec = new(new RequestLimits());
    private readonly byte[] _body = CreditPlane.Body(rows: 1);

    private static Observation Everything { get; } = new()
    {
        Outputs = [new ObservedOutput("output:probabilities[1]", "probabilities", 1, null)],
        Labels = ["label"],
        Outcomes = true,
        Slices = ["Home"],
    };

    public void Do()
    {
        var call = _plane.Calls.Rent();
        _codec.Begin(_body, null);
        _plane.Predict(call, _codec);
        _codec.End();
        _plane.Calls.Return(call);

        // Somebody takes the records away all the time.
        _plane.Records.Reader.TryRead(out _);
    }

    public ValueTask DisposeAsync()
    {
        _codec.Dispose();
        return _plane.DisposeAsync();
    }
}
