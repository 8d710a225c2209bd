namespace Fairlead.Server.Hosting;

/// <summary>What a service does again and again until the process ends.</summary>
internal static class Rounds
{
    /// <summary>
    /// A round every interval, one at a time. One that fails, by a deadline of its own too, is told and is no reason
    /// against the next; only the end of the process ends them.
    /// </summary>
    /// <param name="interval">Between the beginnings of two rounds.</param>
    /// <param name="time">The clock.</param>
    /// <param name="round">One round.</param>
    /// <param name="failed">Is told what ended a round.</param>
    /// <param name="stopping">The end of the process.</param>
    /// <param name="atOnce">The first round begins now and not after the interval.</param>
    public static async Task RunAsync(
        TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> round, Action<Exception> failed,
        CancellationToken stopping, bool atOnce = false)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (atOnce || await timer.WaitForNextTickAsync(stopping))
            {
                atOnce = false;
                try
                {
                    await round(stopping);
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    failed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }
}
