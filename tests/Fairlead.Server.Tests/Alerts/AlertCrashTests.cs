using System.Net.Sockets;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Rollouts;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>
/// A server that looks and tells is killed around every write from the alert to the delivered message. No message is
/// lost, and one that is sent again has the same id.
/// </summary>
public sealed class AlertCrashTests
{
    private static readonly MonitorRequest Monitor = new()
    {
        Endpoint = "e",

        // It looks once: another look would be another write about the alert.
        Every = TimeSpan.FromDays(1),
        Alert = new MonitorAlertRequest { Notify = ["people"] },
        Series = new SeriesWatchRequest
        {
            Series = "sales",
            Rule = "limit",
            Step = TimeSpan.FromDays(1),
            History = TimeSpan.FromDays(7),
            Limit = new LimitRequest { Max = 1 },
        },
    };

    [Fact]
    public async Task Killed_AroundEveryWrite_TheMessageArrives()
    {
        await using var hooks = await WebhookServer.StartAsync();
        var folder = Directory.CreateTempSubdirectory("fairlead-alert-crash-").FullName;
        await PrepareAsync(folder, hooks.Url);

        // Before and after the alert, the message, the claim of an attempt, and the end of what was sent.
        string[] orders =
        [
            "alert-before-1", "alert-after-1", "alert-before-2", "alert-after-1", "alert-before-2", "alert-after-2",
        ];
        var killed = 0;
        foreach (var order in orders)
        {
            await using var process = await RolloutProcess.StartAsync(folder, null, order);
            if (await LiveAsync(process))
                break;
            process.HasEnded.ShouldBeTrue(order);
            killed++;
        }

        killed.ShouldBeGreaterThanOrEqualTo(4);
        await using (var last = await RolloutProcess.StartAsync(folder, null))
        {
            (await LiveAsync(last)).ShouldBeTrue();
            var alert = (await last.Client.ListAlertsAsync()).Items.ShouldHaveSingleItem();
            var delivery = (await last.Client.GetAlertAsync(alert.Id)).Deliveries.ShouldHaveSingleItem();
            (delivery.Receiver, delivery.Status).ShouldBe(("people", "delivered"));
            hooks.Hooks.ShouldNotBeEmpty();
            hooks.Hooks.ShouldAllBe(hook => hook.Id == delivery.Id);
        }

        hooks.Hooks[0].Json.GetProperty("alerts")[0].GetProperty("labels").GetProperty("monitor").GetString()
            .ShouldBe("sales");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task PrepareAsync(string folder, string url)
    {
        await using var server = await TestServer.StartAsync(options =>
            options.DataFolder = Path.Combine(folder, "data"));
        await EndpointAsync(server);
        await server.Client.PutReceiverAsync("people", new ReceiverRequest
        {
            GroupWait = TimeSpan.Zero,
            Webhook = new WebhookReceiver { Url = url },
        });
        var today = new DateTimeOffset(DateTime.UtcNow.Date, TimeSpan.Zero);
        await server.Client.PostSeriesPointsAsync("sales", new SeriesPointsRequest
        {
            Points = [.. Enumerable.Range(0, 3).Select(i => new SeriesPointRequest
            {
                At = today.AddDays(-i).AddHours(1),
                Value = 100,
            })],
        });
    }

    /// <summary>Puts the monitor unless it is there; true where its message was delivered, false where the process
    /// ended.</summary>
    private static async Task<bool> LiveAsync(RolloutProcess process)
    {
        try
        {
            if ((await process.Client.ListMonitorsAsync()).Items.Count == 0)
                await process.Client.PutMonitorAsync("sales", Monitor);
            for (var left = 1500; left > 0 && !process.HasEnded; left--)
            {
                var alerts = (await process.Client.ListAlertsAsync()).Items;
                if (alerts.Count > 0
                    && (await process.Client.GetAlertAsync(alerts[0].Id)).Deliveries is [{ Status: "delivered" }])
                {
                    return true;
                }

                await Task.Delay(20);
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or SocketException)
        {
            // It was killed while it was asked, or while it answered.
            for (var left = 200; left > 0 && !process.HasEnded; left--)
                await Task.Delay(20);
        }

        return false;
    }
}
