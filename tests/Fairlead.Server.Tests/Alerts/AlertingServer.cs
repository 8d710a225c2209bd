using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Server.Alerts;
using Fairlead.Server.Alerts.Telling;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>A server whose clock the test moves, and a monitor whose evaluations the test makes.</summary>
internal sealed class AlertingServer : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 3, 0, 0, TimeSpan.Zero);

    private AlertingServer(TestServer server, FakeTimeProvider time) => (Server, Time) = (server, time);

    public TestServer Server { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>Whom the monitor tells.</summary>
    public IReadOnlyList<string> Notify { get; set; } = ["people"];

    public AlertMeter Meter => Server.Services.GetRequiredService<AlertMeter>();

    public Database Database => Server.Services.GetRequiredService<Database>();

    public static async Task<AlertingServer> StartAsync(
        Engine engine, PostgresServer postgres, Action<ControlPlaneOptions>? configure = null)
    {
        var time = new FakeTimeProvider(Start);
        var server = await TestServer.StartAsync(
            engine, postgres, configure, services => services.AddSingleton<TimeProvider>(time));
        var alerting = new AlertingServer(server, time);
        await alerting.HoldLeaseAsync();
        return alerting;
    }

    /// <summary>Waits until this server tells people of alerts; its own controller takes the lease.</summary>
    private async Task HoldLeaseAsync()
    {
        for (var i = 0; i < 1200; i++)
        {
            if (await Database.ReadAsync(db => db.Leases.AnyAsync(), CancellationToken.None))
                return;
            await Task.Delay(25);
        }

        throw new ShouldAssertException("The lease was not taken within 30 s.");
    }

    public static AlertLabels Labels(string column, string endpoint = "credit", string severity = "page") => new(
    [
        new("monitor", "drift"), new("endpoint", endpoint), new("severity", severity), new("column", column),
    ]);

    /// <summary>A receiver with the usual times, unless it is to be told again sooner.</summary>
    public Task WebhookAsync(string url, string? secret = null, TimeSpan? repeat = null) =>
        Server.Client.PutReceiverAsync("people", new ReceiverRequest
        {
            RepeatInterval = repeat ?? TimeSpan.FromHours(4),
            Webhook = new WebhookReceiver { Url = url, Secret = secret },
        });

    /// <summary>An evaluation in which some columns are broken and no other is.</summary>
    public Task BreakAsync(params string[] columns) => EvaluateAsync([.. columns.Select(column => Labels(column))]);

    /// <summary>An evaluation in which some labels are broken, and what was broken before is so no more.</summary>
    public Task EvaluateAsync(params AlertLabels[] broken) => WriteAsync(async db =>
    {
        var known = await db.Alerts.Select(row => row.Labels).ToListAsync();
        var all = known.ConvertAll(AlertRecords.ReadLabels).Concat(broken).Distinct();
        await Server.Services.GetRequiredService<AlertStore>().TakeAsync(
            db, new AlertSource(1, "drift", new AlertPolicy(), [.. Notify]),
            [
                .. all.Select(labels => new AlertSubject(labels, broken.Contains(labels)
                    ? new(AlertSign.Breach, 0.5, $"{labels["column"]} has drifted")
                    : new(AlertSign.Clear, 0.1, $"{labels["column"]} is as before"))),
            ], Time.GetUtcNow(), CancellationToken.None);
    });

    public Task WriteAsync(Func<FairleadDbContext, Task> write) => Database.OperateAsync(async db =>
    {
        var (transaction, _) = await db.BeginWriteAsync(CancellationToken.None);
        await using var ended = transaction;
        await write(db);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }, CancellationToken.None);

    /// <summary>A round after some seconds.</summary>
    public Task RoundAsync(double seconds = 0)
    {
        if (seconds > 0)
            Time.Advance(TimeSpan.FromSeconds(seconds));
        return Server.Services.GetRequiredService<AlertSender>().RoundAsync(CancellationToken.None);
    }

    /// <summary>Another process takes the lease over.</summary>
    public Task LoseLeaseAsync() => Database.OperateAsync(db => db.Leases.ExecuteUpdateAsync(row => row
        .SetProperty(each => each.Token, each => each.Token + 1).SetProperty(each => each.Holder, "another")
        .SetProperty(each => each.ExpiresAt, long.MaxValue)), CancellationToken.None);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
