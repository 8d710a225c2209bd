using System.Text.Json;
using Fairlead.Benchmarks.Steps;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Inference.Tensors;
using Fairlead.Inference.Tests.Runtimes.Onnx;
using Fairlead.TestModels;

namespace Fairlead.Inference.Tests.Allocations;

/// <summary>
/// Managed bytes that a warm step allocates on its thread, held to what <c>bench/allocations.json</c> allows.
/// </summary>
public class AllocationTests
{
    private const int WarmUp = 500;
    private const int Iterations = 2000;

    /// <summary>
    /// Their outputs are sequences or maps, or as long as the data say: the library allocates them anew.
    /// </summary>
    private static readonly string[] Allocating =
        ["structure_sequence_out.onnx", "shape_maybe_empty.onnx", "pipeline_integer_labels.onnx",
            "tree_classifier.onnx"];

    private static readonly string Allowed = Path.Combine(Catalogue.Folder, "..", "..", "bench", "allocations.json");

    public static TheoryData<string> Steps => [.. AllSteps.ByName.Keys];

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
    [MemberData(nameof(Steps))]
    public async Task Step_Warm_AllocatesNoMoreThanAllowed(string name)
    {
        await using var step = AllSteps.ByName[name]();

        BytesPerCall(step.Do).ShouldBeLessThanOrEqualTo(Read()[name]);
    }

    [Theory]
    [MemberData(nameof(NumericModels))]
    public async Task NumericModel_Warm_AllocatesNothing(string file)
    {
        await using var model = OnnxModel.Load(Catalogue.PathOf(file));
        using var inputs = ModelCall.Inputs(model.Signature, Catalogue.Get(file).Examples[0]);
        using var outputs = TensorSet.Rent(1);
        var control = new RunControl();

        BytesPerCall(() => Inline.Expect(model.RunAsync(inputs, outputs, control))).ShouldBe(0);
    }

    [Fact]
    public void AllowedBytes_AreStatedForExactlyTheStepsThatAreMeasured() =>
        Read().Keys.Order(StringComparer.Ordinal).ShouldBe(AllSteps.ByName.Keys.Order(StringComparer.Ordinal));

    /// <summary>Counter-proof: a step that allocates is seen to.</summary>
    [Fact]
    public void BytesPerCall_OfAStepThatAllocates_AreMoreThanNothing()
    {
        object? kept = null;
        BytesPerCall(() => kept = new byte[100]).ShouldBeInRange(100, 200);
        kept.ShouldNotBeNull();
    }

    /// <summary>
    /// The least of several rounds: what the runtime itself allocates now and then, as it compiles a method anew, is no
    /// part of the step, while what the step allocates is there in every round.
    /// </summary>
    private static double BytesPerCall(Action step)
    {
        for (var i = 0; i < WarmUp; i++)
            step();

        var least = double.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Iterations; i++)
                step();
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Iterations);
        }

        return least;
    }

    private static Dictionary<string, double> Read() =>
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Allowed))!;
}
