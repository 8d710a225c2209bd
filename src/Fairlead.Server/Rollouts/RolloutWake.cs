using Fairlead.Server.Storage;

namespace Fairlead.Server.Rollouts;

/// <summary>Wakes the controller of this process: something happened that it would see only later.</summary>
internal sealed class RolloutWake
{
    private readonly RevisionSignal _signal = new();
    private long _count;

    /// <summary>How often it was woken; to be given to <see cref="WaitAsync"/>.</summary>
    public long Seen => _signal.Current;

    public void Now() => _signal.Publish(Interlocked.Increment(ref _count));

    /// <summary>Waits for a call after <paramref name="seen"/>, or for a time; says whether there was one.</summary>
    public Task<bool> WaitAsync(long seen, TimeSpan time, TimeProvider clock, CancellationToken cancellation) =>
        _signal.WaitAsync(seen, time, clock, cancellation);
}
