using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Schemas;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>Holds a good request of one row to a schema: twenty numbers within a range, ten known categories.</summary>
internal sealed class SchemaStep : IStep
{
    private const int Numbers = 20, Texts = 10;

    private readonly TensorSet _inputs = TensorSet.Rent(Numbers + Texts);
    private readonly SchemaChecker _checker;

    public SchemaStep()
    {
        var spec = new SchemaSpec(SchemaMode.Reject,
        [
            .. Enumerable.Range(0, Numbers).Select(i => new ColumnSchema($"x{i}", ColumnKind.Number)
            {
                Min = 0,
                Max = 1,
                Required = true,
            }),
            .. Enumerable.Range(0, Texts).Select(i => new ColumnSchema($"c{i}", ColumnKind.Category)
            {
                Categories = ["married", "single", "widowed", "divorced"],
                Required = true,
            }),
        ]);
        _checker = SchemaChecker.Of(spec, new Signature(
            [
                .. Enumerable.Range(0, Numbers).Select(i => new TensorSpec($"x{i}", ElementType.Float32, [-1, 1])),
                .. Enumerable.Range(0, Texts).Select(i => new TensorSpec($"c{i}", ElementType.String, [-1, 1])),
            ], []));
        for (var i = 0; i < Numbers; i++)
        {
            _inputs[i].Reset(ElementType.Float32, [1, 1]);
            _inputs[i].As<float>()[0] = 0.5f;
        }

        for (var i = Numbers; i < Numbers + Texts; i++)
        {
            _inputs[i].Reset(ElementType.String, [1, 1]);
            _inputs[i].AddString("widowed"u8);
        }
    }

    public void Do()
    {
        if (_checker.Check(_inputs, 1) is { } broken)
            throw new InvalidOperationException(broken.Sentence());
    }

    public ValueTask DisposeAsync()
    {
        _inputs.Dispose();
        return ValueTask.CompletedTask;
    }
}
