using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Statistics;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Hypotheses;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Outcomes;

/// <summary>What turned out, from the report to the figures that a rollout is decided by.</summary>
public sealed class OutcomeTests(PostgresServer postgres)
{
    private static readonly Observation Observed = new() { Labels = ["label"], Outcomes = true, Slices = ["kind"] };

    private static readonly Observation Scored = new()
    {
        Outcomes = true,
        Scores = [new ObservedOutput("p[0]", "p", 0, null)],
    };

    private int _random;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Outcome_IsTakenOnce_RepeatedWithoutEffect_AndCorrected(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var id = Id(server, arm: 1);
        await AnswerAsync(server, id, "good", "text");

        (await ReportAsync(server, id, "good")).Accepted.ShouldBe(1);
        (await ReportAsync(server, id, "good")).Unchanged.ShouldBe(1);
        (await ReportAsync(server, id, "bad")).Corrected.ShouldBe(1);

        var known = (await server.Client.GetOutcomesAsync()).Endpoints.ShouldHaveSingleItem();
        (known.Endpoint, known.Name, known.Joined, known.Unmatched).ShouldBe(("e", "label", 1, 0));
        known.Delays.Sum(delay => delay.Count).ShouldBe(1);
        known.Delays.Single(delay => delay.Count > 0).Within.ShouldNotBeNull()
            .ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Outcome_BeforeTheRecordOfItsAnswer_WaitsForIt(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var id = Id(server, arm: 1);

        (await ReportAsync(server, id, "good")).Pending.ShouldBe(1);
        await AnswerAsync(server, id, "good", "text");
        await server.Services.GetRequiredService<Fairlead.Server.Outcomes.OutcomeKeeping>()
            .JoinAsync(CancellationToken.None);

        (await server.Client.GetOutcomesAsync()).Endpoints.Single().Joined.ShouldBe(1);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Outcome_FindsTheRowItIsAbout_AndWhatNoUnitDrewEntersNoComparison(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var (drawn, alone) = (Id(server, arm: 1), Id(server, arm: 1));
        await server.Services.GetRequiredService<IFactsSink>().StoreAsync(
        [
            .. Enumerable.Range(0, 3).Select(row => new AnswerRecord(
                drawn, UnitHash.Of("u"), Observed, [row == 2 ? "bad" : "good"], ["text"]) { Row = (ushort)row }),
            new AnswerRecord(alone, 9, Observed, ["good"], ["text"]) { IsAssigned = false, Sampled = false },
        ], CancellationToken.None);

        var result = await server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes =
            [
                new OutcomeItem { PredictionId = Written(server, drawn), Row = 2, Name = "label", Label = "bad" },
                new OutcomeItem { PredictionId = Written(server, drawn), Name = "label", Label = "bad" },
                new OutcomeItem { PredictionId = Written(server, alone), Name = "label", Label = "good" },
                new OutcomeItem { Endpoint = "e", Unit = "u", Row = 1, Name = "label", Label = "good" },
                new OutcomeItem { PredictionId = Written(server, drawn), Row = 256, Name = "label", Label = "bad" },
            ],
        });

        (result.Accepted, result.Refused.ShouldHaveSingleItem().Index).ShouldBe((4, 4));
        result.Refused[0].Message.ShouldContain("0 to 255");
        var found = await server.Services.GetRequiredService<Database>().ReadAsync(
            db => db.Outcomes.OrderBy(row => row.Bucket).ThenBy(row => row.Randomness)
                .Select(row => row.Predicted + "/" + row.Label).ToListAsync(), CancellationToken.None);
        found.ShouldBe(["good/good", "good/bad", "good/good", "bad/bad"]);
        var totals = await server.Services.GetRequiredService<Database>().ReadAsync(
            db => Fairlead.Server.Outcomes.OutcomeTotals.ReadAsync(
                db, 1, [1L], new Metric(MetricKind.Accuracy, "label"), null, long.MaxValue, CancellationToken.None),
            CancellationToken.None);
        totals.ShouldHaveSingleItem().Value.Value.ShouldBe(2.0 / 3, 1e-9);
    }

    [Fact]
    public async Task Outcome_WithAForgedId_IsRefusedAndCounted_AndItsNeighbourIsTaken()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, postgres);
        await EndpointAsync(server);
        var id = Id(server, arm: 1);
        await AnswerAsync(server, id, "good", "text");
        var written = Written(server, id);
        var forged = (written[0] == 'A' ? "B" : "A") + written[1..];

        var result = await server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes =
            [
                new OutcomeItem { PredictionId = forged, Name = "label", Label = "good" },
                new OutcomeItem { PredictionId = written, Name = "label", Label = "good" },
                new OutcomeItem { PredictionId = written, Name = "label" },
                new OutcomeItem { Name = "label", Label = "good" },
                new OutcomeItem { Endpoint = "e", Unit = "nobody", Name = "label", Label = "good" },
            ],
        });

        result.Accepted.ShouldBe(1);
        result.Refused.Select(each => (each.Index, each.Code)).ShouldBe(
            [(0, "unknown_prediction"), (2, "invalid_outcome"), (3, "invalid_outcome"), (4, "no_answer")]);
        var info = await server.Client.GetOutcomesAsync();
        (info.Forged, info.Foreign, info.WithoutAnswer).ShouldBe((1, 0, 1));
        var results = server.Services.GetRequiredService<Fairlead.Server.Outcomes.OutcomeMeter>().Results;
        results.ReadAll().Where(each => each.Count > 0).ShouldBe(
            [("matched", 1), ("forged", 1), ("without_answer", 1), ("refused", 2)]);
    }

    /// <summary>No database need hold it, and no date be reckoned with it.</summary>
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Outcome_ThatIsNonsense_IsRefusedByItself(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var id = Id(server, arm: 1);
        await AnswerAsync(server, id, "good", "text");
        var good = new OutcomeItem { PredictionId = Written(server, id), Name = "label", Label = "good" };
        var ofUnit = new OutcomeItem { Endpoint = "e", Unit = "u", Name = "label", Label = "good" };

        var result = await server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes =
            [
                good with { Name = "a\0b" }, good with { Label = "\0" }, ofUnit with { At = DateTimeOffset.MinValue },
                good with { At = DateTimeOffset.MaxValue }, good,
            ],
        });

        result.Accepted.ShouldBe(1);
        result.Refused.Select(each => (each.Index, each.Code)).ShouldBe(
            [.. Enumerable.Range(0, 4).Select(i => (i, "invalid_outcome"))]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Outcome_OfAUnit_IsCountedForItsNewestAnswer(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var id = Id(server, arm: 1);
        await AnswerAsync(server, id, "good", "text", UnitHash.Of("ann"));

        var result = await server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes = [new OutcomeItem { Endpoint = "e", Unit = "ann", Name = "spent", Value = 12.5 }],
        });

        result.Accepted.ShouldBe(1);
    }

    /// <summary>Two replicas' counts and everybody's outcomes become the figures of a check, arm by arm.</summary>
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Figures_AddUpReplicasAndOutcomes(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var accuracy = Check("accuracy:label", "higher");
        var request = Rollout(Weight(0.5), Pause()) with { Guards = [accuracy, Check("error_rate", "lower")] };
        var rollout = await server.Client.StartRolloutAsync(request);
        var endpoint = await server.Client.GetEndpointAsync("e");
        var (stable, candidate) = (Arm(endpoint, "stable"), Arm(endpoint, "candidate"));

        for (var i = 0; i < 40; i++)
        {
            await OutcomeAsync(server, rollout.Generation, stable, right: i % 4 != 0);
            await OutcomeAsync(server, rollout.Generation, candidate, right: i % 2 != 0);
        }

        var figures = await FiguresAsync(server, rollout.Id);
        var seen = figures.Checks[RolloutState.KeyOf(null, "accuracy:label", VariantName.Parse("candidate"))];
        var phase = seen.Phases.ShouldHaveSingleItem();
        (phase.Stable.Value, phase.Stable.Units).ShouldBe((0.75, 40));
        (phase.Candidate.Value, phase.Candidate.Units).ShouldBe((0.5, 40));
        phase.Candidate.Variance.ShouldBeGreaterThan(0);
        figures.Mismatch.ShouldBeNull();
    }

    /// <summary>Scores and labels become an area and a loss; a label that was wrong counts no longer.</summary>
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Figures_OfScores_AreTheAreaAndTheLoss_AndFollowCorrections(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        CheckRequest[] guards =
            [Check("auc:label=good@p[0]", "higher"), Check("log_loss:label=good@p[0]", "lower")];
        var rollout = await server.Client.StartRolloutAsync(
            Rollout(Weight(0.5), Pause()) with { Guards = guards });
        var arm = Arm(await server.Client.GetEndpointAsync("e"), "candidate");
        var (scores, labels) = (new List<double>(), new List<bool>());
        var ids = new List<PredictionId>();
        for (var i = 0; i < 40; i++)
        {
            scores.Add((i % 10 + 0.5) / 10);
            labels.Add(i % 3 == 0 || scores[i] > 0.6);
            ids.Add(Id(server, arm, rollout.Generation));
            await ScoreAsync(server, ids[i], scores[i]);
            await ReportAsync(server, ids[i], labels[i] ? "good" : "bad");
        }

        await ShouldBeAsync();
        labels[7] = !labels[7];
        (await ReportAsync(server, ids[7], labels[7] ? "good" : "bad")).Corrected.ShouldBe(1);
        await ShouldBeAsync();

        async Task ShouldBeAsync()
        {
            var exact = DeLong.Compare([.. labels], [.. scores], [.. scores]);
            var figures = await FiguresAsync(server, rollout.Id);
            var area = Seen(figures, "auc:label=good@p[0]");
            area.Units.ShouldBe(40);
            area.Value.ShouldBe(exact.Champion, 1e-12);
            area.Variance.ShouldBeGreaterThan(0);
            var loss = Seen(figures, "log_loss:label=good@p[0]");
            loss.Value.ShouldBe(scores.Zip(labels, LogLoss.Of).Average(), 1e-12);
            loss.Variance.ShouldBeGreaterThan(0);
        }
    }

    private static ArmFigure Seen(RolloutFigures figures, string check) =>
        figures.Checks[RolloutState.KeyOf(null, check, VariantName.Parse("candidate"))].Phases.Single().Candidate;

    private static Task ScoreAsync(TestServer server, PredictionId id, double score) =>
        server.Services.GetRequiredService<IFactsSink>().StoreAsync(
            [new AnswerRecord(id, UnitHash.Of($"u{id.Randomness}"), Scored, [], []) { Scores = [score] }],
            CancellationToken.None);

    private static CheckRequest Check(string metric, string better) => new()
    {
        Name = metric,
        Metric = metric,
        Better = better,
        Margin = 0.01,
        Horizon = "anytime",
    };

    private static int Arm(EndpointInfo endpoint, string name) =>
        endpoint.Variants.Single(variant => variant.Name == name).Arm;

    private static async Task<RolloutFigures> FiguresAsync(TestServer server, long id)
    {
        var row = await server.Services.GetRequiredService<Fairlead.Server.Storage.Database>().ReadAsync(
            async db => (await db.Rollouts.FindAsync(id))!, CancellationToken.None);
        var (plan, state) = RolloutStore.Read(row);
        return await server.Services.GetRequiredService<IRolloutFigures>().ReadAsync(
            new RolloutSubject(row.Id, row.Endpoint, plan, state), CancellationToken.None);
    }

    private async Task OutcomeAsync(TestServer server, long generation, int arm, bool right)
    {
        var id = Id(server, arm, generation);
        await AnswerAsync(server, id, "good", "text");
        await ReportAsync(server, id, right ? "good" : "bad");
    }

    private PredictionId Id(TestServer server, int arm, long generation = 1) => new(
        server.Services.GetRequiredService<IPredictionKeys>().Current.Id, 1, generation, arm,
        TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 1, (ulong)++_random);

    private static string Written(TestServer server, PredictionId id)
    {
        var text = new byte[PredictionId.TextLength];
        id.Write(server.Services.GetRequiredService<IPredictionKeys>().Current.Secret.Span, text);
        return Encoding.ASCII.GetString(text);
    }

    private static Task AnswerAsync(
        TestServer server, PredictionId id, string predicted, string kind, ulong? unit = null) =>
        server.Services.GetRequiredService<IFactsSink>().StoreAsync(
            [new AnswerRecord(id, unit ?? UnitHash.Of($"u{id.Randomness}"), Observed, [predicted], [kind])],
            CancellationToken.None);

    private static Task<OutcomesResult> ReportAsync(TestServer server, PredictionId id, string label) =>
        server.Client.ReportOutcomesAsync(new OutcomesRequest
        {
            Outcomes = [new OutcomeItem { PredictionId = Written(server, id), Name = "label", Label = label }],
        });
}
