using Fairlead.Core.Access;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>May this caller ask this endpoint, and does the key's rate allow one more.</summary>
internal sealed class AllowStep : IStep
{
    private readonly CreditPlane _plane = new();

    public void Do()
    {
        if (!AccessPolicy.Allows(CreditPlane.Caller, new Demand(Role.Predictor, CreditPlane.Endpoint))
            || !_plane.Rates.TryTake(CreditPlane.Caller))
        {
            throw new InvalidOperationException("The caller was refused.");
        }
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();
}
