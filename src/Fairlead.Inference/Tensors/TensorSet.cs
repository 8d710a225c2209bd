using System.Collections.Concurrent;

namespace Fairlead.Inference.Tensors;

/// <summary>
/// The inputs or the outputs of one run, in the order of the signature. Sets come from a bounded pool and go back to it
/// with <see cref="Dispose"/>; after that nothing of them may be touched.
/// </summary>
public sealed class TensorSet : IDisposable
{
    /// <summary>Most sets that wait for reuse.</summary>
    private const int PoolSize = 1024;

    /// <summary>A set that grew beyond this many tensors is not kept: few models need so many.</summary>
    private const int KeptTensors = 256;

    /// <summary>Most bytes that all sets waiting in the pool hold together.</summary>
    internal const long PoolBytes = 64 * 1024 * 1024;

    /// <summary>Sets that a thread keeps for itself: the last ones used, still in the processor's cache.</summary>
    private const int ThreadSize = 4;

    /// <summary>A set with more than this goes to the common pool, so that what threads keep is bounded too.</summary>
    private const long ThreadSetBytes = 256 * 1024;

    private static readonly ConcurrentQueue<TensorSet> Pool = new();
    private static int _pooled;
    private static long _pooledBytes;

    [ThreadStatic]
    private static Stack<TensorSet>? _threads;

    private Tensor[] _tensors = [];
    private bool _rented;
    private long _heldBytes;

    private TensorSet()
    {
    }

    /// <summary>Bytes that the sets in the pool hold.</summary>
    internal static long PooledBytes => Interlocked.Read(ref _pooledBytes);

    /// <summary>Tensors in use.</summary>
    public int Count { get; private set; }

    public Tensor this[int index] =>
        (uint)index < (uint)Count ? _tensors[index] : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Takes a set of absent tensors.</summary>
    public static TensorSet Rent(int count)
    {
        TensorSet? set = null;
        if (_threads?.TryPop(out set) != true)
        {
            if (Pool.TryDequeue(out set))
            {
                Interlocked.Decrement(ref _pooled);
                Interlocked.Add(ref _pooledBytes, -set._heldBytes);
            }
        }

        set ??= new TensorSet();

        set._rented = true;
        set.Resize(count);
        return set;
    }

    /// <summary>Changes the number of tensors; new ones are absent.</summary>
    public void Resize(int count)
    {
        if (_tensors.Length < count)
        {
            var had = _tensors.Length;
            Array.Resize(ref _tensors, count);
            for (var i = had; i < count; i++)
                _tensors[i] = new Tensor();
        }

        // What an earlier, larger use left behind must not come back.
        for (var i = count; i < Count; i++)
            _tensors[i].Clear();
        Count = count;
    }

    public void Dispose()
    {
        if (!_rented)
            return;

        _rented = false;
        foreach (var tensor in _tensors)
            tensor.Release();
        Count = 0;
        if (_tensors.Length > KeptTensors)
            return;
        _heldBytes = Held();
        var own = _threads ??= new Stack<TensorSet>(ThreadSize);
        if (own.Count < ThreadSize && _heldBytes <= ThreadSetBytes)
            own.Push(this);
        else
            GiveToPool();
    }

    private long Held()
    {
        long bytes = 0;
        foreach (var tensor in _tensors)
            bytes += tensor.HeldBytes;
        return bytes;
    }

    /// <summary>A set that the pool has no room for is left to the garbage collector.</summary>
    private void GiveToPool()
    {
        // The set is counted before it is there, so that the bounds hold for any number of threads.
        var bytes = Interlocked.Add(ref _pooledBytes, _heldBytes);
        if (Interlocked.Increment(ref _pooled) <= PoolSize && bytes <= PoolBytes)
        {
            Pool.Enqueue(this);
            return;
        }

        Interlocked.Decrement(ref _pooled);
        Interlocked.Add(ref _pooledBytes, -_heldBytes);
    }
}
