using BenchmarkDotNet.Attributes;
using Fairlead.Benchmarks.Steps;

namespace Fairlead.Benchmarks;

/// <summary>Time and allocated bytes of every step on the way of a request.</summary>
[MemoryDiagnoser]
public class StepBenchmark
{
    private IStep _step = null!;

    public static IEnumerable<string> Names => AllSteps.ByName.Keys;

    [ParamsSource(nameof(Names))]
    public string Step { get; set; } = "";

    [GlobalSetup]
    public void SetUp() => _step = AllSteps.ByName[Step]();

    [Benchmark]
    public void Do() => _step.Do();

    [GlobalCleanup]
    public Task CleanUp() => _step.DisposeAsync().AsTask();
}
