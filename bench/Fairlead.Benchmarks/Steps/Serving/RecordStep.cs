using Fairlead.Core.Predictions;
using Fairlead.Serving.Predict;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Signs the prediction's id and counts the request on its variant.</summary>
internal sealed class RecordStep : IStep
{
    private static readonly TimeSpan Took = TimeSpan.FromMicroseconds(70);

    private readonly CreditPlane _plane = new();
    private readonly PredictCall _call;

    public RecordStep()
    {
        _call = _plane.Calls.Rent();
        _plane.Predict(_call, CreditPlane.NativeRow()());
    }

    public void Do()
    {
        var key = _plane.Current;
        _call.SetPredictionId(new PredictionId(key.Id, 1, 1, 1, 1_700_000_000_000, 42), key.Secret.Span);
        var meter = _call.Variant!.Meter;
        meter.Outcome(PredictFailure.None);
        meter.Total.Record(Took);
        meter.Queue.Record(Took);
        meter.Compute.Record(Took);
        meter.Encode.Record(Took);
        meter.Ran(_call.Run);
    }

    public ValueTask DisposeAsync()
    {
        _plane.Calls.Return(_call);
        return _plane.DisposeAsync();
    }
}
