using System.Threading.Tasks.Sources;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Batching;

/// <summary>Why a batch left the queue when it did.</summary>
public enum DispatchReason
{
    /// <summary>A processor was free and nobody else waited.</summary>
    Idle,

    /// <summary>The largest allowed batch was full, or the next request would not have fitted into it.</summary>
    Full,

    /// <summary>A preferred size was reached.</summary>
    Preferred,

    /// <summary>The oldest request had waited as long as it may.</summary>
    Delay,

    /// <summary>The next request has another shape, so that the batch could not grow.</summary>
    Shape,
}

/// <summary>Why a run was stopped before its end.</summary>
public enum StopCause
{
    None,

    /// <summary>Its deadline passed.</summary>
    Deadline,

    /// <summary>Its caller went away.</summary>
    Cancelled,
}

/// <summary>
/// One caller's work on its way through the queue: its inputs, the place for its outputs, and what happened. It is kept
/// and used again; between <see cref="Prepare"/> and the end of the awaited run it belongs to the queue. A caller whose
/// deadline passes or who goes away is told at once, even while the run that he shares goes on: then
/// <see cref="TensorsTaken"/> says that the tensors are not his any more.
/// </summary>
public sealed class RunItem : IValueTaskSource, IWatchedRun
{
    private readonly Lock _lock = new();
    private bool _over = true;
    private ManualResetValueTaskSourceCore<bool> _completion = new() { RunContinuationsAsynchronously = true };

    public TensorSet Inputs { get; private set; } = null!;

    public TensorSet Outputs { get; private set; } = null!;

    /// <summary>The first dimension that all inputs share; 1 where the model has none.</summary>
    public int Rows { get; private set; }

    /// <summary>When the work stops being wanted, as a timestamp of the queue's time provider.</summary>
    public long Deadline { get; private set; }

    /// <summary>Cancelled when the caller has gone away.</summary>
    public CancellationToken Aborted { get; private set; }

    /// <summary>When the work entered the queue.</summary>
    public long EnqueuedAt { get; internal set; }

    /// <summary>When its run began; 0 when it never did.</summary>
    public long StartedAt { get; internal set; }

    /// <summary>When its run ended; 0 when it never began.</summary>
    public long FinishedAt { get; internal set; }

    /// <summary>Rows of the whole run that answered this work.</summary>
    public int BatchRows { get; internal set; }

    /// <summary>True for the one item of each run under which the run itself is counted.</summary>
    public bool LeadsBatch { get; internal set; }

    /// <summary>Why that run began when it did.</summary>
    public DispatchReason Reason { get; internal set; }

    /// <summary>Why the work was stopped, if it was; none when its answer came all the same.</summary>
    public StopCause Stopped { get; internal set; }

    /// <summary>Processor time of this item's share of the run.</summary>
    public TimeSpan ProcessorTime { get; internal set; }

    /// <summary>
    /// True when the caller was told before the run ended. Inputs and outputs belong to the run then, which gives them
    /// back to their pool; the caller must neither touch nor dispose them.
    /// </summary>
    public bool TensorsTaken { get; private set; }

    internal RunControl Control { get; private set; } = new();

    /// <summary>Takes new work.</summary>
    public void Prepare(TensorSet inputs, TensorSet outputs, int rows, long deadline, CancellationToken aborted)
    {
        lock (_lock)
        {
            Inputs = inputs;
            Outputs = outputs;
            Rows = rows;
            Deadline = deadline;
            Aborted = aborted;
            EnqueuedAt = StartedAt = FinishedAt = 0;
            BatchRows = 0;
            LeadsBatch = false;
            Reason = DispatchReason.Idle;
            Stopped = StopCause.None;
            ProcessorTime = TimeSpan.Zero;
            TensorsTaken = false;
            Control.Reset();
            _completion.Reset();
            _over = false;
        }
    }

    /// <summary>Drops every reference to the work that is done.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _over = true;
            Inputs = Outputs = null!;
            TensorsTaken = false;
            Aborted = default;
        }
    }

    /// <summary>
    /// Says whether the work is still wanted, and notes why not. The watch may still hold an item that is done, or that
    /// has new work already: the lock keeps it from judging the new work by what was true of the old.
    /// </summary>
    internal bool IsWanted(long now)
    {
        lock (_lock)
            return IsWantedLocked(now);
    }

    void IWatchedRun.StopIfUnwanted(long now)
    {
        lock (_lock)
        {
            if (!_over && !IsWantedLocked(now))
                Control.Stop();
        }
    }

    internal ValueTask Completion => new(this, _completion.Version);

    /// <summary>Ends the work: from here on nobody but its owner changes it.</summary>
    internal void End(bool answered)
    {
        lock (_lock)
        {
            _over = true;
            if (answered)
                Stopped = StopCause.None;
        }
    }

    internal void Complete(Exception? failure)
    {
        End(answered: failure is null);
        if (failure is null)
            _completion.SetResult(true);
        else
            _completion.SetException(failure);
    }

    /// <summary>
    /// Tells the caller that the work was stopped, while the run goes on: it keeps the tensors and the control.
    /// </summary>
    internal void Abandon()
    {
        lock (_lock)
        {
            _over = true;
            TensorsTaken = true;
            Control = new RunControl();
        }

        _completion.SetException(StopException());
    }

    internal Exception StopException() => new OperationCanceledException(
        Stopped == StopCause.Deadline ? "The deadline passed." : "The caller went away.");

    private bool IsWantedLocked(long now)
    {
        if (_over || Stopped != StopCause.None)
            return Stopped == StopCause.None;
        if (now >= Deadline)
            Stopped = StopCause.Deadline;
        else if (Aborted.IsCancellationRequested)
            Stopped = StopCause.Cancelled;
        return Stopped == StopCause.None;
    }

    void IValueTaskSource.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags);
}
