namespace Fairlead.Benchmarks.Steps;

/// <summary>Measures the managed memory that warm work takes.</summary>
public static class Allocation
{
    private const int WarmUp = 500;
    private const int Rounds = 5;
    private const int Iterations = 1000;

    /// <summary>
    /// Bytes that a call takes on its thread: the least of several rounds. What the runtime itself allocates now and
    /// then, as it compiles a method anew, is no part of the work, while what the work takes is there in every round.
    /// </summary>
    public static double BytesPerCall(Action work)
    {
        for (var i = 0; i < WarmUp; i++)
            work();

        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Iterations; i++)
                work();
            least = Math.Min(least, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Iterations);
        }

        return least;
    }
}
