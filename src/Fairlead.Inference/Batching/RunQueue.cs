using Fairlead.Core.Endpoints;
using Fairlead.Inference.Runtimes;

namespace Fairlead.Inference.Batching;

/// <summary>
/// The queue in front of one variant's model. While a processor is free and no delay is asked for, a request runs at
/// once on its own thread; otherwise it waits here and leaves with others in a batch.
/// <para>
/// The queue has no bound of its own: it holds admitted requests only, and admission is bounded. Every item leaves it:
/// by running, by its deadline, or when its caller goes away.
/// </para>
/// </summary>
public sealed class RunQueue : IDisposable
{
    /// <summary>
    /// Runs shorter than this on average go on their caller's thread whenever one of the gate's places for short runs
    /// is free.
    /// </summary>
    private static readonly TimeSpan ShortRun = TimeSpan.FromMicroseconds(500);

    private readonly Lock _lock = new();
    private readonly LinkedList<RunItem> _pending = new();
    private readonly IModelRuntime _runtime;
    private readonly RunGate _gate;
    private readonly BatchSettings _settings;
    private readonly TimeProvider _time;
    private readonly ITimer _delay;
    private readonly long _shortTicks;
    private int[] _rows = new int[64];
    private int _asked;
    private bool _closed;
    private long _meanTicks = long.MaxValue;

    /// <summary>
    /// Makes the queue of a variant.
    /// </summary>
    /// <param name="runtime">The model; its owner keeps it open for as long as the queue has work.</param>
    /// <param name="settings">
    /// How to batch; <c>MaxRows</c> must be 1 for a model that does not answer alike in a batch.
    /// </param>
    /// <param name="gate">The process's gate.</param>
    public RunQueue(IModelRuntime runtime, BatchSettings settings, RunGate gate)
    {
        _runtime = runtime;
        _settings = settings;
        _gate = gate;
        _time = gate.Time;
        _shortTicks = (long)(ShortRun.TotalSeconds * _time.TimestampFrequency);
        _delay = _time.CreateTimer(
            static queue => ((RunQueue)queue!).Ask(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        gate.Add(this);
    }

    /// <summary>Requests that wait now.</summary>
    public int Depth
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>
    /// Runs the model for one request, alone or with others. Throws what <see cref="IModelRuntime.RunAsync"/> throws;
    /// <see cref="OperationCanceledException"/> comes with <see cref="RunItem.Stopped"/> set.
    /// </summary>
    public ValueTask RunAsync(RunItem item)
    {
        item.EnqueuedAt = _time.GetTimestamp();
        var isShort = Volatile.Read(ref _meanTicks) <= _shortTicks;

        // Whoever waits goes first; an outdated look at the queue only costs a turn.
        if (_settings.MaxDelay == TimeSpan.Zero && _pending.Count == 0 && _gate.TryEnter(isShort, out var place))
            return RunAlone(item, place);

        lock (_lock)
            _pending.AddLast(item);
        _gate.StartWatch();
        Ask();
        return item.Completion;
    }

    /// <summary>Work that still waits is not held back any longer, and leaves as soon as a place is free.</summary>
    public void Dispose()
    {
        lock (_lock)
            _closed = true;
        _delay.Dispose();
        _gate.Remove(this);
        Ask();
    }

    /// <summary>Begins with a place that the gate has given, on a thread of the pool.</summary>
    internal void Start(int place) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static work => _ = work.Queue.RunNextAsync(work.Place), (Queue: this, Place: place), preferLocal: false);

    /// <summary>Lets go of waiting work that nobody wants any more; true while something still waits.</summary>
    internal bool DropUnwanted(long now)
    {
        List<RunItem>? dropped = null;
        bool any;
        lock (_lock)
        {
            for (var node = _pending.First; node is not null;)
            {
                var next = node.Next;
                if (!node.Value.IsWanted(now))
                {
                    (dropped ??= []).Add(node.Value);
                    _pending.Remove(node);
                }

                node = next;
            }

            any = _pending.Count > 0;
        }

        dropped?.ForEach(item => item.Complete(item.StopException()));
        return any;
    }

    /// <summary>Not asynchronous itself, so that a run that ends on its caller's thread allocates nothing.</summary>
    private ValueTask RunAlone(RunItem item, int place)
    {
        ValueTask run;
        item.Reason = DispatchReason.Idle;
        try
        {
            run = new ItemRun(item).RunAsync(_runtime, _gate, place, _time);
        }
        catch (Exception e)
        {
            run = ValueTask.FromException(e);
        }

        if (!run.IsCompleted)
        {
            var member = new BatchMember(item);
            _gate.Show(place, member);
            _ = LeaveAfterAsync(run, member, item.StartedAt, place);
            return item.Completion;
        }

        if (run.IsCompletedSuccessfully)
            Learn(item.FinishedAt - item.StartedAt);
        item.End(run.IsCompletedSuccessfully);
        _gate.Exit(place);
        return run;
    }

    private async Task LeaveAfterAsync(ValueTask run, BatchMember member, long startedAt, int place)
    {
        Exception? failure = null;
        try
        {
            await run.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
        }

        var now = _time.GetTimestamp();
        if (failure is null)
            Learn(now - startedAt);
        member.Finish(failure, new RunFacts(now, member.Rows, LeadsBatch: true, TimeSpan.Zero));
        _gate.Exit(place);
    }

    /// <summary>
    /// Keeps a moving mean of the runs' length. Two threads may overwrite each other's; the mean does not mind.
    /// </summary>
    private void Learn(long took)
    {
        var mean = Volatile.Read(ref _meanTicks);
        Volatile.Write(ref _meanTicks, mean == long.MaxValue ? took : mean + ((took - mean) / 8));
    }

    /// <summary>Asks the gate for a place when a batch may leave now, else sets the clock for when it may.</summary>
    private void Ask()
    {
        lock (_lock)
        {
            if (_pending.Count == 0 || _asked >= _gate.ConcurrentRuns)
                return;

            var decision = Decide(out _);
            if (decision.Items == 0)
            {
                WakeAfter(decision.Wait);
                return;
            }

            _asked++;
        }

        _gate.Enter(this);
    }

    private async Task RunNextAsync(int place)
    {
        try
        {
            Batch? batch;
            lock (_lock)
            {
                _asked--;
                batch = TakeBatch();
            }

            // What is left may be ready too; it must not wait for this run when another place is free.
            Ask();
            if (batch is not null)
                await new BatchRun(batch, _runtime, _gate, _time).RunAsync(place).ConfigureAwait(false);
        }
        finally
        {
            _gate.Exit(place);
            Ask();
        }
    }

    private Batch? TakeBatch()
    {
        if (_pending.Count == 0)
            return null;

        var decision = Decide(out var leading);
        var take = Math.Max(decision.Items, decision.Wait > TimeSpan.Zero ? 0 : 1);
        if (take == 0)
        {
            WakeAfter(decision.Wait);
            return null;
        }

        var batch = new Batch();
        for (var i = 0; i < take && i < leading; i++)
        {
            var item = _pending.First!.Value;
            _pending.RemoveFirst();
            item.Reason = decision.Reason;
            batch.Add(new BatchMember(item));
        }

        return batch;
    }

    /// <summary>
    /// Timers count whole milliseconds; a fraction is rounded up, or the timer would fire again and again.
    /// </summary>
    private void WakeAfter(TimeSpan wait) =>
        _delay.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);

    private BatchDecision Decide(out int leading)
    {
        var first = _pending.First!.Value;
        var age = _closed ? _settings.MaxDelay : _time.GetElapsedTime(first.EnqueuedAt);
        leading = 1;
        _rows[0] = first.Rows;
        if (!Batch.CanShare(_runtime.Signature, first))
            return BatchPlan.Decide(_settings, _rows.AsSpan(0, 1), shapeBreak: true, age);

        var shapeBreak = false;
        long sum = first.Rows;
        for (var node = _pending.First.Next; node is not null && sum < _settings.MaxRows; node = node.Next)
        {
            if (!Batch.CanShare(_runtime.Signature, node.Value)
                || !Batch.SameShape(first.Inputs, node.Value.Inputs))
            {
                shapeBreak = true;
                break;
            }

            if (leading == _rows.Length)
                Array.Resize(ref _rows, leading * 2);
            _rows[leading++] = node.Value.Rows;
            sum += node.Value.Rows;
        }

        return BatchPlan.Decide(_settings, _rows.AsSpan(0, leading), shapeBreak, age);
    }
}
