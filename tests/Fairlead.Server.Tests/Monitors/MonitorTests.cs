using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitors;
using Fairlead.Server.Monitors;
using Fairlead.Server.Monitors.Watchers;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Rollouts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Monitors;

/// <summary>Monitors as people meet them: written, looking by themselves, telling, changed, deleted.</summary>
public sealed class MonitorTests(PostgresServer postgres)
{
    private static readonly MonitorRequest Accuracy = new()
    {
        Endpoint = "e",
        Description = "what the credit team watches",
        Alert = new MonitorAlertRequest
        {
            Severity = "page",
            Labels = new Dictionary<string, string> { ["team"] = "x" },
        },
        Quality = new QualityWatchRequest
        {
            Outcome = "y",
            Metric = "accuracy",
            Limit = new LimitRequest { Min = 0.9 },
        },
    };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Results_OfWhoeverLostTheLease_AreNotStored(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        await server.Client.PutMonitorAsync("accuracy", Accuracy with { Every = TimeSpan.FromDays(1) });
        await watched.LookedAsync("accuracy");
        var database = server.Services.GetRequiredService<Database>();
        var (row, token) = await database.ReadAsync(
            async db => (await db.Monitors.SingleAsync(), await db.Leases.Select(each => each.Token).SingleAsync()),
            CancellationToken.None);
        var due = new DueMonitor(
            row.Id, row.Name, row.Endpoint, StoredJson.Read<MonitorSpec>(row.Spec), row.Revision);
        var found = new LookResult([MonitorFinding.Whole(new(AlertSign.Breach, 1, "found by a process that slept"))]);
        var results = server.Services.GetRequiredService<MonitorResults>();

        // The process was stopped beyond its lease, and another one has taken over.
        (await results.KeepAsync(due, found, token - 1, DateTimeOffset.UtcNow, CancellationToken.None)).ShouldBeFalse();

        (await server.Client.GetMonitorAsync("accuracy")).State.ShouldNotBe("breach");
        (await server.Client.ListMonitorLooksAsync("accuracy")).Items.ShouldHaveSingleItem();
        (await AlertsAsync(server)).ShouldAllBe(alert => alert.Phase != "Firing");
        (await results.KeepAsync(due, found, token, DateTimeOffset.UtcNow, CancellationToken.None)).ShouldBeTrue();
        (await server.Client.GetMonitorAsync("accuracy")).State.ShouldBe("breach");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Monitor_LooksByItself_AndItsBreachIsAnAlert_UntilItIsDeleted(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        await watched.AnswerAsync(
            Enumerable.Range(0, 400).Select(i => new Answer("good", 0.5, Label: i % 2 == 0 ? "good" : "bad")),
            TimeSpan.FromHours(1));

        var written = await server.Client.PutMonitorAsync("accuracy", Accuracy, "we must know");

        (written.Kind, written.State, written.Revision).ShouldBe(("quality", "new", 1));
        var looked = await watched.LookedAsync("accuracy");
        looked.State.ShouldBe("breach");
        var finding = looked.Findings.ShouldHaveSingleItem();
        (finding.Value, finding.State).ShouldBe((0.5, "breach"));
        finding.Why.ShouldContain("accuracy of 'y' 0.5");
        finding.Subject.ShouldBe(new Dictionary<string, string> { ["variant"] = "stable", ["version"] = "m/1" });
        looked.DueAt.ShouldBeGreaterThan(looked.LookedAt!.Value);
        (await server.Client.ListMonitorLooksAsync("accuracy")).Items.ShouldHaveSingleItem().State.ShouldBe("breach");
        (await server.Client.ListMonitorsAsync("e")).Items.ShouldHaveSingleItem().Name.ShouldBe("accuracy");
        (await server.Client.ListMonitorsAsync("other")).Items.ShouldBeEmpty();

        var alert = (await AlertsAsync(server)).ShouldHaveSingleItem();
        alert.Phase.ShouldBe("Firing");
        foreach (var label in (string[])["\"monitor\":\"accuracy\"", "\"severity\":\"page\"", "\"team\":\"x\""])
            alert.Labels.ShouldContain(label);

        // The same again changes nothing; something else looks anew.
        (await server.Client.PutMonitorAsync("accuracy", Accuracy)).Revision.ShouldBe(1);
        await server.Client.PutMonitorAsync("accuracy", Accuracy with
        {
            Quality = Accuracy.Quality! with { Limit = new LimitRequest { Min = 0.4 } },
        });
        (await watched.LookedAsync("accuracy")).State.ShouldBe("clear");
        (await AlertsAsync(server)).ShouldHaveSingleItem().Phase.ShouldBe("Resolved");

        await server.Client.DeleteMonitorAsync("accuracy");
        await server.Client.GetMonitorAsync("accuracy").ShouldBeRefusedAsync("monitor_not_found", 404);
        var audit = await server.Client.ListAuditAsync();
        audit.Items.Select(row => row.What).Where(what => what.StartsWith("monitor.", StringComparison.Ordinal))
            .ShouldBe(["monitor.delete", "monitor.put", "monitor.put"]);
    }

    /// <summary>What the monitors of an endpoint need is kept of its answers, and no more once they are gone.</summary>
    [Fact]
    public async Task Endpoint_KeepsWhatItsMonitorsNeed_AndARolloutGoesOnThroughThat()
    {
        await using var server = await TestServer.StartAsync();
        await Given.EndpointAsync(server);
        var rollout = await server.Client.StartRolloutAsync(Given.Rollout(Given.Weight(0.5), Given.Pause()));

        await server.Client.PutMonitorAsync("accuracy", Accuracy);

        var observed = (await SpecAsync(server)).Watched!;
        (observed.Outcomes, observed.Labels.Single(), observed.RecordShare).ShouldBe((true, "y", 1));
        var (generation, known) = await server.Services.GetRequiredService<Database>().ReadAsync(async db => (
            await db.Endpoints.Select(row => row.Generation).SingleAsync(),
            await db.RolloutGenerations.Where(row => row.Rollout == rollout.Id).Select(row => row.Generation)
                .ToListAsync()), CancellationToken.None);
        known.ShouldContain(generation, "the rollout's figures go on in the generation that the monitor made");
        (await server.Client.GetRolloutAsync(rollout.Id)).Phase.ShouldBe("running");

        await server.Client.AbortRolloutAsync(rollout.Id, "done");
        await Given.UntilAsync(server.Client, rollout.Id, each => each.EndedAt is not null);
        (await SpecAsync(server)).Watched.ShouldNotBeNull("the monitor outlives the rollout");

        // A document that says nothing of monitors leaves them alone.
        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Unit = "field:user",
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        });
        (await SpecAsync(server)).Watched.ShouldNotBeNull();
        await server.Client.DeleteMonitorAsync("accuracy");
        (await SpecAsync(server)).Watched.ShouldBeNull();

        // An endpoint takes its monitors along.
        await server.Client.PutMonitorAsync("accuracy", Accuracy);
        await server.Client.DeleteEndpointAsync("e");
        (await server.Client.ListMonitorsAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Documents_OfMonitors_AreApplied_AndFaultsAreTold()
    {
        await using var server = await TestServer.StartAsync();
        await Given.EndpointAsync(server);
        const string Document = """
            kind: Monitor
            name: slow
            endpoint: e
            every: 1m
            alert: {severity: page, for: 2m, notify: [oncall]}
            service: {metric: "latency:p95", limit: {max: 0.2}, window: 10m}
            """;

        const string Receiver = "kind: Receiver\nname: oncall\nslack: {url: \"http://127.0.0.1:9/x\"}\n---\n";

        await server.Client.ApplyAsync(Document).ShouldBeRefusedAsync("monitor_unfit", 400);
        (await server.Client.ApplyAsync(Receiver + Document)).Documents[1].Outcome.ShouldBe("created");
        (await server.Client.ApplyAsync(Document)).Documents.ShouldHaveSingleItem().Outcome.ShouldBe("unchanged");
        var changed = (await server.Client.ApplyAsync(Document.Replace("0.2", "0.3"))).Documents[0];
        changed.Outcome.ShouldBe("changed");
        changed.Differences.ShouldHaveSingleItem().Path.ShouldBe("service.limit.max");

        async Task Refused(string document, string code, string words)
        {
            var problem = await server.Client.ApplyAsync(document).ShouldBeRefusedAsync(code);
            $"{problem.Detail} {string.Join(' ', problem.Errors?.Select(e => e.Detail) ?? [])}".ShouldContain(words);
        }

        await Refused(Document.Replace("endpoint: e", "endpoint: gone"), "endpoint_not_found", "gone");
        await Refused(Document.Replace("latency:p95", "latency"), "invalid_monitor", "quantile");
        await Refused(Document.Replace("latency:p95", "speed"), "invalid_monitor", "none of error_rate");
        await Refused(Document.Replace("{max: 0.2}", "{}"), "invalid_limit", "pass everything");
        await Refused(Document.Replace("severity: page", "severity: loud"), "invalid_monitor", "page, ticket, info");
        await Refused(Document + "\ndrift: {}", "invalid_monitor", "exactly one of the sections");
        await Refused(Only("drift: {reference: \"yesterday\"}"), "invalid_reference", "rolling:7d");
        await Refused(Only("drift: {reference: \"dataset:none/1\"}"), "dataset_not_found", "none");
        await Refused(Only("quality: {outcome: z, metric: accuracy, limit: {min: 1}}"),
            "monitor_unfit", "outputs are y");
        await Refused(Only("quality: {outcome: y, metric: auc, limit: {min: 1}}"), "invalid_monitor", "probability");
        await Refused(Only("quality: {outcome: y, metric: mae, limit: {min: 1}}"),
            "invalid_monitor", "balanced_accuracy");
        await Refused(Only("estimate: {outcome: y, metric: mcc, positive: a, score: y, limit: {min: 1}}"),
            "invalid_monitor", "Without labels");
        await Refused(Only("concept: {outcome: y, detector: crystal_ball}"), "invalid_monitor", "page_hinkley");
        await Refused(Only("variant: nobody\nservice: {metric: error_rate, limit: {max: 1}}"),
            "monitor_unfit", "stable");

        await Refused(Only("drift: {reference: training, columns: [wage]}"), "monitor_unfit", "columns are age");
        await Refused(Only("drift: {reference: training, thresholds: {wage: 1}}"), "monitor_unfit", "'wage'");
        await Refused(Only("quality: {outcome: y, metric: accuracy, by: wage, limit: {min: 1}}"),
            "monitor_unfit", "no version of 'e' has an input 'wage'");
        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Unit = "field:user",
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
            Log = new LogInfo { Hash = ["y", "age"] },
        });
        await Refused(Only("quality: {outcome: y, metric: accuracy, limit: {min: 1}}"),
            "monitor_unfit", "does not keep 'y' as it is (hash)");
        await Refused(Only("drift: {reference: \"rolling:7d\", columns: [age]}"), "monitor_unfit", "'age'");
        await Refused(Only("objective: {objective: 1e300}"), "invalid_monitor", "below 1");
        await Refused(Only("alert: {labels: {team: null}}\nobjective: {objective: 99%}"),
            "invalid_monitor", "printable");
        await Refused(Only("series: {series: \"outcome:\", rule: same_hours}"), "invalid_monitor", "Name the outcome");

        static string Only(string section) => $"kind: Monitor\nname: w\nendpoint: e\n{section}";
    }

    [Fact]
    public async Task Monitors_OfAnEndpoint_AreAtMostAHundred()
    {
        await using var server = await TestServer.StartAsync();
        await Given.EndpointAsync(server);
        var documents = Enumerable.Range(0, MonitorWrites.MaxOfEndpoint + 1).Select(i =>
            $"kind: Monitor\nname: w{i}\nendpoint: e\nservice: {{metric: traffic, limit: {{min: 1}}}}");

        var problem = await server.Client.ApplyAsync(string.Join("\n---\n", documents))
            .ShouldBeRefusedAsync("too_many_monitors", 409);

        problem.Detail!.ShouldContain("100 monitors");
        (await server.Client.ListMonitorsAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Quality_IsToldWithIntervals_ByVersionAndSegment_WithTheDelayOfOutcomes()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server, new() { ["accuracy"] = 0.8 });
        await server.Client.GetQualityAsync("e", new QualityQuestion("y"))
            .ShouldBeRefusedAsync("no_outcomes", 404);

        // 300 of 400 are right; the score is right about how often it is "bad".
        await watched.AnswerAsync(Enumerable.Range(0, 400).Select(i => new Answer(
            i % 4 < 2 ? "bad" : "good", i % 4 < 2 ? 0.75 : 0.25, Label: i % 8 is 0 or 1 or 3 or 6 ? "bad" : "good")
        { Segment = i % 2 == 0 ? "old" : "young" }), TimeSpan.FromHours(2), delay: TimeSpan.FromMinutes(30));
        await watched.AnswerAsync([new Answer("good", 0.25)], TimeSpan.FromHours(1));

        var info = await server.Client.GetQualityAsync(
            "e", new QualityQuestion("y", Positive: "bad", Score: "y", By: "age"));

        info.Arms.Select(arm => arm.Segment).ShouldBe([null, "age=old", "age=young"]);
        var all = info.Arms[0];
        (all.Variant, all.Version, all.Rows, all.Answers).ShouldBe(("stable", "m/1", 400, 401));
        var expected = Enumerable.Range(0, 400).Count(i =>
            i % 4 < 2 == i % 8 is 0 or 1 or 3 or 6) / 400.0;
        var accuracy = all.Figures.Single(figure => figure.Name == "accuracy");
        accuracy.Value!.Value.ShouldBe(expected, 1e-9);
        accuracy.Low!.Value.ShouldBeLessThan(expected);
        accuracy.Evaluation.ShouldBe(0.8);
        all.Classes.ShouldBe(["bad", "good"]);
        all.Confusion.Sum(row => row.Sum()).ShouldBe(400);
        all.Reliability.Count.ShouldBe(2);
        all.Delay!.P50.ShouldBe(1800, 0.01);
        all.Figures.Select(figure => figure.Name).ShouldContain("ece_uniform");

        await server.Client.GetQualityAsync("e", new QualityQuestion("y", Task: "art"))
            .ShouldBeRefusedAsync("invalid_parameter", 400);
        await server.Client.GetQualityAsync("gone", new QualityQuestion("y"))
            .ShouldBeRefusedAsync("endpoint_not_found", 404);
    }

    [Fact]
    public async Task Cost_CountsTheModelsTimeAndItsMemory()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        await watched.WindowAsync(3, window =>
        {
            window.Count("none", 100);
            window.CountRows(200);
            for (var i = 0; i < 100; i++)
                window.Compute.Add(0.010);
        });

        var cost = await server.Client.GetCostAsync("e", new CostQuestion(PerCpuHour: 3600, PerGibibyteHour: 3600));

        var arm = cost.Arms.ShouldHaveSingleItem();
        (arm.Variant, arm.Version, arm.Predictions).ShouldBe(("stable", "m/1", 200));
        arm.CpuSeconds.ShouldBe(2, 0.05);
        arm.GibibyteSeconds.ShouldBeGreaterThan(0);
        arm.Total.ShouldBe(arm.CpuSeconds + arm.GibibyteSeconds, 1e-9);
        arm.PerThousand!.Value.ShouldBe(arm.Total * 5, 1e-9);
    }

    /// <summary>What a monitor said under other labels, or of what it watches no more, would go on for a day.</summary>
    [Fact]
    public async Task Monitor_ThatIsChanged_EndsWhatItSaidBefore()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        await watched.AnswerAsync(
            Enumerable.Range(0, 400).Select(i => new Answer("good", 0.5, Label: i % 2 == 0 ? "good" : "bad")),
            TimeSpan.FromHours(1));
        await server.Client.PutMonitorAsync("accuracy", Accuracy);
        await watched.LookedAsync("accuracy");

        var ticket = Accuracy with { Alert = Accuracy.Alert with { Severity = "ticket" } };
        await server.Client.PutMonitorAsync("accuracy", ticket);
        await watched.LookedAsync("accuracy");

        var alerts = await AlertsAsync(server);
        var page = alerts.Single(alert => alert.Severity == "page");
        (page.Phase, page.EndedAt is null).ShouldBe(("Resolved", false));
        page.State.ShouldContain("its monitor was changed");
        alerts.Single(alert => alert.Severity == "ticket").Phase.ShouldBe("Firing");

        // Back again it is the same alert, which nothing has ended.
        await server.Client.PutMonitorAsync("accuracy", Accuracy);
        await watched.LookedAsync("accuracy");
        alerts = await AlertsAsync(server);
        var again = alerts.Single(alert => alert.Severity == "page");
        (again.Id, again.Phase, again.EndedAt).ShouldBe((page.Id, "Firing", null));

        // A change that asks nothing else leaves it as it is.
        await server.Client.PutMonitorAsync("accuracy", Accuracy with { Description = "in other words" });
        (await AlertsAsync(server)).Single(alert => alert.Severity == "page").Phase.ShouldBe("Firing");
    }

    private static Task<List<AlertRow>> AlertsAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(
            db => db.Alerts.ToListAsync(), CancellationToken.None);

    private static Task<EndpointSpec> SpecAsync(TestServer server) =>
        server.Services.GetRequiredService<Database>().ReadAsync(
            async db => StoredJson.Read<EndpointSpec>((await db.Endpoints.SingleAsync()).Spec),
            CancellationToken.None);
}
