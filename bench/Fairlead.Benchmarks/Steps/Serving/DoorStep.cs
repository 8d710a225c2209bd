using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Door and pipeline together, over a connection that does nothing.</summary>
internal sealed class DoorStep : IStep
{
    private readonly CreditPlane _plane = new();
    private readonly NativeDoor _door;
    private readonly StillConnection _connection = new(CreditPlane.Body(rows: 1));

    public DoorStep() => _door = new NativeDoor(
        _plane.Pipeline, _plane.Calls, new RequestLimits(), static _ => CreditPlane.Caller, TimeProvider.System);

    public void Do()
    {
        var context = _connection.Begin("name", CreditPlane.Endpoint);
        Inline.Expect(new ValueTask(_door.AnswerAsync(context)));
        if (context.Response.StatusCode != 200 || _connection.Sent == 0)
            throw new InvalidOperationException($"The door answered {context.Response.StatusCode}.");
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();
}
