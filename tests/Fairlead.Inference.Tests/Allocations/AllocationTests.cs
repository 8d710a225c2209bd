using Fairlead.Benchmarks.Steps;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;
using Fairlead.Inference.Tests.Runtimes.Onnx;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Allocations;

/// <summary>Managed bytes that a warm run of a model allocates on its thread.</summary>
public class AllocationTests
{
    /// <summary>
    /// Their outputs are sequences or maps, or as long as the data say: the library allocates them anew.
    /// </summary>
    private static readonly string[] Allocating =
        ["structure_sequence_out.onnx", "shape_maybe_empty.onnx", "pipeline_integer_labels.onnx",
            "tree_classifier.onnx"];

    /// <summary>All models without strings and with plain outputs.</summary>
    public static TheoryData<string> NumericModels =>
    [
        .. Catalogue.All
            .Where(model => OnnxModelTests.IsServed(model.File) && !Allocating.Contains(model.File))
            .Where(model => model.Examples[0].Inputs.Concat(model.Examples[0].Outputs)
                .All(value => value.Value is Fairlead.TestModels.Tensor { Data: not string[] }))
            .Select(model => model.File),
    ];

    [Theory]
    [MemberData(nameof(NumericModels))]
    public async Task NumericModel_Warm_AllocatesNothing(string file)
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(file));
        using var inputs = ModelCall.Inputs(model.Signature, Catalogue.Get(file).Examples[0]);
        using var outputs = TensorSet.Rent(1);
        var control = new RunControl();

        Allocation.BytesPerCall(() => Inline.Expect(model.RunAsync(inputs, outputs, control))).ShouldBe(0);
    }
}
