namespace Fairlead.Server.Storage;

/// <summary>
/// Tells this process's readers what was committed: by its own writer at once, by other processes as soon as
/// <see cref="ChangeListener"/> hears of it. While nothing is heard, a shared database is polled.
/// </summary>
internal sealed class RevisionSignals
{
    private volatile bool _hearsOthers;

    /// <summary>Other processes' changes are told without being asked for.</summary>
    public bool HearsOthers
    {
        get => _hearsOthers;
        set => _hearsOthers = value;
    }

    public RevisionSignal Routing { get; } = new();

    public RevisionSignal Keys { get; } = new();
}

/// <summary>A number that only grows, and can be waited for.</summary>
internal sealed class RevisionSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _grown = New();
    private long _current;

    public long Current => Volatile.Read(ref _current);

    public void Publish(long revision)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            if (revision <= _current)
                return;
            _current = revision;
            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }

    /// <summary>Waits until the number exceeds one, or for a time; says whether it does.</summary>
    public async Task<bool> WaitAsync(long seen, TimeSpan time, TimeProvider clock, CancellationToken cancellation)
    {
        Task grown;
        lock (_gate)
        {
            if (_current > seen)
                return true;
            grown = _grown.Task;
        }

        try
        {
            await grown.WaitAsync(time, clock, cancellation);
        }
        catch (TimeoutException)
        {
            // The caller looks by itself.
        }

        return Current > seen;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
