using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

/// <summary>What MLflow's clients logged, through our own API and its typed client.</summary>
public sealed class RunsApiTests(TrackingServers servers, PostgresServer postgres)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Runs_AreListedShownAndComparedWithTheirCurves(Engine engine)
    {
        var client = (await servers.StartAsync(engine, postgres)).Client;
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var (one, two) = (await wire.RunAsync(experiment, "one", 1), await wire.RunAsync(experiment, "two", 2));
        foreach (var (run, rate) in ((string, double)[])[(one, 0.1), (two, 0.2)])
        {
            await wire.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(0, 300).Select(i =>
                    new { key = "loss", value = (object)(i == 150 ? 0 : 1 + (rate * i)), timestamp = i, step = i })
                    .Append(new { key = "loss", value = (object)"NaN", timestamp = 1, step = 5 }),
                @params = new[] { new { key = "lr", value = $"{rate}" }, new { key = "seed", value = "7" } },
            });
        }

        var page = await client.ListRunsAsync(new RunFilter { Experiment = experiment }, new PageRequest(1), Cancel);
        page.Items[0].Name.ShouldBe("two");
        var next = await client.ListRunsAsync(
            new RunFilter { Experiment = experiment }, new PageRequest(1, page.NextPageToken), Cancel);
        next.Items[0].Name.ShouldBe("one");
        next.NextPageToken.ShouldBeNull();
        var filtered = new RunFilter { Experiment = experiment, Filter = "params.lr = '0.1'", Order = "metrics.loss" };
        (await client.ListRunsAsync(filtered, cancellation: Cancel)).Items.ShouldHaveSingleItem().Id.ShouldBe(one);
        await client.ListRunsAsync(filtered with { Filter = "nothing = 1" }, cancellation: Cancel)
            .ShouldBeRefusedAsync("invalid_filter", 400);
        await client.ListRunsAsync(new RunFilter { Experiment = "999999" }, cancellation: Cancel)
            .ShouldBeRefusedAsync("experiment_not_found", 404);

        (await client.PutRunNoteAsync(one, "# Why\nIt *works*", Cancel)).Note.ShouldBe("# Why\nIt *works*");
        var shown = await client.GetRunAsync(one, Cancel);
        shown.Note.ShouldBe("# Why\nIt *works*");
        shown.Metrics["loss"].ShouldBe(
            new MetricValue(1 + (0.1 * 299), 299, DateTimeOffset.UnixEpoch.AddMilliseconds(299)));
        await client.GetRunAsync("nothing", Cancel).ShouldBeRefusedAsync("run_not_found", 404);

        var compared = await client.CompareRunsAsync([two, one], curves: true, Cancel);
        compared.Parameters.ShouldHaveSingleItem().Values.ShouldBe(["0.2", "0.1"]);
        compared.EqualParameters.ShouldBe(1);
        var loss = compared.Metrics.ShouldHaveSingleItem().Values[1]!;
        (loss.Last, loss.Lowest, loss.Highest, loss.Count).ShouldBe((1 + (0.1 * 299), 0, 1 + (0.1 * 299), 301));
        loss.Curve.Count.ShouldBeInRange(150, 202);
        loss.Curve[^1].Step.ShouldBe(299);
        (await client.ListExperimentsAsync(new PageRequest(1), Cancel)).Items.Count.ShouldBe(1);
        await client.CompareRunsAsync([one, one], cancellation: Cancel).ShouldBeRefusedAsync("invalid_parameter", 400);
    }

    /// <summary>What its clients know as a name and a password is a key of ours, and its role counts.</summary>
    [Fact]
    public async Task KeysOfMlflowsClients_AreOurs_AndTheirRolesCount()
    {
        await using var server = await TestServer.StartAsync(options => options.AdminKey = new string('k', 40));
        var admin = server.ClientWith(new string('k', 40));
        var viewer = await admin.CreateKeyAsync(new CreateKeyRequest { Name = "v", Role = "viewer" }, Cancel);
        var limited = await admin.CreateKeyAsync(
            new CreateKeyRequest { Name = "l", Role = "operator", Models = ["mine"] }, Cancel);

        (await new Wire(server.HttpWith(null)).TryGetAsync("experiments/get?experiment_id=0"))
            .ShouldBe(System.Net.HttpStatusCode.Unauthorized, "UNAUTHENTICATED", "key");
        var http = server.HttpWith(null);
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"anybody:{viewer.Secret}")));
        await new Wire(http).GetAsync("experiments/get?experiment_id=0");
        (await new Wire(http).TryPostAsync("runs/create", "{}"))
            .ShouldBe(System.Net.HttpStatusCode.Forbidden, "PERMISSION_DENIED", "operator");

        var own = new Wire(server.HttpWith(limited.Secret));
        await own.PostAsync("registered-models/create", new { name = "mine" });
        (await own.TryPostAsync("registered-models/create", """{"name":"others"}"""))
            .ShouldBe(System.Net.HttpStatusCode.Forbidden, "PERMISSION_DENIED", "others");
        await admin.CreateModelAsync(new CreateModelRequest { Name = "others" }, Cancel);
        (await own.GetAsync("registered-models/search"))["registered_models"].GetArrayLength().ShouldBe(1);
    }
}
