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
    private const int KeptBindings = 64;

    private readonly InferenceSession _session;
    private readonly Lock _lock = new();
    private readonly OnnxBinding?[] _idle = new OnnxBinding?[KeptBindings];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _idleCount;
    private int _running;
    private bool _closing;
    private bool _dataDependentShapes;

    private OnnxModel(InferenceSession session)
    {
        _session = session;
        Signature = OnnxSignature.Read(session);
    }

    public Signature Signature { get; }

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
        for (var i = 0; i < _idleCount; i++)
            _idle[i]!.Dispose();
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

    /// <summary>Takes an idle binding, one that knows these shapes already where there is one.</summary>
    private OnnxBinding Take(TensorSet inputs)
    {
        lock (_lock)
        {
            if (_idleCount > 0)
            {
                var taken = _idleCount - 1;
                for (var i = taken; i >= 0; i--)
                {
                    if (!_idle[i]!.Fits(inputs))
                        continue;
                    taken = i;
                    break;
                }

                var binding = _idle[taken]!;
                _idle[taken] = _idle[--_idleCount];
                _idle[_idleCount] = null;
                return binding;
            }
        }

        return new OnnxBinding(_session, Signature);
    }

    private bool TryKeep(OnnxBinding binding)
    {
        if (binding.IsLarge)
            return false;

        lock (_lock)
        {
            if (_idleCount == KeptBindings)
                return false;
            _idle[_idleCount++] = binding;
            return true;
        }
    }
}
