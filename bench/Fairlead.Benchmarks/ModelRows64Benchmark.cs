using BenchmarkDotNet.Attributes;
using Fairlead.Benchmarks.Steps;

namespace Fairlead.Benchmarks;

[MemoryDiagnoser]
public class ModelRows64Benchmark
{
    private readonly IStep _step = new ModelStep(rows: 64);

    [Benchmark]
    public void Do() => _step.Do();

    [GlobalCleanup]
    public Task CleanUp() => _step.DisposeAsync().AsTask();
}
