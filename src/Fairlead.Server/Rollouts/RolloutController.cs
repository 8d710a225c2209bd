using System.Collections.Concurrent;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Rollouts;

/// <summary>
/// Keeps every rollout moving: whoever holds the lease looks at each one that is due. Nothing is remembered between two
/// passes but which looks are still under way; killing the process changes nothing but the time until the next look.
/// </summary>
internal sealed class RolloutController(
    Lease lease, RolloutFactsRead facts, RolloutLooks looks, RolloutWake wake, RolloutMeter meter,
    ControlPlaneOptions options, TimeProvider time, ILogger<RolloutController> log)
    : BackgroundService
{
    /// <summary>Most looks at once. One that hangs takes one of these places until its deadline.</summary>
    public const int MaxAtOnce = 32;

    /// <summary>Longest time for one look.</summary>
    private static readonly TimeSpan LookDeadline = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<long, TaskCompletionSource> _underWay = new();
    private readonly SemaphoreSlim _places = new(MaxAtOnce, MaxAtOnce);

    /// <summary>
    /// Begins a look at every rollout that is due and not being looked at; how long until the next one is due.
    /// </summary>
    /// <param name="token">The lease's token.</param>
    /// <param name="ahead">Rollouts that are due within this time are looked at already.</param>
    public async Task<TimeSpan> PassAsync(long token, TimeSpan ahead, CancellationToken cancellation)
    {
        var pass = await facts.ReadAsync(time.GetUtcNow() + ahead, cancellation);
        foreach (var due in pass.Due)
        {
            if (_underWay.ContainsKey(due.Row.Id))
                continue;
            await _places.WaitAsync(cancellation);
            var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _underWay[due.Row.Id] = ended;
            _ = LookAsync(due, token, ended, cancellation);
        }

        var wait = pass.NextAt is { } next ? next - time.GetUtcNow() : LongestWait;
        return wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
    }

    /// <summary>Waits for the looks that are under way.</summary>
    public Task FinishAsync() => Task.WhenAll(_underWay.Values.Select(look => look.Task));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FinishAsync();
        try
        {
            await lease.ReleaseAsync(cancellationToken);
        }
        catch (Exception failure) when (Database.IsUnreachable(failure))
        {
            log.ControllerFailed(failure.Message);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _places.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var woken = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            var seen = wake.Seen;
            var wait = LongestWait;
            try
            {
                // Replicas have moved or somebody has commanded something: what waits for that is not due yet.
                if (await lease.HoldAsync(stoppingToken) is { } token)
                    wait = await PassAsync(token, woken ? LongestWait : TimeSpan.Zero, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.ControllerFailed(failure.Message);
                wait = options.ControllerLease / 3;
            }

            woken = await WaitAsync(seen, wait, stoppingToken);
        }
    }

    private async Task<bool> WaitAsync(long seen, TimeSpan wait, CancellationToken stopping)
    {
        try
        {
            return await wake.WaitAsync(seen, wait, time, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>One look, whatever becomes of it: it is nobody else's trouble, and the next one comes.</summary>
    private async Task LookAsync(
        DueRollout due, long token, TaskCompletionSource ended, CancellationToken stopping)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(LookDeadline);
        try
        {
            await Task.Yield();
            await looks.LookAsync(due, token, deadline.Token);
            meter.Looks.Add(RolloutMeter.Done);
        }
        catch (LeaseLostException lost)
        {
            meter.Looks.Add(RolloutMeter.Fenced);
            log.Fenced(due.Row.Id, due.Row.Name, lost.Message);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            meter.Looks.Add(RolloutMeter.Failed);
            log.LookFailed(failure, due.Row.Id, due.Row.Name);
        }
        catch (OperationCanceledException)
        {
            // The end of the process.
        }
        finally
        {
            _underWay.TryRemove(due.Row.Id, out _);
            _places.Release();
            ended.SetResult();
        }
    }
}
