using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// A model file opened by ONNX Runtime. Runs go on the caller's thread. The library crashes the process when a session
/// is freed under a run, so runs are counted, and <see cref="DisposeAsync"/> waits for the last one.
/// </summary>
public sealed class OnnxModel : IModelRuntime
{
    /// <summary>Most idle bindings that are kept; more than this many runs at once make new ones.</summary>
    internal const int KeptBindings = 64;

    /// <summary>Most native memory of all idle bindings together.</summary>
    internal const long KeptBytes = 32 * 1024 * 1024;

    /// <summary>A binding with more native memory is not kept: one shape must not push out all others.</summary>
    private const long LargestKept = 8 * 1024 * 1024;

    private readonly InferenceSession _session;
    private readonly Lock _lock = new();
    private readonly List<OnnxBinding> _idle = new(KeptBindings + 1);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _idleBytes;
    private int _running;
    private bool _closing;
    private bool _dataDependentShapes;

    private OnnxModel(InferenceSession session)
    {
        _session = session;
        Signature = OnnxSignature.Read(session);
    }

    public Signature Signature { get; }

    /// <summary>How often a binding was made for other shapes than it had; a warm model does not.</summary>
    internal long Rebinds { get; private set; }

    /// <summary>Native memory of the idle bindings.</summary>
    internal long IdleBytes
    {
        get
        {
            lock (_lock)
                return _idleBytes;
        }
    }

    /// <summary>
    /// Opens a model file, with external data beside it.
    /// </summary>
    /// <param name="path">The .onnx file.</param>
    /// <param name="threadsPerRun">
    /// 1 runs on the caller's thread alone; more takes threads from the shared pool.
    /// </param>
    /// <exception cref="ModelLoadException">The file is broken or asks for what this runtime does not have.</exception>
    public static OnnxModel Load(string path, int threadsPerRun = 1)
    {
        _ = OnnxEnvironment.Plan;
        using var options = new SessionOptions
        {
            EnableCpuMemArena = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        if (threadsPerRun > 1)
            options.DisablePerSessionThreads();
        else
            options.IntraOpNumThreads = 1;

        InferenceSession? session = null;
        try
        {
            session = new InferenceSession(path, options);
            var model = new OnnxModel(session);
            session = null;
            return model;
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException($"ONNX Runtime cannot open '{Path.GetFileName(path)}': {e.Message}", e);
        }
        finally
        {
            session?.Dispose();
            OnnxEnvironment.ReturnFreedMemory();
        }
    }

    public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        CheckPresence(inputs);
        Enter();
        OnnxBinding? binding = null;
        try
        {
            binding = Take(inputs);
            binding.Run(inputs, outputs, control, ref _dataDependentShapes);
            if (TryKeep(binding))
                binding = null;
        }
        catch (OnnxRuntimeException) when (control.StopRequested)
        {
            throw new OperationCanceledException("The run was stopped.");
        }
        catch (OnnxRuntimeException e)
        {
            var callersFault = e.Message.StartsWith("[ErrorCode:InvalidArgument]", StringComparison.Ordinal);
            throw new ModelRunException(e.Message, callersFault, e);
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new ModelRunException($"The model's answer cannot be held: {e.Message}", callersFault: false, e);
        }
        finally
        {
            // A binding that saw a failure may hold half a run; it is not used again.
            binding?.Dispose();
            Leave();
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closing, true))
        {
            await _drained.Task.ConfigureAwait(false);
            return;
        }

        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _running) == 0)
            _drained.TrySetResult();
        await _drained.Task.ConfigureAwait(false);
        _idle.ForEach(binding => binding.Dispose());
        _session.Dispose();
        OnnxEnvironment.ReturnFreedMemory();
    }

    /// <summary>
    /// The library does not notice a required input that is missing before its kernels meet the hole.
    /// </summary>
    private void CheckPresence(TensorSet inputs)
    {
        for (var i = 0; i < Signature.Inputs.Length; i++)
        {
            if (!inputs[i].Present && !Signature.Inputs[i].Optional)
                throw new ModelRunException($"The input '{Signature.Inputs[i].Name}' is missing.", callersFault: true);
            if (inputs[i].Present && inputs[i].Type == ElementType.String
                && inputs[i].StringCount != inputs[i].ElementCount)
            {
                throw new ModelRunException(
                    $"The input '{Signature.Inputs[i].Name}' has {inputs[i].StringCount} strings, not the "
                    + $"{inputs[i].ElementCount} of its shape.",
                    callersFault: true);
            }
        }
    }

    private void Enter()
    {
        Interlocked.Increment(ref _running);
        if (!Volatile.Read(ref _closing))
            return;

        Leave();
        throw new ObjectDisposedException(nameof(OnnxModel));
    }

    private void Leave()
    {
        // The count is read once more after the flag: between the two, a run may have begun and the flag gone up.
        if (Interlocked.Decrement(ref _running) == 0 && Volatile.Read(ref _closing) && Volatile.Read(ref _running) == 0)
            _drained.TrySetResult();
    }

    /// <summary>
    /// Takes an idle binding that knows these shapes already. Where there is none, a new one is made, so that shapes
    /// which take turns each find their own; only when too many are kept the one longest unused changes its shapes.
    /// </summary>
    private OnnxBinding Take(TensorSet inputs)
    {
        lock (_lock)
        {
            var taken = _idle.Count - 1;
            while (taken >= 0 && !_idle[taken].Fits(inputs))
                taken--;
            if (taken < 0 && _idle.Count >= KeptBindings)
                taken = 0;
            if (taken >= 0)
                return RemoveIdle(taken);
        }

        return new OnnxBinding(_session, Signature);
    }

    /// <summary>Keeps a binding, the one used last at the end, and lets go of what is too much.</summary>
    private bool TryKeep(OnnxBinding binding)
    {
        if (binding.Bytes > LargestKept)
            return false;

        List<OnnxBinding>? dropped = null;
        lock (_lock)
        {
            Rebinds += binding.TakeRebinds();
            binding.KeptBytes = binding.Bytes;
            _idle.Add(binding);
            _idleBytes += binding.KeptBytes;
            while (_idle.Count > KeptBindings || _idleBytes > KeptBytes)
                (dropped ??= []).Add(RemoveIdle(0));
        }

        dropped?.ForEach(each => each.Dispose());
        return true;
    }

    private OnnxBinding RemoveIdle(int index)
    {
        var binding = _idle[index];
        _idle.RemoveAt(index);
        _idleBytes -= binding.KeptBytes;
        return binding;
    }
}
