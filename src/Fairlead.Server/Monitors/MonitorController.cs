using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Hosting;
using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Monitors;

/// <summary>A monitor whose time has come.</summary>
internal sealed record DueMonitor(long Id, string Name, int Endpoint, MonitorSpec Spec, long Revision)
{
    public string? Memory { get; init; }

    public DateTimeOffset? LookedAt { get; init; }
}

/// <summary>
/// Has every monitor look when it is due, where the lease of the rollouts is held. All that is remembered lies in the
/// database: killing the process changes nothing but the time until the next look.
/// </summary>
internal sealed class MonitorController(
    Database database, Watchers.Watchers watchers, MonitorResults results, Replica replica, MonitorMeter meter,
    TimeProvider time, ILogger<MonitorController> log)
    : BackgroundService
{
    /// <summary>Most looks at once: they read and compute, and requests come first.</summary>
    public const int MaxAtOnce = 2;

    /// <summary>Most monitors that one pass takes up.</summary>
    public const int MaxOfPass = 100;

    /// <summary>How often is looked for what is due.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Longest time for one look.</summary>
    private static readonly TimeSpan LookDeadline = TimeSpan.FromSeconds(60);

    /// <summary>How long looks are kept.</summary>
    private static readonly TimeSpan LookLife = TimeSpan.FromDays(30);

    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(10);

    private const string Due = """
        SELECT id, name, endpoint, spec, revision, memory, looked_at FROM monitors
        WHERE due_at <= @now
        ORDER BY due_at
        LIMIT @most
        """;

    private DateTimeOffset _sweptAt;

    /// <summary>Has every monitor that is due look once; how many looked.</summary>
    /// <param name="token">The lease's token; whoever lost the lease stores nothing.</param>
    /// <param name="cancellation">Ends the pass.</param>
    public async Task<int> PassAsync(long token, CancellationToken cancellation)
    {
        var due = await DueAsync(cancellation);
        await Parallel.ForEachAsync(
            due, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation },
            async (monitor, stopping) => await LookAsync(monitor, token, stopping));
        if (time.GetUtcNow() - _sweptAt >= SweepInterval)
            await SweepAsync(cancellation);
        return due.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(
        Interval, time, PassInTurnAsync, failure => log.MonitorPassFailed(failure.Message), stoppingToken);

    private async Task PassInTurnAsync(CancellationToken stopping)
    {
        if (await Lease.TokenOfAsync(database, replica, stopping) is { } token)
            await PassAsync(token, stopping);
    }

    private async Task<List<DueMonitor>> DueAsync(CancellationToken cancellation)
    {
        await using var statements = await database.OpenAsync(cancellation);
        return await statements.QueryAsync(Due, row => new DueMonitor(
            row.GetInt64(0), row.GetString(1), row.GetInt32(2), StoredJson.Read<MonitorSpec>(row.GetString(3)),
            row.GetInt64(4))
        {
            Memory = row.IsDBNull(5) ? null : row.GetString(5),
            LookedAt = row.IsDBNull(6) ? null : Instants.FromMicroseconds(row.GetInt64(6)),
        }, cancellation, ("now", time.MicrosecondsNow()), ("most", MaxOfPass));
    }

    /// <summary>One look, whatever becomes of it: a monitor that cannot look says so, and is no other's trouble.
    /// </summary>
    private async Task LookAsync(DueMonitor monitor, long token, CancellationToken stopping)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(LookDeadline);
        var now = time.GetUtcNow();
        var look = new MonitorLook(monitor.Spec, monitor.Endpoint, monitor.Memory, monitor.LookedAt, now);
        LookResult result;
        try
        {
            result = await watchers.LookAsync(look, deadline.Token);
            meter.Looks.Add(MonitorMeter.Done);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            var why = failure is OperationCanceledException
                ? $"it took longer than {LookDeadline.TotalSeconds:0} s" : failure.Message;
            log.MonitorLookFailed(failure, monitor.Name);
            meter.Looks.Add(MonitorMeter.Failed);
            result = new([MonitorFinding.Whole(new AlertReading(
                AlertSign.Failed, double.NaN, $"the look failed: {why}"))], monitor.Memory);
        }

        try
        {
            if (!await results.KeepAsync(monitor, result, token, now, stopping))
                meter.Looks.Add(MonitorMeter.Superseded);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            // It stays due, and the others look all the same.
            log.MonitorLookFailed(failure, monitor.Name);
            meter.Looks.Add(MonitorMeter.Failed);
        }
    }

    private async Task SweepAsync(CancellationToken cancellation)
    {
        var oldest = (time.GetUtcNow() - LookLife).ToMicroseconds();
        await database.StateAsync(statements => statements.ExecuteAsync(
            "DELETE FROM monitor_looks WHERE at < @oldest", cancellation, ("oldest", oldest)), cancellation);
        _sweptAt = time.GetUtcNow();
    }
}
