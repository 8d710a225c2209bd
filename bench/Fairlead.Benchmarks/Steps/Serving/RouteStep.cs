using Fairlead.Serving.Predict;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Finds the endpoint and draws one of its two arms.</summary>
internal sealed class RouteStep : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly RequestRandomness _randomness = new(1);

    public void Do()
    {
        var serving = _plane.Routing.Find(CreditPlane.Endpoint)!.Serving!;
        if (serving.Variants[serving.Route.Assign(_randomness.Next())].ArmNumber == 0)
            throw new InvalidOperationException("The arm has no number.");
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();
}
