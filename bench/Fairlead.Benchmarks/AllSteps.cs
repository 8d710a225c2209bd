using Fairlead.Benchmarks.Steps;
using Fairlead.Benchmarks.Steps.Inference;
using Fairlead.Benchmarks.Steps.Serving;

namespace Fairlead.Benchmarks;

/// <summary>The steps by the names under which <c>bench/allocations.json</c> allows them their bytes.</summary>
public static class AllSteps
{
    public static IReadOnlyDictionary<string, Func<IStep>> ByName { get; } =
        InferenceSteps.ByName.Concat(ServingSteps.ByName).ToDictionary();
}
