using System.Diagnostics;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// Takes and gives what the credit model does, and always gives the same: what is measured with it is everything but
/// the model. It may compute, and then sleep, for as long as it is told.
/// </summary>
internal sealed class NullRuntime(TimeSpan computes = default, TimeSpan sleeps = default) : IModelRuntime
{
    private readonly TensorSet _answer = Answer();

    public Signature Signature { get; } = Of(OnnxModel.Load(CreditPlane.ModelPath()));

    public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < computes)
            Thread.SpinWait(20);
        return sleeps == TimeSpan.Zero ? Fill(outputs) : SleepAsync(outputs);
    }

    public ValueTask DisposeAsync()
    {
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SleepAsync(TensorSet outputs)
    {
        await Task.Delay(sleeps);
        await Fill(outputs);
    }

    private ValueTask Fill(TensorSet outputs)
    {
        outputs.Resize(_answer.Count);
        for (var i = 0; i < _answer.Count; i++)
            outputs[i].CopyFrom(_answer[i]);
        return ValueTask.CompletedTask;
    }

    private static TensorSet Answer()
    {
        var answer = TensorSet.Rent(2);
        answer.Resize(2);
        answer[0].Reset(ElementType.String, [1]);
        answer[0].AddString("bad"u8);
        answer[1].Reset(ElementType.Float32, [1, 2]);
        ((ReadOnlySpan<float>)[0.25f, 0.75f]).CopyTo(answer[1].As<float>());
        return answer;
    }

    /// <summary>The signature of a model that is asked for nothing else.</summary>
    private static Signature Of(OnnxModel model)
    {
        var signature = model.Signature;
        model.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return signature;
    }
}
