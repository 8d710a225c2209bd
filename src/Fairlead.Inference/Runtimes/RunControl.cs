namespace Fairlead.Inference.Runtimes;

/// <summary>Something under way that can be asked to stop early.</summary>
public interface IStoppable
{
    /// <summary>Asks for the stop; returns at once, and the work ends when it can.</summary>
    void Stop();
}

/// <summary>
/// The line between whoever watches a request's deadline and the run that works on it. A cancellation token would need
/// a registration, and so an allocation, for every request; this object is kept and used again.
/// </summary>
public sealed class RunControl
{
    private readonly Lock _lock = new();
    private IStoppable? _running;
    private bool _stopRequested;

    /// <summary>True once somebody asked this run to stop.</summary>
    public bool StopRequested => Volatile.Read(ref _stopRequested);

    /// <summary>Asks the run to stop, now or, when it has not begun, as soon as it begins.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopRequested = true;
            _running?.Stop();
        }
    }

    /// <summary>
    /// Called by a runtime as its run begins. Throws <see cref="OperationCanceledException"/> when the stop came first.
    /// </summary>
    public void Begin(IStoppable running)
    {
        lock (_lock)
        {
            if (_stopRequested)
                throw new OperationCanceledException("The run was stopped before it began.");
            _running = running;
        }
    }

    /// <summary>Called by a runtime when its run is over; after this nobody reaches the run any more.</summary>
    public void End()
    {
        lock (_lock)
            _running = null;
    }

    /// <summary>Makes the control ready for another run.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _stopRequested = false;
            _running = null;
        }
    }
}
