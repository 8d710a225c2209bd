using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>Pairs of answers and the worst of them, from two replicas' reports to what people see.</summary>
public sealed class DisagreementTests(PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Disagreements_OfReports_ShowTestsAndTheWorstExamplesOnly(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var rollout = await server.Client.StartRolloutAsync(
            Rollout(new StepRequest { Mirror = 1 }, Pause()));
        var arm = VariantName.Parse("candidate");
        var sink = server.Services.GetRequiredService<IFactsSink>();
        await sink.StoreAsync([new FactsReport(EndpointName.Parse("e"), 1, rollout.Generation, arm, Pairs())],
            CancellationToken.None);
        var examples = Enumerable.Range(1, 60).Select(i => Example(server, rollout.Generation, i)).ToList();
        foreach (var part in examples.Chunk(20).Concat(examples.Chunk(20)))
            await sink.StoreAsync(arm, part, CancellationToken.None);

        var found = (await server.Client.GetDisagreementsAsync(rollout.Id, 50)).ShouldHaveSingleItem();

        found.Candidate.ShouldBe("candidate");
        var label = found.Labels.ShouldHaveSingleItem();
        (label.Pairs, label.Agreed).ShouldBe((100, 88));
        label.Kappa.ShouldNotBeNull().ShouldBe((0.88 - 0.4968) / (1 - 0.4968), 1e-9);
        var good = label.Classes.Single(each => each.Class == "good");
        (good.Both, good.OnlyChampion, good.OnlyCandidate).ShouldBe((44, 10, 2));
        good.P.ShouldNotBeNull().ShouldBe(0.03857421875, 1e-9);
        var number = found.Numbers.ShouldHaveSingleItem();
        number.MeanDifference.ShouldNotBeNull().ShouldBe(0.2, 1e-9);
        number.Low.ShouldNotBeNull().ShouldBeInRange(0.1, 0.2);
        number.P.ShouldNotBeNull().ShouldBeLessThan(0.001);
        number.WilcoxonP.ShouldNotBeNull().ShouldBeLessThan(0.001);

        found.Examples.Count.ShouldBe(ShadowExampleStore.Most);
        found.Examples.Select(each => each.LargestDifference)
            .ShouldBe(Enumerable.Range(11, 50).Reverse().Select(i => (double)i));
        found.Examples[0].Inputs.ShouldBe("""{"x":60}""");
        found.Examples[0].PredictionId.ShouldBe(Written(server, examples[^1].Id));
        (await server.Client.GetDisagreementsAsync(rollout.Id, 2))[0].Examples.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Examples_OlderThanOutcomesLive_AreSwept()
    {
        await using var server = await TestServer.StartAsync(Engine.Sqlite, postgres);
        await EndpointAsync(server);
        var rollout = await server.Client.StartRolloutAsync(Rollout(new StepRequest { Mirror = 1 }, Pause()));
        var old = TimeProvider.System.GetUtcNow() - server.Options.OutcomeLife - TimeSpan.FromHours(1);
        await server.Services.GetRequiredService<IFactsSink>().StoreAsync(VariantName.Parse("candidate"),
            [Example(server, rollout.Generation, 1), Example(server, rollout.Generation, 2, old)],
            CancellationToken.None);

        await server.Services.GetRequiredService<OutcomeKeeping>().SweepAsync(CancellationToken.None);

        (await server.Client.GetDisagreementsAsync(rollout.Id)).Single().Examples.ShouldHaveSingleItem()
            .LargestDifference.ShouldBe(1);
    }

    private static FactsImage Pairs()
    {
        var image = new FactsImage();
        var labels = image.Pairs.Labels["label"] = new LabelPairs();
        foreach (var (champion, challenger, count) in ((string, string, int)[])
            [("good", "good", 44), ("bad", "bad", 44), ("good", "bad", 10), ("bad", "good", 2)])
        {
            for (var request = 0; request < count; request++)
                labels.Add(champion, challenger, request + (champion == "bad" ? 100 : 0));
        }

        var numbers = image.Pairs.Numbers["p"] = new NumberPairs();
        for (var bucket = 0; bucket < 100; bucket++)
        {
            var difference = bucket % 2 == 0 ? 0.5 : -0.1;
            numbers.Differences.Add(bucket, difference);
        }

        return image;
    }

    private static ShadowExample Example(TestServer server, long generation, int i, DateTimeOffset? at = null) => new(
        new PredictionId(server.Services.GetRequiredService<IPredictionKeys>().Current.Id, 1, generation, 1,
            (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds(), (ulong)i),
        1, i, $$"""{"x":{{i}}}""", "{}", "{}");

    private static string Written(TestServer server, PredictionId id)
    {
        var text = new byte[PredictionId.TextLength];
        id.Write(server.Services.GetRequiredService<IPredictionKeys>().Current.Secret.Span, text);
        return Encoding.ASCII.GetString(text);
    }
}
