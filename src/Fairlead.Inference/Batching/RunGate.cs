namespace Fairlead.Inference.Batching;

/// <summary>
/// Lets so many model runs go at once in the whole process, and the others wait in order of arrival. Watches what is
/// running and waiting, so that nothing runs on for a caller who has gone or whose deadline has passed.
/// <para>
/// Runs that are known to be short have places of their own besides: handing such a run to another thread costs more
/// than the run, and the operating system shares the processors well enough among a few that overlap.
/// </para>
/// </summary>
public sealed class RunGate : IDisposable
{
    /// <summary>How often running and waiting work is looked at for deadlines and callers that went away.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>Places for short runs, for each place for any run.</summary>
    private const int ShortPlaces = 4;

    private readonly Lock _lock = new();
    private readonly Stack<int> _free;
    private readonly Stack<int> _freeShort;
    private readonly Queue<RunQueue> _waiting = new();
    private readonly IWatchedRun?[] _running;
    private readonly HashSet<RunQueue> _queues = [];
    private readonly ITimer _watch;
    private int _watching;

    /// <summary>Makes a gate for <paramref name="concurrentRuns"/> runs at once.</summary>
    public RunGate(int concurrentRuns, TimeProvider time)
    {
        Time = time;
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrentRuns, 1);
        ConcurrentRuns = concurrentRuns;
        _running = new IWatchedRun?[concurrentRuns * (1 + ShortPlaces)];
        _free = new Stack<int>(Enumerable.Range(0, concurrentRuns).Reverse());
        _freeShort = new Stack<int>(Enumerable.Range(concurrentRuns, concurrentRuns * ShortPlaces).Reverse());
        _watch = time.CreateTimer(
            static gate => ((RunGate)gate!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Most runs at once, short ones apart.</summary>
    public int ConcurrentRuns { get; }

    internal TimeProvider Time { get; }

    public void Dispose() => _watch.Dispose();

    internal void Add(RunQueue queue)
    {
        lock (_lock)
            _queues.Add(queue);
    }

    internal void Remove(RunQueue queue)
    {
        lock (_lock)
            _queues.Remove(queue);
    }

    /// <summary>
    /// Takes a place at once, unless all are taken or somebody already waits for one; a short run has more to choose
    /// from.
    /// </summary>
    internal bool TryEnter(bool isShort, out int place)
    {
        lock (_lock)
        {
            place = -1;
            return (_waiting.Count == 0 && _free.TryPop(out place)) || (isShort && _freeShort.TryPop(out place));
        }
    }

    /// <summary>Gives a queue the next free place, now or later, on a thread of the pool.</summary>
    internal void Enter(RunQueue queue)
    {
        int place;
        lock (_lock)
        {
            if (!_free.TryPop(out place))
            {
                _waiting.Enqueue(queue);
                return;
            }
        }

        queue.Start(place);
    }

    /// <summary>Shows the watch what runs in a place; the place must be left with <see cref="Exit"/>.</summary>
    internal void Show(int place, IWatchedRun run)
    {
        Volatile.Write(ref _running[place], run);
        StartWatch();
    }

    /// <summary>Frees a place for whoever waits first.</summary>
    internal void Exit(int place)
    {
        Volatile.Write(ref _running[place], null);
        RunQueue? next = null;
        lock (_lock)
        {
            if (place >= ConcurrentRuns)
                _freeShort.Push(place);
            else if (!_waiting.TryDequeue(out next))
                _free.Push(place);
        }

        next?.Start(place);
    }

    /// <summary>
    /// The timer only runs while something is to be watched, so that an idle process sleeps. Call it after the work can
    /// be seen: the interlocked operations here and in <see cref="Watch"/> order "work is there" and "flag is down", so
    /// that one of the two sides always sees the other.
    /// </summary>
    internal void StartWatch()
    {
        if (Interlocked.CompareExchange(ref _watching, 1, 0) == 0)
            _watch.Change(WatchInterval, Timeout.InfiniteTimeSpan);
    }

    private void Watch()
    {
        // The flag goes down first: work that arrives during the look starts the timer anew.
        Interlocked.Exchange(ref _watching, 0);
        var busy = false;
        var now = Time.GetTimestamp();
        for (var place = 0; place < _running.Length; place++)
        {
            if (Volatile.Read(ref _running[place]) is not { } run)
                continue;
            busy = true;
            run.StopIfUnwanted(now);
        }

        RunQueue[] queues;
        lock (_lock)
            queues = [.. _queues];
        foreach (var queue in queues)
            busy |= queue.DropUnwanted(now);
        if (busy)
            StartWatch();
    }
}

/// <summary>A run under way, as the watch sees it.</summary>
internal interface IWatchedRun
{
    /// <summary>Stops the run when nobody wants its answer any more.</summary>
    void StopIfUnwanted(long now);
}
