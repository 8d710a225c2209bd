using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Benchmarks.Steps.Inference;

/// <summary>Takes a set from the pool, fills a tensor of numbers and one of strings, and gives the set back.</summary>
public sealed class TensorStep : IStep
{
    private const int Rows = 16;

    public void Do()
    {
        using var set = TensorSet.Rent(2);
        set[0].Reset(ElementType.Float32, [Rows, 8]);
        set[0].As<float>().Fill(0.5f);
        set[1].Reset(ElementType.String, [Rows]);
        for (var i = 0; i < Rows; i++)
            set[1].AddString("category"u8);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
