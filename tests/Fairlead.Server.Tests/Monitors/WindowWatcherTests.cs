using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Tests.Monitors;

/// <summary>What monitors find in the windows of an endpoint.</summary>
public sealed class WindowWatcherTests
{
    private readonly Random _random = new(20_261_126);

    [Fact]
    public async Task Schema_TellsTheShareOfRowsThatBreakEachRule()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        var request = new MonitorRequest { Endpoint = "e", Schema = new SchemaWatchRequest() };
        (await server.Client.PutMonitorAsync("w", request).ShouldBeRefusedAsync("monitor_unfit", 400))
            .Detail!.ShouldContain("fairlead schema infer e");
        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
            Schema = new SchemaInfo
            {
                Mode = "reject",
                Columns =
                [
                    new SchemaColumnInfo { Name = "age", Kind = "number", Min = 18, Required = true },
                    new SchemaColumnInfo { Name = "income", Kind = "number", Max = 100, MaxFaultyShare = 0.2 },
                ],
            },
        });
        (await watched.LookAsync(request)).ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.NoData);

        // Of 400 ages 8 are below 18 and none is missing; a tenth of the incomes is too high, as may be.
        await watched.WindowAsync(3, window =>
        {
            window.Count("none", 400);
            window.Count("schema_broken", 100);
            window.CountRefused(100);
            window.CountFault("age", "missing", 60);
            window.CountFault("age", "wrong_type", 10);
            window.CountFault("income", "above_range", 30);
            for (var i = 0; i < 400; i++)
            {
                window.Columns[0].Sketch.Add(i % 50 == 0 ? 17 : 18 + i % 40);
                window.Columns[1].Sketch.Add(i % 10 == 0 ? 101 : i % 90);
            }
        });
        var findings = await watched.LookAsync(request);

        string Of(MonitorFinding finding) =>
            $"{finding.Subject.GetValueOrDefault("column")} {finding.Subject["rule"]} {finding.Reading.Sign}";
        findings.Select(Of).ShouldBe(
        [
            "age below_range Breach", "age missing Breach", "age not_finite Clear", "age wrong_type Breach",
            "income above_range Clear", "income not_finite Clear", " rejected Breach",
        ], ignoreOrder: true);
        var below = findings.Single(each => Of(each) == "age below_range Breach");
        below.Reading.Value.ShouldBe(8.0 / 500, 0.01);
        findings.Single(each => Of(each).StartsWith("age missing")).Reading.Value.ShouldBe(60.0 / 500);
        findings.Single(each => Of(each).StartsWith("income above")).Reading.Value.ShouldBe(70.0 / 500, 0.02);
        below.Low.ShouldBeInRange(1e-6, below.Reading.Value);
        below.Subject["variant"].ShouldBe("stable");
        below.Reading.Why.ShouldContain("values are below 18");
        findings.Single(each => Of(each) == " rejected Breach").Reading.Value.ShouldBe(0.2);

        // What is put up with is nothing to tell, and too few rows say nothing.
        var lenient = request with { Schema = new SchemaWatchRequest { Limit = 0.05, Columns = ["age"] } };
        (await watched.LookAsync(lenient)).Single(each => Of(each).StartsWith("age below")).Reading.Sign
            .ShouldBe(AlertSign.Clear);
        var many = request with { Schema = new SchemaWatchRequest { MinimumRows = 1000 } };
        (await watched.LookAsync(many)).ShouldAllBe(each => each.Reading.Sign == AlertSign.NoData);
        var unknown = request with { Schema = new SchemaWatchRequest { Columns = ["height"], Limit = 2 } };
        await server.Client.PutMonitorAsync("w", unknown).ShouldBeRefusedAsync("invalid_monitor", 400);
        await server.Client.PutMonitorAsync("w", unknown with { Schema = unknown.Schema! with { Limit = 0 } })
            .ShouldBeRefusedAsync("monitor_unfit", 400);
    }

    [Fact]
    public async Task Service_AndObjective_AreToldFromWindows()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        for (var minute = 2; minute < 70; minute++)
        {
            await watched.WindowAsync(minute, window =>
            {
                window.Count("none", 94);
                window.Count("model_failed", 5);
                window.Count("invalid_input", 1);
                for (var i = 0; i < 94; i++)
                    window.Latency.Add(i < 80 ? 0.010 : 0.200);
            });
        }

        MonitorRequest Service(string metric, double max) => new()
        {
            Endpoint = "e",
            Service = new ServiceWatchRequest { Metric = metric, Limit = new LimitRequest { Max = max } },
        };
        AlertSign Sign(IReadOnlyList<MonitorFinding> findings) => findings.ShouldHaveSingleItem().Reading.Sign;

        Sign(await watched.LookAsync(Service("error_rate", 0.02))).ShouldBe(AlertSign.Breach);
        Sign(await watched.LookAsync(Service("error_rate", 0.06))).ShouldBe(AlertSign.Clear);
        Sign(await watched.LookAsync(Service("latency:p95", 0.1))).ShouldBe(AlertSign.Breach);
        Sign(await watched.LookAsync(Service("latency:p50", 0.1))).ShouldBe(AlertSign.Clear);
        (await watched.LookAsync(Service("traffic", 1))).ShouldHaveSingleItem().Reading.Value
            .ShouldBeInRange(1.3, 2.1);

        // A caller's own fault burns nothing: 5 of 100, not 6, against a budget of 0.1 %.
        var burns = await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Objective = new ObjectiveWatchRequest { Objective = 0.999 },
        });
        burns.Count.ShouldBe(4);
        burns.ShouldAllBe(each => each.Reading.Sign == AlertSign.Breach);
        burns[0].Reading.Value.ShouldBe(50, 0.5);
    }

    [Theory]
    [InlineData(1, AlertSign.NoData)]
    [InlineData(2, AlertSign.Breach)]
    public async Task Objective_OfFewRequests_BreaksByFailuresThatAreNoChance(int failed, AlertSign sign)
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        await watched.WindowAsync(2, window =>
        {
            window.Count("none", 3);
            window.Count("model_failed", failed);
        });

        var burns = await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Objective = new ObjectiveWatchRequest { Objective = 0.999 },
        });

        burns[0].Reading.Sign.ShouldBe(sign, burns[0].Reading.Why);
    }

    [Fact]
    public async Task Drift_FoundByALongWindow_HoldsUntilThatWindowIsLookedAtAgain()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        void Fill(WindowSketch window, int rows, double shift)
        {
            window.Count("none", rows);
            for (var i = 0; i < rows; i++)
            {
                foreach (var column in window.Columns)
                    column.Sketch.Add(Normal() + (column.Name == "income" ? shift : 0));
            }
        }

        for (var hour = 0; hour < 20; hour++)
            await watched.WindowAsync(26 * 60 + hour * 60, window => Fill(window, 400, 0));
        for (var minute = 2; minute < 12; minute++)
            await watched.WindowAsync(minute, window => Fill(window, 150, 1));
        var request = new MonitorRequest
        {
            Endpoint = "e",
            Drift = new DriftWatchRequest { Reference = "rolling:7d" },
        };
        var now = DateTimeOffset.UtcNow;

        var found = await watched.ResultAsync(request, now: now);

        found.Findings.Where(each => each.Reading.Sign == AlertSign.Breach)
            .Select(each => (each.Subject["column"], each.Subject["aspect"]))
            .ShouldBe([("income", "distribution")]);
        found.Findings.ShouldContain(each => each.Subject["column"] == "age" && each.Reading.Sign == AlertSign.Clear);

        // Five minutes later only the shortest windows are due; that nothing came since is no word against the others.
        var later = await watched.ResultAsync(
            request, found.Memory, lookedAt: now, now: now + TimeSpan.FromMinutes(5));
        later.Findings.Single(each => each.Subject["column"] == "income" && each.Subject["aspect"] == "distribution")
            .Reading.Sign.ShouldBe(AlertSign.Breach);

        // A monitor that remembers nothing looks at all of them, whenever it looked before.
        var anew = await watched.ResultAsync(request, lookedAt: now, now: now + TimeSpan.FromSeconds(1));
        anew.Findings.Count(each => each.Reading.Sign == AlertSign.Breach).ShouldBe(1);

        // What cannot be compared is said, and not passed over.
        var training = request with { Drift = new DriftWatchRequest { Reference = "training" } };
        var nothing = (await watched.LookAsync(training)).ShouldHaveSingleItem().Reading;
        nothing.Sign.ShouldBe(AlertSign.NoData);
        nothing.Why.ShouldContain("m/1 names no dataset");
        var oneOf = training with { Drift = training.Drift! with { Columns = ["income"] } };
        (await watched.LookAsync(oneOf)).ShouldHaveSingleItem().Reading.Why
            .ShouldStartWith("'income' is no column of the reference");
        (await watched.LookAsync(request, now: now + TimeSpan.FromDays(3))).ShouldHaveSingleItem().Reading.Why
            .ShouldBe("nothing was asked in the time that is looked at");
    }

    /// <summary>An alert of a distance ends when the column is near again, and none is well without a reference.
    /// </summary>
    [Fact]
    public async Task Schema_OfDistances_TellsThoseThatAreKeptToo()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);
        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
            Schema = new SchemaInfo
            {
                Mode = "count",
                Columns = [new SchemaColumnInfo { Name = "age", Kind = "number", MaxLInfinity = 0.3 }],
            },
        });
        await watched.WindowAsync(26 * 60, window => Fill(window, 0));
        await watched.WindowAsync(3, window => Fill(window, 0));

        (await SignAsync("training")).ShouldBe(AlertSign.NoData);
        (await SignAsync("rolling:7d")).ShouldBe(AlertSign.Clear);
        await watched.WindowAsync(4, window => Fill(window, 500));
        (await SignAsync("rolling:7d")).ShouldBe(AlertSign.Breach);

        async Task<AlertSign> SignAsync(string reference) => (await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Schema = new SchemaWatchRequest { Reference = reference },
        })).Single(each => each.Subject.GetValueOrDefault("rule") == "too_far").Reading.Sign;

        static void Fill(WindowSketch window, double shift)
        {
            window.Count("none", 300);
            for (var i = 0; i < 300; i++)
                window.Columns[0].Sketch.Add(i % 100 + shift);
        }
    }

    private double Normal() => Fairlead.Statistics.Numerics.Normal.Quantile(_random.NextDouble());
}
