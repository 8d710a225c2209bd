using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// Takes and gives what the credit model does, and always gives the same: what is measured with it is everything but
/// the model.
/// </summary>
internal sealed class NullRuntime : IModelRuntime
{
    private readonly TensorSet _answer = TensorSet.Rent(2);

    public NullRuntime()
    {
        using var model = new Disposed(OnnxModel.Load(CreditPlane.ModelPath()));
        Signature = model.Model.Signature;
        _answer.Resize(2);
        _answer[0].Reset(ElementType.String, [1]);
        _answer[0].AddString("bad"u8);
        _answer[1].Reset(ElementType.Float32, [1, 2]);
        ((ReadOnlySpan<float>)[0.25f, 0.75f]).CopyTo(_answer[1].As<float>());
    }

    public Signature Signature { get; }

    public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        outputs.Resize(_answer.Count);
        for (var i = 0; i < _answer.Count; i++)
            outputs[i].CopyFrom(_answer[i]);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>A model that is only asked for its signature.</summary>
    private readonly struct Disposed(OnnxModel model) : IDisposable
    {
        public OnnxModel Model => model;

        public void Dispose() => model.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
