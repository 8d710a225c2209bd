using System.Net;
using Fairlead.Client.Api;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>Events to web services, with a real one at the other end and the clock moved by hand.</summary>
public sealed class WebhookTests(PostgresServer postgres)
{
    private const string Secret = "a secret that both know";

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Events_AreToldSigned_Once_AndFromTheStoredPosition(Engine engine)
    {
        await using var hook = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(engine, postgres);
        var server = alerting.Server;
        await server.RegisterAsync("m");
        var added = await server.Client.PutWebhookAsync("ci", new WebhookRequest
        {
            Url = hook.Url,
            Secret = Secret,
            Events = ["alias", "model.describe"],
        });
        added.Target.ShouldNotContain("very-secret-token");
        added.HasSecret.ShouldBeTrue();
        (await server.Client.TestWebhookAsync("ci")).Delivered.ShouldBeTrue();

        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1, Reason = "first" });
        await server.Client.DescribeVersionAsync("m", 1, new DescribeRequest { Description = "not asked for" });
        await server.Client.DescribeModelAsync("m", new DescribeRequest { Description = "asked for" });
        (await RoundAsync(server)).ShouldBe(2);
        (await RoundAsync(server)).ShouldBe(0);

        var told = hook.Hooks.Skip(1).OrderBy(each => each.Json.GetProperty("event").GetString()).ToList();
        told.Select(each => each.Json.GetProperty("event").GetString()).ShouldBe(["alias.set", "model.describe"]);
        var alias = told[0];
        alias.Json.GetProperty("subject").GetString().ShouldBe("models/m/aliases/champion");
        alias.Json.GetProperty("after").GetProperty("version").GetInt32().ShouldBe(1);
        alias.Json.GetProperty("reason").GetString().ShouldBe("first");
        alias.Json.GetProperty("id").GetString().ShouldBe(alias.Id);
        alias.Headers["X-Fairlead-Signature"].ShouldBe(
            $"v1={WebhookMessage.Sign(Secret, alias.Headers["X-Fairlead-Timestamp"], alias.Body)}");
        (await server.Client.ListWebhookDeliveriesAsync("ci")).Items.Select(each => (each.Status, each.Attempts))
            .ShouldBe([("delivered", 1), ("delivered", 1)]);
        var audit = await server.Client.ListAuditAsync(new AuditFilter { What = "webhook.put" });
        audit.Items.Single().After!.Value.ToString().ShouldNotContain("very-secret-token");

        await server.Client.DeleteWebhookAsync("ci");
        await server.Client.DeleteAliasAsync("m", "champion");
        (await RoundAsync(server)).ShouldBe(0);
    }

    /// <summary>By its number and by a name that resolves to it, a target on this machine gets nothing.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task WherePublicTargetsAreAskedFor_ThisMachineIsNone(string host)
    {
        await using var hook = await WebhookServer.StartAsync();
        await using var server = await TestServer.StartAsync(options => options.PublicTargetsOnly = true);
        await server.Client.PutWebhookAsync("ci", new WebhookRequest
        {
            Url = new UriBuilder(hook.Url) { Host = host }.Uri.ToString(),
        });

        var tried = await server.Client.TestWebhookAsync("ci");

        tried.Delivered.ShouldBeFalse();
        tried.Why.ShouldContain("--webhook-targets public");
        hook.Hooks.ShouldBeEmpty();
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task WebhookThatIsDown_IsLeftInPeace_AndItsEventsAreGivenUpInTheEnd(Engine engine)
    {
        await using var hook = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(engine, postgres);
        var server = alerting.Server;
        await server.Client.PutWebhookAsync("ci", new WebhookRequest { Url = hook.Url });
        hook.Next(HttpStatusCode.InternalServerError);
        await server.RegisterAsync("m");
        (await RoundAsync(server)).ShouldBe(2);

        // One of both failed: nothing more for five seconds, then one tries.
        var info = (await server.Client.ListWebhooksAsync()).Items.Single();
        (info.Failures <= 1, info.Waiting).ShouldBe((true, 1));
        await BackOffAsync(server);
        (await RoundAsync(server)).ShouldBe(1);
        hook.Hooks.GroupBy(each => each.Id).Select(group => group.Count()).Order().ShouldBe([1, 2]);
        (await server.Client.ListWebhooksAsync()).Items.Single().Failures.ShouldBe(0);

        await server.Client.DescribeModelAsync("m", new DescribeRequest { Description = "told to nobody" });
        for (var attempt = 1; attempt <= Core.Webhooks.WebhookRetry.MaxAttempts; attempt++)
        {
            hook.Next(HttpStatusCode.NotFound);
            (await RoundAsync(server)).ShouldBe(1, $"attempt {attempt}");
            (await RoundAsync(server)).ShouldBe(0, "it is left in peace");
            await BackOffAsync(server);
        }

        info = (await server.Client.ListWebhooksAsync()).Items.Single();
        (info.Dead, info.Waiting, info.Failures).ShouldBe((1, 0, Core.Webhooks.WebhookRetry.MaxAttempts));
        var dead = (await server.Client.ListWebhookDeliveriesAsync("ci")).Items[0];
        (dead.Status, dead.Attempts, dead.Why).ShouldBe(
            ("dead", Core.Webhooks.WebhookRetry.MaxAttempts, "It answered 404."));
        await server.Client.PutWebhookAsync("ci", new WebhookRequest { Events = ["Alias!"] })
            .ShouldBeRefusedAsync("webhook_invalid", 400);
        await server.Client.PutWebhookAsync("other", new WebhookRequest { Url = "ftp://h" })
            .ShouldBeRefusedAsync("receiver_invalid", 400);
    }

    [Theory]
    [InlineData(1, null, 5)]
    [InlineData(2, null, 10)]
    [InlineData(30, null, 21_600)]
    [InlineData(1, 60, 60)]
    [InlineData(1, 1_000_000, 21_600)]
    public void Pause_Doubles_AndKeepsToWhatIsAsked(int failures, int? retryAfter, int seconds) =>
        Core.Webhooks.WebhookRetry.Pause(failures, retryAfter is { } asked ? TimeSpan.FromSeconds(asked) : null)
            .ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task ChangesOfAlerts_AreEventsToo_EachOnce()
    {
        await using var hook = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await alerting.Server.Client.PutWebhookAsync(
            "ci", new WebhookRequest { Url = hook.Url, Events = ["alert"] });
        await alerting.BreakAsync("income");

        await RoundAsync(alerting.Server);
        await RoundAsync(alerting.Server);

        var told = hook.Hooks[^1];
        told.Json.GetProperty("event").GetString().ShouldBe("alert.firing");
        told.Json.GetProperty("reason").GetString().ShouldBe("income has drifted");
        told.Json.GetProperty("after").GetProperty("labels").GetProperty("column").GetString().ShouldBe("income");
        hook.Hooks.Select(each => each.Id).ShouldBeUnique();
    }

    private static Task<int> RoundAsync(TestServer server) =>
        server.Services.GetRequiredService<WebhookSender>().RoundAsync(TestContext.Current.CancellationToken);

    /// <summary>The time of peace is over.</summary>
    private static Task BackOffAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().OperateAsync(
            db => db.Set<WebhookRow>().ExecuteUpdateAsync(set => set.SetProperty(row => row.NotBefore, 0)),
            TestContext.Current.CancellationToken);
}
