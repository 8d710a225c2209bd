using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using Fairlead.Benchmarks.Steps;
using Fairlead.Benchmarks.Steps.Inference;
using Fairlead.Benchmarks.Steps.Serving;
using Fairlead.Serving.Predict;
using Fairlead.TestModels;

namespace Fairlead.Serving.Tests.Allocations;

/// <summary>
/// Managed bytes that a warm step allocates on its thread, held to what <c>bench/allocations.json</c> allows.
/// </summary>
public class StepAllocationTests
{
    /// <summary>What is measured on a running server; a test of the built program holds it.</summary>
    private const string WholeServer = "server.";

    private static readonly string Allowed = Path.Combine(Catalogue.Folder, "..", "..", "bench", "allocations.json");

    private static readonly Dictionary<string, Func<IStep>> All =
        InferenceSteps.ByName.Concat(ServingSteps.ByName).ToDictionary();

    public static TheoryData<string> Steps => [.. All.Keys];

    /// <summary>Without optimisation every asynchronous method takes memory, even one that never waits.</summary>
    private static readonly bool Optimised =
        typeof(PredictPipeline).Assembly.GetCustomAttribute<DebuggableAttribute>()
            is not { IsJITOptimizerDisabled: true };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_Warm_AllocatesNoMoreThanAllowed(string name)
    {
        Assert.SkipUnless(Optimised, "Allocations are those of an optimised build.");
        await using var step = All[name]();

        Allocation.BytesPerCall(step.Do).ShouldBeLessThanOrEqualTo(Read()[name]);
    }

    [Fact]
    public void AllowedBytes_AreStatedForExactlyTheStepsThatAreMeasured() =>
        Read().Keys.Where(name => !name.StartsWith(WholeServer, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ShouldBe(All.Keys.Order(StringComparer.Ordinal));

    /// <summary>Counter-proof: a step that allocates is seen to.</summary>
    [Fact]
    public void BytesPerCall_OfAStepThatAllocates_AreMoreThanNothing()
    {
        object? kept = null;
        Allocation.BytesPerCall(() => kept = new byte[100]).ShouldBeInRange(100, 200);
        kept.ShouldNotBeNull();
    }

    private static Dictionary<string, double> Read() =>
        JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(Allowed))!;
}
