using BenchmarkDotNet.Attributes;
using Fairlead.Benchmarks.Steps;

namespace Fairlead.Benchmarks;

[MemoryDiagnoser]
public class TensorFillBenchmark
{
    private readonly IStep _step = new TensorStep();

    [Benchmark]
    public void Do() => _step.Do();

    [GlobalCleanup]
    public Task CleanUp() => _step.DisposeAsync().AsTask();
}
