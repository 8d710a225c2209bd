using Fairlead.Inference.Runtimes.Onnx;
using Microsoft.Extensions.Hosting;

namespace Fairlead.Server.Hosting;

/// <summary>
/// Gives back what the start took and nobody needs any more: building the model of the tables and loading models leave
/// memory behind that neither collector would return for hours. Waits until the first answers are out.
/// </summary>
internal sealed class StartLeftovers(TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Delay(Wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        OnnxEnvironment.ReturnFreedMemory();
    }
}
