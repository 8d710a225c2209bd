using Fairlead.Serving.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Hosting;

/// <summary>
/// The first step of an orderly stop: readiness goes, and the server answers on until balancers have had time to
/// notice. Only then are the doors closed, open requests finished, open streams ended behind the answers that they
/// still owe, and models unloaded.
/// </summary>
internal sealed class GracefulStop(
    RoutingTable table, LoadJournal journal, TimeSpan delay, TimeProvider time, ILogger<GracefulStop> log)
    : IHostedLifecycleService
{
    private bool _hasStarted;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _hasStarted = true;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        table.Stop();

        // Nobody was ever answered by a server that did not come up.
        if (!_hasStarted)
            return;

        log.Stopping(delay.TotalSeconds);
        if (delay > TimeSpan.Zero)
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        table.Close();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        journal.Close();
        return Task.CompletedTask;
    }
}
