using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Batching;

/// <summary>
/// One request's part in a run. While the run lasts, the request's tensors belong to it, whatever becomes of the
/// caller: a caller whose deadline passes or who goes away is told at once, his <see cref="RunItem"/> is free for other
/// work, and the tensors go back to their pool when the run is through with them.
/// <para>Every member ends with exactly one <see cref="Finish"/> or <see cref="Release"/>.</para>
/// </summary>
internal sealed class BatchMember(RunItem item) : IWatchedRun
{
    private readonly Lock _lock = new();
    private RunItem? _caller = item;

    public TensorSet Inputs { get; } = item.Inputs;

    public TensorSet Outputs { get; } = item.Outputs;

    public int Rows { get; } = item.Rows;

    /// <summary>Stops the run of this member alone.</summary>
    public RunControl Control { get; } = item.Control;

    /// <summary>Somebody still waits for the answer.</summary>
    public bool HasCaller
    {
        get
        {
            lock (_lock)
                return _caller is not null;
        }
    }

    /// <summary>Says whether the answer is still wanted; a caller who does not want it any more is told so.</summary>
    public bool IsWanted(long now)
    {
        lock (_lock)
        {
            if (_caller is null || _caller.IsWanted(now))
                return _caller is not null;
            var gone = _caller;
            _caller = null;
            gone.Abandon();
            return false;
        }
    }

    public void StopIfUnwanted(long now)
    {
        if (!IsWanted(now))
            Control.Stop();
    }

    public void Started(long now)
    {
        lock (_lock)
        {
            if (_caller is not null)
                _caller.StartedAt = now;
        }
    }

    /// <summary>Hands the answer or the failure, and the tensors, back to the caller, or lets the tensors go.</summary>
    public void Finish(Exception? failure, in RunFacts facts)
    {
        lock (_lock)
        {
            if (_caller is not null)
            {
                var answered = _caller;
                _caller = null;
                facts.CopyTo(answered);
                answered.Complete(failure);
                return;
            }
        }

        Release();
    }

    /// <summary>Lets the tensors of a caller who was told already go back to their pool.</summary>
    public void Release()
    {
        Inputs.Dispose();
        Outputs.Dispose();
    }
}
