using Fairlead.Core.Refusals;

namespace Fairlead.Server.Storage;

/// <summary>
/// The queue before a database that one writes at a time: writes that come while a transaction is under way wait here,
/// and go together in the next one.
/// </summary>
/// <typeparam name="TWork">What a write does.</typeparam>
/// <param name="most">Most writes that wait; a further one is refused, to be tried again.</param>
/// <param name="what">What waits, in a refusal, such as <c>changes</c>.</param>
/// <param name="writeGroup">
/// One transaction: adds what it takes with <see cref="TryTake"/> to the group, and ends each of the group.
/// </param>
/// <param name="time">The clock of the deadline.</param>
internal sealed class WriteQueue<TWork>(
    int most, string what, Func<List<QueuedWrite<TWork>>, CancellationToken, Task> writeGroup, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<QueuedWrite<TWork>> _waiting = new();
    private bool _isWriting;
    private long _refused;

    /// <summary>Writes that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <summary>Writes that were refused because too many waited.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Ends when nothing that came so far waits any more.</summary>
    public Task Writing { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Ends when the transaction of a write was committed. Throws what the write throws, and what ends the transaction.
    /// </summary>
    /// <param name="work">Runs once at most.</param>
    /// <param name="cancellation">Lets go of a write that still waits; one that has begun goes to its end.</param>
    public Task RunAsync(TWork work, CancellationToken cancellation)
    {
        var write = new QueuedWrite<TWork>(work, cancellation);
        lock (_lock)
        {
            if (_waiting.Count >= most)
            {
                Interlocked.Increment(ref _refused);
                throw new RefusalException(new Refusal(RefusalKind.Unavailable, "too_many_writes",
                    $"{most} {what} wait to be stored already; try this again later."));
            }

            _waiting.Enqueue(write);
            if (!_isWriting)
            {
                _isWriting = true;
                Writing = Task.Run(WriteAllAsync, CancellationToken.None);
            }
        }

        return write.Done;
    }

    /// <summary>The next write whose caller is still there; null when nobody waits.</summary>
    public QueuedWrite<TWork>? TryTake()
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var next))
            {
                if (!next.TryGiveUp())
                    return next;
            }

            return null;
        }
    }

    /// <summary>Writes group after group until nobody waits.</summary>
    private async Task WriteAllAsync()
    {
        while (true)
        {
            var group = new List<QueuedWrite<TWork>>();
            using var deadline = new CancellationTokenSource(WriteDeadline.Longest, time);
            try
            {
                await writeGroup(group, deadline.Token);
            }
            catch (Exception failure)
            {
                // The transaction is gone, and with it every write that had been part of it. When it could not even
                // begin, whoever waits is told so now: the next try may take as long to fail.
                if (group.Count == 0)
                {
                    while (TryTake() is { } next)
                        group.Add(next);
                }

                var told = failure is OperationCanceledException && deadline.IsCancellationRequested
                    ? WriteDeadline.Passed
                    : failure;
                group.ForEach(each => each.Fail(told));
            }

            lock (_lock)
            {
                if (_waiting.Count > 0)
                    continue;
                _isWriting = false;
                return;
            }
        }
    }
}

/// <summary>A write and whoever waits for it.</summary>
internal sealed class QueuedWrite<TWork>(TWork work, CancellationToken caller)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;

    public Task Done => _done.Task;

    /// <summary>Ends a write whose caller went away before it began.</summary>
    public bool TryGiveUp() => caller.IsCancellationRequested && _done.TrySetCanceled(caller);

    /// <summary>
    /// Does it; false where it has nothing to be kept, or failed, which its caller is told at the end.
    /// </summary>
    public async Task<bool> TryAsync(Func<TWork, Task<bool>> run)
    {
        try
        {
            return await run(work);
        }
        catch (Exception failure)
        {
            _failure = failure;
            return false;
        }
    }

    /// <summary>Tells the caller what became of the write, after the commit.</summary>
    public void End()
    {
        if (_failure is null)
            _done.TrySetResult();
        else
            _done.TrySetException(_failure);
    }

    /// <summary>
    /// Tells the caller that the transaction failed, unless the write had failed before by more than being ended.
    /// </summary>
    public void Fail(Exception failure) =>
        _done.TrySetException(_failure is null or OperationCanceledException ? failure : _failure);
}
