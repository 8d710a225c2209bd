namespace Fairlead.Benchmarks.Steps;

/// <summary>
/// One step on the way of a request, ready to be done again and again. The benchmarks measure its time, a test its
/// allocations against <c>bench/allocations.json</c>.
/// </summary>
public interface IStep : IAsyncDisposable
{
    /// <summary>Does the step once, to its end, on the calling thread.</summary>
    void Do();
}
