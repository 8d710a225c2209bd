using System.Collections.Concurrent;

namespace Fairlead.Serving.Predict;

/// <summary>A bounded pool of calls, so that a request takes no memory of its own.</summary>
public sealed class CallPool
{
    private const int Capacity = 1024;

    private readonly ConcurrentQueue<PredictCall> _calls = new();
    private int _count;

    public PredictCall Rent()
    {
        if (!_calls.TryDequeue(out var call))
            return new PredictCall();

        Interlocked.Decrement(ref _count);
        return call;
    }

    /// <summary>Takes a call back; nothing of it may be touched afterwards.</summary>
    public void Return(PredictCall call)
    {
        call.Clear();
        if (Interlocked.Increment(ref _count) <= Capacity)
            _calls.Enqueue(call);
        else
            Interlocked.Decrement(ref _count);
    }
}
