using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Server.Tests.Alerts;

/// <summary>What keeps alerts from people, and that they stay visible with it.</summary>
public sealed class HoldingTests(PostgresServer postgres)
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASilence_HoldsAlertsBack_UntilItIsEnded()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        var client = alerting.Server.Client;
        await alerting.WebhookAsync(hooks.Url);
        var silence = await client.CreateSilenceAsync(
            For2Hours(["endpoint=credit", "column=~x|y"]), Cancellation);
        (silence.State, silence.Author).ShouldBe(("active", "local"));
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.RoundAsync(600);
        hooks.Hooks.ShouldBeEmpty();
        var alert = (await client.ListAlertsAsync(cancellation: Cancellation)).Items.ShouldHaveSingleItem();
        (alert.State, alert.Why).ShouldBe(("firing", "x has drifted"));
        alert.SilencedBy.ShouldBe([$"{silence.Id}"]);

        await client.ExpireSilenceAsync(silence.Id, "done", Cancellation);
        (await client.ListSilencesAsync(cancellation: Cancellation)).Items.ShouldBeEmpty();
        (await client.ListSilencesAsync(all: true, cancellation: Cancellation)).Items
            .ShouldHaveSingleItem().State.ShouldBe("expired");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);
        hooks.Hooks.Count.ShouldBe(1);

        var audit = (await client.ListAuditAsync(cancellation: Cancellation)).Items;
        audit.Where(entry => entry.Subject == $"silences/{silence.Id}").Select(entry => (entry.What, entry.Reason))
            .ShouldBe([("silence.expire", "done"), ("silence.create", "planned load")]);
    }

    [Fact]
    public async Task ASilence_EndsByItself()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await alerting.WebhookAsync(hooks.Url);
        await alerting.Server.Client.CreateSilenceAsync(
            For2Hours(["endpoint=credit"]) with { EndsAt = AlertingServer.Start.AddMinutes(2) }, Cancellation);
        await alerting.BreakAsync("x");
        await alerting.RoundAsync(110);
        hooks.Hooks.ShouldBeEmpty();
        await alerting.RoundAsync(11);
        await alerting.RoundAsync(31);
        hooks.Hooks.Count.ShouldBe(1);
    }

    [Fact]
    public async Task WrongSilences_AreRefused()
    {
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        var client = alerting.Server.Client;
        await client.CreateSilenceAsync(For2Hours([]), Cancellation).ShouldBeRefusedAsync("alert_matcher_invalid", 400);
        await client.CreateSilenceAsync(For2Hours(["a"]), Cancellation)
            .ShouldBeRefusedAsync("alert_matcher_invalid", 400);
        await client.CreateSilenceAsync(For2Hours(["a=~.*"]), Cancellation)
            .ShouldBeRefusedAsync("silence_invalid", 400);
        await client.CreateSilenceAsync(
            For2Hours(["a=b"]) with { EndsAt = AlertingServer.Start.AddDays(400) }, Cancellation)
            .ShouldBeRefusedAsync("silence_invalid", 400);
        await client.ExpireSilenceAsync(99, cancellation: Cancellation).ShouldBeRefusedAsync("silence_not_found", 404);
    }

    [Fact]
    public async Task AnInhibition_HoldsBackWhatFollowsFromAnother_OfTheSameEndpoint()
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        var client = alerting.Server.Client;
        await alerting.WebhookAsync(hooks.Url);
        (await client.ApplyAsync("""
            kind: Inhibition
            name: pages-first
            source: [severity=page]
            target: [severity=ticket]
            """, cancellation: Cancellation)).Documents.ShouldHaveSingleItem().Outcome.ShouldBe("created");
        await alerting.EvaluateAsync(
            AlertingServer.Labels("x"), AlertingServer.Labels("y", severity: "ticket"),
            AlertingServer.Labels("z", endpoint: "fraud", severity: "ticket"));
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);

        hooks.Hooks.SelectMany(hook => hook.Json.GetProperty("alerts").EnumerateArray())
            .Select(alert => alert.GetProperty("labels").GetProperty("column").GetString()).Order()
            .ShouldBe(["x", "z"]);
        var held = (await client.ListAlertsAsync(new AlertFilter { Severity = "ticket", Endpoint = "credit" },
            cancellation: Cancellation)).Items.ShouldHaveSingleItem();
        held.InhibitedBy.ShouldBe([AlertingServer.Labels("x").Fingerprint]);

        (await client.ListInhibitionsAsync(cancellation: Cancellation)).Items.ShouldHaveSingleItem()
            .Settings.Equal.ShouldBe(["endpoint"]);
        await client.DeleteInhibitionAsync("pages-first", cancellation: Cancellation);
        await alerting.RoundAsync(300);
        await alerting.RoundAsync(31);
        hooks.Hooks.Count.ShouldBe(3);
        await client.DeleteInhibitionAsync("pages-first", cancellation: Cancellation)
            .ShouldBeRefusedAsync("inhibition_not_found", 404);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task AnAlert_ShowsItsLifeAndItsMessages_AndWhoLooksAfterIt(Engine engine)
    {
        await using var hooks = await WebhookServer.StartAsync();
        await using var alerting = await AlertingServer.StartAsync(engine, postgres);
        var client = alerting.Server.Client;
        await alerting.WebhookAsync(hooks.Url, repeat: TimeSpan.FromMinutes(5));
        await alerting.BreakAsync("x");
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);
        var id = (await client.ListAlertsAsync(
            new AlertFilter { State = "firing" }, cancellation: Cancellation)).Items.ShouldHaveSingleItem().Id;
        await client.AckAlertAsync(id, "", Cancellation).ShouldBeRefusedAsync("comment_missing", 400);
        var acked = await client.AckAlertAsync(id, "turned the feed off", Cancellation);
        (acked.Ack!.By, acked.Ack.Comment).ShouldBe(("local", "turned the feed off"));

        // Nobody is told again; then the end is told.
        await alerting.RoundAsync(301);
        await alerting.RoundAsync(301);
        hooks.Hooks.Count.ShouldBe(1);
        await alerting.BreakAsync();
        await alerting.RoundAsync();
        await alerting.RoundAsync(31);
        hooks.Hooks.Count.ShouldBe(2);

        var alert = await client.GetAlertAsync(id, Cancellation);
        (alert.State, alert.Ack, alert.Monitor).ShouldBe(("resolved", null, "drift"));
        alert.Transitions.Select(each => (each.Number, each.From, each.To))
            .ShouldBe([(2, "firing", "resolved"), (1, "inactive", "firing")]);
        alert.Deliveries.Select(each => (each.Id, each.ToldFiring, each.Status, each.Attempts)).ShouldBe(
            [(hooks.Hooks[1].Id, false, "delivered", 1), (hooks.Hooks[0].Id, true, "delivered", 1)]);
        await client.AckAlertAsync(id, "too late", Cancellation).ShouldBeRefusedAsync("alert_not_firing", 409);
        await client.GetAlertAsync(id + 1, Cancellation).ShouldBeRefusedAsync("alert_not_found", 404);
        await client.ListAlertsAsync(new AlertFilter { State = "burning" }, cancellation: Cancellation)
            .ShouldBeRefusedAsync("invalid_parameter", 400);
    }

    [Fact]
    public async Task AKeyThatIsLimitedToAnEndpoint_SeesAndSilencesThatOneOnly()
    {
        await using var alerting = await AlertingServer.StartAsync(
            Engine.Sqlite, postgres, options => options.AdminKey = AdminKey);
        var admin = alerting.Server.ClientWith(AdminKey);
        var key = await admin.CreateKeyAsync(
            new CreateKeyRequest { Name = "one", Role = "operator", Endpoints = ["fraud"] }, Cancellation);
        var limited = alerting.Server.ClientWith(key.Secret);
        await alerting.EvaluateAsync(AlertingServer.Labels("x"), AlertingServer.Labels("z", endpoint: "fraud"));

        var seen = (await limited.ListAlertsAsync(cancellation: Cancellation)).Items.ShouldHaveSingleItem();
        seen.Endpoint.ShouldBe("fraud");
        var other = (await admin.ListAlertsAsync(new AlertFilter { Endpoint = "credit" }, cancellation: Cancellation))
            .Items.ShouldHaveSingleItem().Id;
        await limited.GetAlertAsync(other, Cancellation).ShouldBeRefusedAsync("alert_not_found", 404);
        await limited.AckAlertAsync(other, "mine", Cancellation).ShouldBeRefusedAsync("alert_not_found", 404);
        await limited.CreateSilenceAsync(For2Hours(["column=x"]), Cancellation).ShouldBeRefusedAsync("forbidden", 403);
        (await limited.CreateSilenceAsync(For2Hours(["endpoint=fraud"]), Cancellation)).State.ShouldBe("active");
    }

    [Fact]
    public async Task Lists_GoPageByPage_AndTheGaugeCounts()
    {
        await using var alerting = await AlertingServer.StartAsync(Engine.Sqlite, postgres);
        await alerting.BreakAsync("a", "b", "c");
        await alerting.RoundAsync();
        var first = await alerting.Server.Client.ListAlertsAsync(page: new(2), cancellation: Cancellation);
        var second = await alerting.Server.Client.ListAlertsAsync(
            page: new(2, first.NextPageToken), cancellation: Cancellation);
        var all = first.Items.Concat(second.Items).ToList();
        all.Select(alert => alert.Id).ShouldBeInOrder(SortDirection.Descending);
        all.Select(alert => alert.Labels["column"]).Order().ShouldBe(["a", "b", "c"]);
        second.NextPageToken.ShouldBeNull();

        var page = new System.Buffers.ArrayBufferWriter<byte>();
        alerting.Meter.Write(new PrometheusWriter(page));
        var text = System.Text.Encoding.UTF8.GetString(page.WrittenSpan);
        text.ShouldContain("fairlead_alerts{state=\"firing\",severity=\"page\"} 3\n");
        text.ShouldContain("fairlead_alerts_told_to_nobody 3\n");
    }

    private static SilenceRequest For2Hours(string[] matchers) => new()
    {
        Matchers = matchers,
        EndsAt = AlertingServer.Start.AddHours(2),
        Comment = "planned load",
    };
}
