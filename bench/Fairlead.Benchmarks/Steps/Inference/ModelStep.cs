using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;

namespace Fairlead.Benchmarks.Steps.Inference;

/// <summary>A run of the model alone, without queue.</summary>
public sealed class ModelStep : IStep
{
    private readonly OnnxModel _model = SmallNetwork.Load();
    private readonly TensorSet _inputs = TensorSet.Rent(1);
    private readonly TensorSet _outputs = TensorSet.Rent(1);
    private readonly RunControl _control = new();

    public ModelStep(int rows)
    {
        _inputs[0].Reset(ElementType.Float32, [rows, SmallNetwork.Inputs]);
        _inputs[0].As<float>().Fill(0.5f);
    }

    public void Do() => Inline.Expect(_model.RunAsync(_inputs, _outputs, _control));

    public ValueTask DisposeAsync() => _model.DisposeAsync();
}
