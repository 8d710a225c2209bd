using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>
/// Everything that one run at a time needs on the native side, kept for the next run of the same shapes: then only
/// bytes are copied, and nothing is allocated.
/// <para>
/// Output memory is only bound in advance once a run of these very input shapes has shown the output shapes. Where the
/// output shapes depend on the data, the library refuses a wrong shape, and the binding goes back to letting it
/// allocate.
/// </para>
/// Used by one thread at a time.
/// </summary>
internal sealed class OnnxBinding : IStoppable, IDisposable
{
    private readonly InferenceSession _session;
    private readonly Signature _signature;
    private readonly OrtIoBinding _io;
    private readonly RunOptions _options = new();
    private readonly BoundTensor[] _inputs;
    private readonly BoundTensor[] _outputs;
    private readonly bool _plainOutputs;
    private bool _outputsBound;
    private bool _shapesShown;
    private int _rebinds;

    public OnnxBinding(InferenceSession session, Signature signature)
    {
        _session = session;
        _signature = signature;
        _io = session.CreateIoBinding();
        _inputs = [.. signature.Inputs.Select(_ => new BoundTensor())];
        _outputs = [.. signature.Outputs.Select(_ => new BoundTensor())];
        // An optional output may be a tensor in one run and absent in the next.
        _plainOutputs = session.OutputMetadata.Values.All(
            output => output.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR);
    }

    public void Stop() => _options.Terminate = true;

    /// <summary>
    /// True when the inputs have the shapes of the run before, so that this binding is the one to take for them.
    /// </summary>
    public bool Fits(TensorSet inputs)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (!_inputs[i].Fits(inputs[i]))
                return false;
        }

        return true;
    }

    public void Run(TensorSet inputs, TensorSet outputs, RunControl control, ref bool dataDependentShapes)
    {
        BindInputs(inputs);
        if (_plainOutputs && _shapesShown && !_outputsBound && !dataDependentShapes)
            BindOutputs();

        control.Begin(this);
        try
        {
            Execute(outputs, control, ref dataDependentShapes);
        }
        finally
        {
            control.End();
            if (control.StopRequested)
                _options.Terminate = false;
        }
    }

    public void Dispose()
    {
        _io.Dispose();
        _options.Dispose();
        foreach (var bound in _inputs)
            bound.Dispose();
        foreach (var bound in _outputs)
            bound.Dispose();
    }

    /// <summary>Native memory that is held, about.</summary>
    public long Bytes => BytesOf(_inputs) + BytesOf(_outputs);

    /// <summary>What its keeper counted it with.</summary>
    public long KeptBytes { get; set; }

    /// <summary>How often it was bound to other shapes since the last question.</summary>
    public int TakeRebinds()
    {
        var rebinds = _rebinds;
        _rebinds = 0;
        return rebinds;
    }

    private void Execute(TensorSet outputs, RunControl control, ref bool dataDependentShapes)
    {
        outputs.Resize(_signature.Outputs.Length);
        if (!_outputsBound)
        {
            ExecuteAllocating(outputs);
            return;
        }

        try
        {
            _session.RunWithBinding(_options, _io);
        }
        catch (OnnxRuntimeException) when (!control.StopRequested)
        {
            // The library has several messages for a wrong shape, and no code. So every failure is tried without the
            // bound outputs: only when that goes well were they to blame.
            ExecuteAllocating(outputs);
            dataDependentShapes = true;
            return;
        }

        for (var i = 0; i < _outputs.Length; i++)
            _outputs[i].CopyTo(outputs[i]);
    }

    private void ExecuteAllocating(TensorSet outputs)
    {
        // A native binding keeps what a run allocated and takes it for the next run's output memory: a sequence would
        // grow by the items of the run before, and another shape would be refused.
        LetRuntimeAllocateOutputs();
        using var results = _session.RunWithBoundResults(_options, _io);
        OnnxOutputs.Read(results, _signature, outputs);
        for (var i = 0; i < _outputs.Length; i++)
            _outputs[i].Remember(outputs[i]);
        _shapesShown = Array.TrueForAll(_outputs, output => output.Present);
    }

    private void BindInputs(TensorSet inputs)
    {
        var rebound = false;
        for (var i = 0; i < _inputs.Length; i++)
        {
            var bound = _inputs[i];
            if (!bound.Fits(inputs[i]))
            {
                if (!rebound)
                    _io.ClearBoundInputs();
                rebound = true;
                bound.Shape(inputs[i]);
            }

            bound.Fill(inputs[i]);
        }

        if (!rebound)
            return;

        _rebinds++;
        // Clearing drops every input, so all of them are bound again, absent ones left out.
        for (var i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Value is { } value)
                _io.BindInput(_signature.Inputs[i].Name, value);
        }

        _shapesShown = false;
        _outputsBound = false;
    }

    private void BindOutputs()
    {
        for (var i = 0; i < _outputs.Length; i++)
        {
            _outputs[i].Allocate();
            _io.BindOutput(_signature.Outputs[i].Name, _outputs[i].Value!);
        }

        _outputsBound = true;
    }

    private void LetRuntimeAllocateOutputs()
    {
        _io.ClearBoundOutputs();
        foreach (var name in _session.OutputNames)
            _io.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        _outputsBound = false;
    }

    private static long BytesOf(BoundTensor[] bound)
    {
        long bytes = 0;
        foreach (var tensor in bound)
            bytes += tensor.Bytes;
        return bytes;
    }
}
