using System.Collections.Concurrent;

namespace Fairlead.Serving.Predict;

/// <summary>
/// A bounded pool of what requests use and leave behind, so that a request takes no memory of its own. The kept ones
/// are counted beside the queue: asking a concurrent collection for its count would stop everybody for every request.
/// </summary>
/// <param name="capacity">Most that are kept; what is given back beyond them is left to the garbage collector.</param>
/// <param name="make">Makes one when none is kept.</param>
/// <param name="clear">Takes everything of its last use from one that comes back.</param>
public class Pool<T>(int capacity, Func<T> make, Action<T> clear)
    where T : class
{
    private readonly ConcurrentQueue<T> _kept = new();
    private int _count;

    public T Rent()
    {
        if (!_kept.TryDequeue(out var one))
            return make();

        Interlocked.Decrement(ref _count);
        return one;
    }

    /// <summary>Takes one back; nothing of it may be touched afterwards.</summary>
    public void Return(T one)
    {
        clear(one);
        if (Interlocked.Increment(ref _count) <= capacity)
            _kept.Enqueue(one);
        else
            Interlocked.Decrement(ref _count);
    }
}
