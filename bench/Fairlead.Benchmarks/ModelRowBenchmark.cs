using BenchmarkDotNet.Attributes;
using Fairlead.Benchmarks.Steps;

namespace Fairlead.Benchmarks;

[MemoryDiagnoser]
public class ModelRowBenchmark
{
    private readonly IStep _step = new ModelStep(rows: 1);

    [Benchmark]
    public void Do() => _step.Do();

    [GlobalCleanup]
    public Task CleanUp() => _step.DisposeAsync().AsTask();
}
