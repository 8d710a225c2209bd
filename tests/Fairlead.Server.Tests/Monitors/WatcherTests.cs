using Fairlead.Client.Api;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Monitors;

/// <summary>What monitors find in answers, outcomes and figures that were stored, on both databases.</summary>
public sealed class WatcherTests(PostgresServer postgres)
{
    private readonly Random _random = new(20_261_126);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Quality_BelowItsLimit_IsABreach_ByArmAndSegment(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server, new() { ["accuracy"] = 0.9 });

        // In one segment nine of ten are right, in the other half of them.
        await watched.AnswerAsync(Enumerable.Range(0, 2000).Select(i => new Answer("good", 0.8,
            Label: i % 2 == 0 ? (i % 20 == 0 ? "bad" : "good") : (i % 4 == 1 ? "bad" : "good"))
        {
            Segment = i % 2 == 0 ? "old" : "young",
        }), TimeSpan.FromHours(2));
        var quality = new QualityWatchRequest
        {
            Outcome = "y",
            Metric = "accuracy",
            Limit = new LimitRequest { Min = 0.6 },
            By = "age",
        };

        var findings = await watched.LookAsync(new MonitorRequest { Endpoint = "e", Quality = quality });

        findings.Select(each => (each.Subject.GetValueOrDefault("segment"), each.Reading.Sign)).ShouldBe(
        [
            (null, AlertSign.Clear), ("age=old", AlertSign.Clear), ("age=young", AlertSign.Breach),
        ], ignoreOrder: true);
        var young = findings.Single(each => each.Reading.Sign == AlertSign.Breach);
        young.Reading.Value.ShouldBe(0.5, 1e-9);
        young.High.ShouldBeInRange(0.5, 0.6);
        (young.Subject["variant"], young.Subject["version"]).ShouldBe(("stable", "m/1"));

        // Against what the version was evaluated with: 0.7 is 0.2 below.
        var dropped = await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Quality = quality with { Limit = null, By = null, Drop = 0.05 },
        });
        dropped.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.Breach);
        dropped[0].Reading.Why.ShouldContain("its evaluation had 0.9");

        // Predictions younger than their outcomes take do not enter.
        var young2 = await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Quality = quality with { By = null, LabelDelay = TimeSpan.FromHours(3) },
        });
        young2.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.NoData);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Quality_OfManyClasses_IsToldFromTheScoresOfEach(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        string[] classes = ["red", "green", "blue"];
        await watched.AnswerAsync(Enumerable.Range(0, 300).Select(i => new Answer(classes[i % 3], 0, classes[i % 3])
        {
            // Every tenth answer gives the most to the next class.
            Scores = [.. classes.Select((_, k) => k == (i % 10 == 0 ? i + 1 : i) % 3 ? 0.8 : 0.1)],
        }), TimeSpan.FromHours(1));

        var figures = (await server.Client.GetQualityAsync("e", new QualityQuestion(
            "y", Score: "y", Classes: classes))).Arms.ShouldHaveSingleItem().Figures.ToDictionary(each => each.Name);

        // Of each class 90 of 100 rows have 0.8 and 10 have 0.1; of the others 10 of 200 have 0.8.
        var area = 0.9 * 0.95 + 0.5 * (0.9 * 0.05 + 0.1 * 0.95);
        foreach (var name in new[] { "auc", "auc_weighted" })
        {
            figures[name].Value!.Value.ShouldBe(area, 1e-9);
            figures[name].Low!.Value.ShouldBeInRange(area - 0.1, area - 0.001);
        }

        figures["log_loss"].Value!.Value.ShouldBe(-0.9 * Math.Log(0.8) - 0.1 * Math.Log(0.1), 1e-9);
        var watch = new QualityWatchRequest
        {
            Outcome = "y",
            Metric = "auc_weighted",
            Score = "y",
            Classes = classes,
            Limit = new LimitRequest { Min = 0.99 },
        };
        (await watched.LookAsync(new MonitorRequest { Endpoint = "e", Quality = watch })).ShouldHaveSingleItem()
            .Reading.Sign.ShouldBe(AlertSign.Breach);
        await server.Client.PutMonitorAsync("w", new MonitorRequest
        {
            Endpoint = "e",
            Quality = watch with { Classes = [] },
        }).ShouldBeRefusedAsync("invalid_monitor", 400);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Quality_OfLists_IsWatchedByTheirFirstPlaces(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);

        // Ten things a list, of which the two that matter have the second and the third place.
        await watched.AnswerAsync(Enumerable.Range(0, 500).Select(i => new Answer("", 10 - i % 10)
        {
            Value = i % 10 is 1 or 2 ? 1 : 0,
            Unit = $"list {i / 10}",
        }), TimeSpan.FromHours(1));
        async Task<MonitorFinding> LookAsync(string metric, int places) => (await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Quality = new QualityWatchRequest
            {
                Outcome = "y",
                Task = "ranking",
                Metric = metric,
                Score = "y",
                Places = places,
                Limit = new LimitRequest { Min = 0.6 },
            },
        })).ShouldHaveSingleItem();

        (await LookAsync("recall_at", 2)).Reading.ShouldSatisfyAllConditions(
            reading => reading.Sign.ShouldBe(AlertSign.Breach), reading => reading.Value.ShouldBe(0.5, 1e-9));
        (await LookAsync("recall_at", 3)).Reading.Sign.ShouldBe(AlertSign.Clear);
        (await LookAsync("precision_at", 3)).Reading.Value.ShouldBe(2.0 / 3, 1e-9);
        (await LookAsync("mrr", 3)).Reading.Value.ShouldBe(0.5, 1e-9);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Estimate_SeesTheQualityFall_BeforeAnyOutcomeCame(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        Answer Scored(double score, bool labelled) => new(score >= 0.5 ? "bad" : "good", score,
            Label: !labelled ? null : _random.NextDouble() < score ? "bad" : "good");
        await watched.AnswerAsync(
            Enumerable.Range(0, 3000).Select(i => Scored(i % 2 == 0 ? 0.95 : 0.05, labelled: true)),
            TimeSpan.FromDays(3));
        await watched.AnswerAsync(
            Enumerable.Range(0, 1000).Select(i => Scored(0.5 + 0.1 * _random.NextDouble(), labelled: false)),
            TimeSpan.FromHours(1));
        var request = new MonitorRequest
        {
            Endpoint = "e",
            Estimate = new QualityWatchRequest
            {
                Outcome = "y",
                Metric = "accuracy",
                Positive = "bad",
                Score = "y",
                Limit = new LimitRequest { Min = 0.85 },
                LabelDelay = TimeSpan.FromDays(1),
            },
        };

        var finding = (await watched.LookAsync(request)).ShouldHaveSingleItem();

        finding.Reading.Sign.ShouldBe(AlertSign.Breach, finding.Reading.Why);
        finding.Reading.Value.ShouldBeLessThan(0.8);
        finding.Reading.Why.ShouldContain("no concept drift");

        // Seen a day before, the answers were the sure ones.
        (await watched.LookAsync(request, now: DateTimeOffset.UtcNow - TimeSpan.FromDays(2.5)))
            .ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.NoData);
    }

    [Fact]
    public async Task Estimate_OfNumbers_LearnsLossesFromFeatures()
    {
        await using var server = await TestServer.StartAsync();
        var watched = await Watched.AtAsync(server);

        // The farther from zero the feature, the worse the answer.
        Answer Of(double x, bool labelled) => new("0", 0,
            Value: labelled ? x * (_random.NextDouble() - 0.5) * 2 : null)
        { Features = [x, 1] };
        await watched.AnswerAsync(
            Enumerable.Range(0, 1500).Select(_ => Of(_random.NextDouble() * 10, labelled: true)), TimeSpan.FromDays(2));
        await watched.AnswerAsync(
            Enumerable.Range(0, 500).Select(_ => Of(9 + _random.NextDouble(), labelled: false)), TimeSpan.FromHours(1));

        var finding = (await watched.LookAsync(new MonitorRequest
        {
            Endpoint = "e",
            Estimate = new QualityWatchRequest
            {
                Outcome = "y",
                Task = "regression",
                Metric = "mae",
                Limit = new LimitRequest { Max = 3 },
            },
        })).ShouldHaveSingleItem();

        // E|x·u| for u uniform on −1 to 1 is x/2.
        finding.Reading.Sign.ShouldBe(AlertSign.Breach, finding.Reading.Why);
        finding.Reading.Value.ShouldBe(4.75, 0.7);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Drift_OfAllColumnsTogether_IsFoundInRowsThatWereKept(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        Task RowsAsync(bool tied, double hours) => watched.AnswerAsync(Enumerable.Range(0, 400).Select(_ =>
        {
            var age = _random.NextDouble();
            return new Answer("good", 0.5)
            {
                Features = [age, (tied ? age : _random.NextDouble()) + 0.05 * _random.NextDouble()],
            };
        }), TimeSpan.FromHours(hours));
        await RowsAsync(tied: true, hours: 30);
        await RowsAsync(tied: true, hours: 9);
        await RowsAsync(tied: false, hours: 1);
        MonitorRequest Asking(string? method) => new()
        {
            Endpoint = "e",
            Drift = new DriftWatchRequest { Together = new RowDriftRequest { Method = method } },
        };

        foreach (var method in (string?[])[null, "reconstruction", "mmd", "energy"])
        {
            var before = await watched.LookAsync(Asking(method), now: DateTimeOffset.UtcNow - TimeSpan.FromHours(8));
            before.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.Clear, before[0].Reading.Why);

            var finding = (await watched.LookAsync(Asking(method))).ShouldHaveSingleItem();
            finding.Reading.Sign.ShouldBe(AlertSign.Breach, finding.Reading.Why);
            (finding.Subject["variant"], finding.Subject["aspect"]).ShouldBe(("stable", "together"));
            finding.Reading.Why.ShouldContain("400 rows against 800");
        }

        // The endpoint keeps rows because the monitor needs them; where none were kept, nothing is said.
        (await watched.LookAsync(Asking(null), now: DateTimeOffset.UtcNow - TimeSpan.FromDays(20)))
            .ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.NoData);
        (await server.Client.PutMonitorAsync("w", Asking("eyes")).ShouldBeRefusedAsync("invalid_monitor", 400))
            .Detail!.ShouldContain("'eyes' is none of domain_classifier");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Concept_IsDetectedOnce_AndADetectorGoesOnWhereItWas(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        var request = new MonitorRequest { Endpoint = "e", Concept = new ConceptWatchRequest { Outcome = "y" } };
        var start = await watched.ResultAsync(request);
        start.Findings.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.NoData);

        // What comes after the monitor began is taken in, once: 5 % wrong, then 60 %.
        var told = await watched.AnswerAsync(Enumerable.Range(0, 600).Select(i => new Answer("good", 0.5,
            Label: i % 20 == 0 ? "bad" : "good")), TimeSpan.FromMinutes(10));
        var calm = await watched.ResultAsync(request, start.Memory, now: Settled());
        calm.Findings.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.Clear);
        calm.Findings[0].Reading.Why.ShouldContain("600 outcomes");

        await Task.Delay(TimeSpan.FromMilliseconds(50));
        await watched.AnswerAsync(Enumerable.Range(0, 400).Select(i => new Answer("good", 0.5,
            Label: i % 5 < 3 ? "bad" : "good")), TimeSpan.FromMinutes(5));
        var changed = await watched.ResultAsync(request, calm.Memory, now: Settled());
        changed.Findings.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.Breach);
        changed.Findings[0].Reading.Why.ShouldContain("1000 outcomes");

        // The detector begins anew, and the detection is over an hour later.
        var over = await watched.ResultAsync(request, changed.Memory, now: Settled() + TimeSpan.FromHours(2));
        over.Findings.ShouldHaveSingleItem().Reading.Sign.ShouldBe(AlertSign.Clear);
        over.Findings[0].Reading.Why.ShouldContain("1000 outcomes");

        // What is corrected has been taken in: it does not enter again, and is counted.
        (await server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes = [.. told.Take(30).Select(each => each with { Label = "bad" })],
        })).Corrected.ShouldBe(28);
        var corrected = await watched.ResultAsync(request, changed.Memory, now: Settled());
        corrected.Findings.ShouldHaveSingleItem().Reading.Why.ShouldContain("1000 outcomes");
        corrected.Findings[0].Reading.Why.ShouldContain("28 were corrected since");

        // Whatever has come until now is old enough to be taken in.
        static DateTimeOffset Settled() => DateTimeOffset.UtcNow + TimeSpan.FromSeconds(15);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Series_AreHeldAgainstTheirPast_PostedOrOfOutcomes(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var watched = await Watched.AtAsync(server);
        var hour = new DateTimeOffset(DateTimeOffset.UtcNow.Ticks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour,
            TimeSpan.Zero);
        var points = Enumerable.Range(1, 21 * 24).Select(i => new SeriesPointRequest
        {
            At = hour.AddHours(-i),
            Value = i == 1 ? 10 : 100 + 10 * Math.Sin(i % 24) + _random.NextDouble(),
        }).ToList();
        var added = await server.Client.PostSeriesPointsAsync("orders", new SeriesPointsRequest { Points = points });
        added.ShouldBe(new SeriesPointsResult(504, 0, 0));
        (await server.Client.PostSeriesPointsAsync("orders", new SeriesPointsRequest
        {
            Points = [points[1], points[2] with { Value = 105 }],
        })).ShouldBe(new SeriesPointsResult(0, 1, 1));
        (await server.Client.ListSeriesAsync()).Items.ShouldHaveSingleItem().Points.ShouldBe(504);
        (await server.Client.ListSeriesPointsAsync("orders", page: new PageRequest(Limit: 2))).Items
            .Select(point => point.Value).ShouldBe([10, points[1].Value]);

        foreach (var rule in (string[])["same_hours", "forecast"])
        {
            var finding = (await watched.LookAsync(Of("orders", rule))).ShouldHaveSingleItem();
            finding.Reading.Sign.ShouldBe(AlertSign.Breach, $"{rule}: {finding.Reading.Why}");
            finding.Reading.Value.ShouldBe(10);
            finding.Low.ShouldBeInRange(80, 110);
        }

        var before = (await watched.LookAsync(Of("orders", "same_hours"), now: hour.AddMinutes(-30)))
            .ShouldHaveSingleItem();
        before.Reading.Sign.ShouldBe(AlertSign.Clear, before.Reading.Why);

        // Of outcomes: what was not reported is an hour of nothing.
        await watched.AnswerAsync(Enumerable.Range(0, 30).Select(i => new Answer("good", 0.5, Value: 2)),
            DateTimeOffset.UtcNow - hour.AddMinutes(-30));
        (await watched.LookAsync(Of("outcome:y", "limit") with
        {
            Series = new SeriesWatchRequest
            {
                Series = "outcome:y",
                Rule = "limit",
                Limit = new LimitRequest { Max = 50 },
            },
        })).ShouldHaveSingleItem().Reading.Value.ShouldBe(60);

        static MonitorRequest Of(string series, string rule) => new()
        {
            Endpoint = "e",
            Series = new SeriesWatchRequest
            {
                Series = series,
                Rule = rule,
                Limit = rule == "limit" ? new LimitRequest { Max = 50 } : null,
            },
        };
    }
}
