using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;

namespace Fairlead.Benchmarks.Steps.Inference;

/// <summary>A single row through the queue while a processor is free, so that it runs at once.</summary>
public sealed class QueueStep : IStep
{
    private readonly OnnxModel _model = SmallNetwork.Load();
    private readonly RunGate _gate = new(1, TimeProvider.System);
    private readonly RunQueue _queue;
    private readonly RunItem _item = new();
    private readonly TensorSet _inputs = TensorSet.Rent(1);
    private readonly TensorSet _outputs = TensorSet.Rent(1);

    public QueueStep()
    {
        _queue = new RunQueue(_model, new BatchSettings(), _gate);
        _inputs[0].Reset(ElementType.Float32, [1, SmallNetwork.Inputs]);
        _inputs[0].As<float>().Fill(0.5f);
    }

    public void Do()
    {
        _item.Prepare(_inputs, _outputs, 1, long.MaxValue, CancellationToken.None);
        Inline.Expect(_queue.RunAsync(_item));
        _item.Forget();
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Dispose();
        _gate.Dispose();
        await _model.DisposeAsync();
    }
}
