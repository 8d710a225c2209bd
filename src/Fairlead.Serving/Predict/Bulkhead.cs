namespace Fairlead.Serving.Predict;

/// <summary>Whether a bulkhead let a request in.</summary>
public enum Admission
{
    Admitted,

    /// <summary>As many requests as allowed are inside.</summary>
    Full,

    /// <summary>The variant is being taken away; the newest routing knows where to go instead.</summary>
    Retired,
}

/// <summary>
/// Counts the requests inside one variant, bounds them, and tells when the last one has left a variant that is being
/// taken away. Bulkheads of an endpoint's variants add up to no more than the endpoint's bound, so that a variant that
/// has become slow fills its own places only.
/// </summary>
public sealed class Bulkhead(int capacity)
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _capacity = capacity;
    private int _inside;
    private bool _retired;

    /// <summary>Most requests inside at once; may be changed at any time, and those inside stay.</summary>
    public int Capacity
    {
        get => Volatile.Read(ref _capacity);
        set => Volatile.Write(ref _capacity, value);
    }

    /// <summary>Requests inside now.</summary>
    public int Inside => Volatile.Read(ref _inside);

    public Admission TryEnter()
    {
        var inside = Interlocked.Increment(ref _inside);
        if (Volatile.Read(ref _retired))
        {
            Leave();
            return Admission.Retired;
        }

        if (inside <= Capacity)
            return Admission.Admitted;
        Leave();
        return Admission.Full;
    }

    public void Leave()
    {
        // The count is read once more after the flag: between the two, somebody may have entered and the flag gone up.
        if (Interlocked.Decrement(ref _inside) == 0 && Volatile.Read(ref _retired) && Volatile.Read(ref _inside) == 0)
            _empty.TrySetResult();
    }

    /// <summary>Lets nobody in any more; the task ends when the last request has left.</summary>
    public Task RetireAsync()
    {
        Interlocked.Exchange(ref _retired, true);
        if (Volatile.Read(ref _inside) == 0)
            _empty.TrySetResult();
        return _empty.Task;
    }
}
