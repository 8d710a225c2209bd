namespace Fairlead.Inference.Runtimes;

/// <summary>
/// How the machine's processors are shared among all models of the process: so many runs at once, each with so many
/// threads, out of one pool whose threads never spin.
/// <para>
/// One thread a run with as many runs as processors gives the most answers a second and the least waiting for small
/// models; more threads a run only pay for large ones, and are asked for per variant.
/// </para>
/// </summary>
/// <param name="Processors">Processors that the process may use.</param>
/// <param name="ConcurrentRuns">Most model runs at once; further ones wait in order.</param>
/// <param name="PoolThreads">Threads of the shared pool that serves runs with more than one thread.</param>
public sealed record ThreadPlan(int Processors, int ConcurrentRuns, int PoolThreads)
{
    /// <summary>
    /// The plan for a machine, with the number of concurrent runs overridden when <paramref name="concurrentRuns"/> is
    /// above 0.
    /// </summary>
    public static ThreadPlan For(int processors, int concurrentRuns = 0) =>
        new(processors, concurrentRuns > 0 ? concurrentRuns : processors, processors);

    public override string ToString() =>
        $"{Processors} processors: {ConcurrentRuns} runs at once, 1 thread a run unless a variant asks for more "
        + $"(then from a shared pool of {PoolThreads}), no spinning";
}
