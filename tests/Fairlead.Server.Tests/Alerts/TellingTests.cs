using System.Net;
using Fairlead.Client.Api;
using Fairlead.Server.Alerts;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Tests.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>Alerts reach people: over real connections, once, in order, and again when they did not arrive.</summary>
public sealed class TellingTests(PostgresServer postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Alerts_OfAGroup_AreToldTogether_InTheFormOfAlertmanager_AndTheirEnd(Engine engine)
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(engine, postgres);
        await alerting.WebhookAsync(hooks.Url, "signing-secret");
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.BreakAsync("x", "y");
        hooks.Hooks.ShouldBeEmpty();
        await alerting.RoundAsync(31);
        await alerting.RoundAsync(60);

        var first = hooks.Hooks.ShouldHaveSingleItem();
        var body = first.Json;
        (body.GetProperty("version").GetString(), body.GetProperty("status").GetString())
            .ShouldBe(("4", "firing"));
        body.GetProperty("receiver").GetString().ShouldBe("people");
        body.GetProperty("truncatedAlerts").GetInt32().ShouldBe(0);
        body.GetProperty("groupLabels").ToString().ShouldBe("""{"endpoint":"credit","monitor":"drift"}""");
        body.GetProperty("commonLabels").GetProperty("alertname").GetString().ShouldBe("drift");
        body.GetProperty("groupKey").GetString().ShouldBe("""{}:{endpoint="credit", monitor="drift"}""");
        var alerts = body.GetProperty("alerts").EnumerateArray().ToList();
        alerts.Select(alert => alert.GetProperty("labels").GetProperty("column").GetString()).ShouldBe(["x", "y"]);
        alerts[0].GetProperty("annotations").GetProperty("summary").GetString().ShouldBe("x has drifted");
        alerts[0].GetProperty("startsAt").GetDateTimeOffset().ShouldBe(AlertingServer.Start);
        alerts[0].GetProperty("endsAt").GetString()!.ShouldStartWith("0001-01-01T00:00:00");
        first.Headers["X-Fairlead-Signature"].ShouldBe(
            $"v1={WebhookMessage.Sign("signing-secret", first.Headers["X-Fairlead-Timestamp"], first.Body)}");

        await alerting.BreakAsync();
        await alerting.RoundAsync(300);
        await alerting.RoundAsync(31);
        var second = hooks.Hooks[^1];
        second.Json.GetProperty("status").GetString().ShouldBe("resolved");
        second.Json.GetProperty("alerts")[0].GetProperty("endsAt").GetDateTimeOffset()
            .ShouldBe(AlertingServer.Start.AddSeconds(91));
        second.Id.ShouldNotBe(first.Id);
        (hooks.Hooks.Count, alerting.Meter.Deliveries.Count(AlertMeter.Delivered)).ShouldBe((2, 2));
    }

    /// <summary>As <c>printf '1.{}' | openssl dgst -sha256 -hmac key</c> says.</summary>
    [Fact]
    public void Signature_IsWhatOtherProgramsMake() =>
        WebhookMessage.Sign("key", "1", "{}"u8)
            .ShouldBe("1ba6b8171186efc613e8bcc0cbdab2748f24984d7c5a84faa2637afa0e40d224");

    [Fact]
    public async Task AMessageThatIsNotTaken_IsTriedAgain_UnderTheSameId_NotBeforeTheReceiverWants()
    {
        await using var hooks = await WebhookServer.StartAsync();
        hooks.Next(HttpStatusCode.ServiceUnavailable);
        hooks.Next(HttpStatusCode.TooManyRequests, retryAfter: "120");
        await using var alerting = await ToldAsync(hooks);
        hooks.Hooks.Count.ShouldBe(1);
        await alerting.RoundAsync(6);
        hooks.Hooks.Count.ShouldBe(2);
        await alerting.RoundAsync(100);
        hooks.Hooks.Count.ShouldBe(2);
        await alerting.RoundAsync(21);

        hooks.Hooks.Count.ShouldBe(3);
        hooks.Hooks.Select(hook => hook.Id).Distinct().ShouldHaveSingleItem();
        (alerting.Meter.Deliveries.Count(AlertMeter.TriedAgain), alerting.Meter.Deliveries.Count(AlertMeter.Delivered))
            .ShouldBe((2, 1));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Found)]
    public async Task AMessageThatIsRefused_IsDroppedAndCounted_AndMadeAgainAfterTheInterval(HttpStatusCode status)
    {
        await using var hooks = await WebhookServer.StartAsync();
        hooks.Next(status);
        await using var alerting = await ToldAsync(hooks);
        await alerting.RoundAsync(200);
        (hooks.Hooks.Count, alerting.Meter.Deliveries.Count(AlertMeter.Refused)).ShouldBe((1, 1));

        await alerting.RoundAsync(101);
        hooks.Hooks.Count.ShouldBe(2);
        hooks.Hooks.Select(hook => hook.Id).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public async Task AReceiverThatStaysAway_EndsTheAttemptsAtTheirDeadline()
    {
        await using var hooks = await WebhookServer.StartAsync();
        for (var i = 0; i < 60; i++)
            hooks.Next(HttpStatusCode.BadGateway);
        await using var alerting = await ToldAsync(hooks);
        for (var i = 0; i < 16; i++)
            await alerting.RoundAsync(60);

        alerting.Meter.Deliveries.Count(AlertMeter.TooLate).ShouldBe(1);
        hooks.Hooks.Count.ShouldBeInRange(8, 16);
        (await alerting.Database.ReadAsync(
            db => db.AlertDeliveries.CountAsync(row => row.Status == "waiting"), Cancellation)).ShouldBe(0);
    }

    [Fact]
    public async Task AProcessThatIsStoppedWhileItSends_IsRepeatedByTheNextOne_UnderTheSameId()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Postgres, postgres);
        await alerting.WebhookAsync(hooks.Url);
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();

        // The message has gone out, and before its end can be stored another process has the lease.
        hooks.BeforeAnswer = alerting.LoseLeaseAsync;
        await alerting.RoundAsync(31);
        hooks.BeforeAnswer = () => Task.CompletedTask;
        hooks.Hooks.Count.ShouldBe(1);
        (await StatusAsync(alerting)).ShouldBe(("waiting", 1));
        await alerting.RoundAsync(61);
        hooks.Hooks.Count.ShouldBe(1);

        var name = alerting.Server.Services.GetService(typeof(Endpoints.Replica)) as Endpoints.Replica;
        await alerting.Database.OperateAsync(db => db.Leases.ExecuteUpdateAsync(
            row => row.SetProperty(each => each.Holder, name!.Name), Cancellation), Cancellation);
        await alerting.RoundAsync();

        // A round of the server itself may have taken the message up first, and be on its way.
        for (var left = 100; left > 0 && (await StatusAsync(alerting)).Item1 == "waiting"; left--)
            await Task.Delay(50, Cancellation);
        hooks.Hooks.Count.ShouldBe(2);
        hooks.Hooks.Select(hook => hook.Id).Distinct().ShouldHaveSingleItem();
        (await StatusAsync(alerting)).ShouldBe(("delivered", 2));
        await alerting.RoundAsync(310);
        hooks.Hooks.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ASlowReceiver_DelaysNobodyElse()
    {
        await using var slow = await WebhookServer.StartAsync();
        await using var quick = await WebhookServer.StartAsync();
        var answers = new TaskCompletionSource();
        slow.BeforeAnswer = () => answers.Task;
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        foreach (var (name, hooks) in new[] { ("slow", slow), ("quick", quick) })
        {
            await alerting.Server.Client.PutReceiverAsync(name, new ReceiverRequest
            {
                GroupWait = TimeSpan.Zero,
                GroupInterval = TimeSpan.FromSeconds(10),
                Webhook = new WebhookReceiver { Url = hooks.Url },
            }, Cancellation);
        }

        alerting.Notify = ["slow", "quick"];
        await alerting.BreakAsync("x");
        var round = alerting.RoundAsync();

        // While the slow one is silent the other's message has arrived and is stored as such.
        await UntilAsync(() => slow.Hooks.Count == 1
            && alerting.Meter.Deliveries.Count(AlertMeter.Delivered) == 1);
        round.IsCompleted.ShouldBeFalse();
        alerting.Time.Advance(TimeSpan.FromSeconds(3));
        await round;

        // Nor is what comes next held up.
        await alerting.BreakAsync("x", "y");
        var next = alerting.RoundAsync(11);
        await UntilAsync(() => alerting.Meter.Deliveries.Count(AlertMeter.Delivered) == 2);
        await next;
        (slow.Hooks.Count, quick.Hooks.Count).ShouldBe((1, 2));

        answers.SetResult();
        await UntilAsync(() => alerting.Meter.Deliveries.Count(AlertMeter.Delivered) == 3);
        await alerting.RoundAsync(11);
        await UntilAsync(() => slow.Hooks.Count == 2);
        slow.Hooks[1].Json.GetProperty("alerts").GetArrayLength().ShouldBe(2);

        static async Task UntilAsync(Func<bool> isSo)
        {
            for (var left = 600; left > 0 && !isSo(); left--)
                await Task.Delay(20, Cancellation);
            isSo().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task AMail_IsSent_WithAnIdThatPrograms_Know()
    {
        using var smtp = new SmtpListener();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await MailAsync(alerting, smtp);
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);

        alerting.Meter.Deliveries.Count(AlertMeter.Delivered).ShouldBe(1, smtp.Heard);
        smtp.Heard.ShouldContain("MAIL FROM:<fairlead@example.org>");
        smtp.Heard.ShouldContain("RCPT TO:<night@example.org>");
        smtp.Heard.ShouldContain("Subject: [1 firing] credit, drift");
        smtp.Heard.ShouldContain("firing: x has drifted");
        var token = (await alerting.Database.ReadAsync(db => db.AlertDeliveries.SingleAsync(), Cancellation)).Token;
        smtp.Heard.ShouldContain($"Message-Id: <{token}@fairlead>");
    }

    [Theory]
    [InlineData("450 not now", AlertMeter.TriedAgain)]
    [InlineData("550 nobody of that name", AlertMeter.Refused)]
    public async Task AMailThatIsNotTaken_IsTriedAgainOnlyWhereThatHelps(string answer, string counted)
    {
        using var smtp = new SmtpListener(answer);
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await MailAsync(alerting, smtp);
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);
        alerting.Meter.Deliveries.Count(counted).ShouldBe(1, smtp.Heard);
    }

    [Fact]
    public async Task AChannelOfSlack_GetsWhatSlackReads()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await alerting.Server.Client.PutReceiverAsync(
            "people", new ReceiverRequest { Slack = new SlackReceiver { Url = hooks.Url } }, Cancellation);
        await alerting.BreakAsync("<x>");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);

        var body = hooks.Hooks.ShouldHaveSingleItem().Json;
        body.GetProperty("text").GetString().ShouldBe("[1 firing] credit, drift");
        var attachment = body.GetProperty("attachments")[0];
        attachment.GetProperty("text").GetString().ShouldBe("&lt;x&gt; has drifted");
        attachment.GetProperty("title").GetString().ShouldBe("firing: column=&lt;x&gt;, severity=page");
    }

    [Fact]
    public async Task AnAlertWithoutReceiver_IsCounted_AndADeletedReceiversMessagesAreDropped()
    {
        await using var hooks = await WebhookServer.StartAsync();
        hooks.Next(HttpStatusCode.BadGateway);
        await using var alerting = await ToldAsync(hooks);
        await alerting.Server.Client.DeleteReceiverAsync("people", cancellation: Cancellation);
        await alerting.RoundAsync(6);
        await alerting.RoundAsync(60);
        hooks.Hooks.Count.ShouldBe(1);
        (alerting.Meter.ToldToNobody, alerting.Meter.Deliveries.Count(AlertMeter.ReceiverGone)).ShouldBe((1, 1));
    }

    /// <summary>A server that has made its first attempt to tell of one alert.</summary>
    private async Task<AlertingServer> ToldAsync(WebhookServer hooks)
    {
        var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await alerting.WebhookAsync(hooks.Url);
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);
        return alerting;
    }

    private static Task<ReceiverInfo> MailAsync(AlertingServer alerting, SmtpListener smtp) =>
        alerting.Server.Client.PutReceiverAsync("people", new ReceiverRequest
        {
            Email = new EmailReceiver
            {
                Host = "127.0.0.1",
                Port = smtp.Port,
                Security = "none",
                From = "Fairlead <fairlead@example.org>",
                To = ["night@example.org"],
            },
        }, Cancellation);

    private static Task<(string, int)> StatusAsync(AlertingServer alerting) => alerting.Database.ReadAsync(async db =>
    {
        var row = await db.AlertDeliveries.SingleAsync(Cancellation);
        return (row.Status, row.Attempts);
    }, Cancellation);
}
