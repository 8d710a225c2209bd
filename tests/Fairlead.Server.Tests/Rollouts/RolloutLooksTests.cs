using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Storage;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>What looks find is kept from look to look, for a line over time.</summary>
public sealed class RolloutLooksTests(PostgresServer postgres)
{
    [Fact]
    public async Task Looks_OfAGuardWithMovingFigures_AreKeptWithTheirNumbers()
    {
        var reads = 0;
        var figures = new SetFigures();
        figures.Read = (subject, _) => Task.FromResult(SetFigures.Errors(
            subject, 0.02, 0.02 + Interlocked.Increment(ref reads) % 50 * 1e-6));
        await using var server = await TestServer.StartAsync(
            services: services => services.AddSingleton<IRolloutFigures>(figures));
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var started = await server.Client.StartRolloutAsync(Rollout(Weight(0.1), Pause()) with
        {
            LookEvery = TimeSpan.FromMilliseconds(100),
            Guards =
            [
                new CheckRequest { Name = "errors", Metric = "error_rate", Margin = 0.01, PlannedSamples = 1000 },
            ],
        });
        await UntilAsync(server.Client, started.Id, _ => Volatile.Read(ref reads) > 25);

        var shown = await server.Client.GetRolloutAsync(started.Id, 1000);
        var few = await server.Client.GetRolloutAsync(started.Id, 3);
        var none = await server.Client.GetRolloutAsync(started.Id);

        var looks = shown.Checks.ShouldHaveSingleItem().Looks;
        looks.Count.ShouldBeGreaterThan(5);
        looks.Select(look => look.At).ShouldBeInOrder(SortDirection.Ascending);
        looks.ShouldAllBe(look => look.Verdict == "pass" && look.CandidateUnits == 10_000 && look.Step > 0);
        looks.ShouldAllBe(look => look.Low < look.Estimate && look.Estimate < look.High && look.High < look.Boundary);
        looks.ShouldAllBe(look => look.Boundary == 0.01 && look.StableValue == 0.02);
        looks.Select(look => look.Estimate).Distinct().Count().ShouldBeGreaterThan(3);
        few.Checks[0].Looks.Count.ShouldBe(3);
        few.Checks[0].Looks[0].At.ShouldBeGreaterThan(looks[0].At);
        none.Checks[0].Looks.ShouldBeEmpty();
        await server.Client.GetRolloutAsync(started.Id, 10_001).ShouldBeRefusedAsync("invalid_parameter", 400);
    }

    [Fact]
    public async Task Looks_OfAGateThatPassesAsItsStepBegins_AreOfThatStep()
    {
        var figures = new SetFigures
        {
            Read = (subject, _) => Task.FromResult(SetFigures.Errors(subject, 0.02, 0.001)),
        };
        await using var server = await TestServer.StartAsync(
            services: services => services.AddSingleton<IRolloutFigures>(figures));
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var gate = new StepRequest
        {
            Analyse = new AnalyseStepRequest
            {
                Checks = [new CheckRequest { Name = "errors", Metric = "error_rate", Margin = 0.01 }],
            },
        };
        var started = await server.Client.StartRolloutAsync(Rollout(Weight(0.1), gate, Pause()));
        await UntilAsync(server.Client, started.Id, rollout => rollout.Step == 3);

        var looks = (await server.Client.GetRolloutAsync(started.Id, 1000)).Checks.ShouldHaveSingleItem().Looks;

        looks.ShouldNotBeEmpty();
        looks.ShouldAllBe(look => look.Step == 2);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Looks_BeyondTheBound_AreThinnedFromTheOldEnd(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        var started = await server.Client.StartRolloutAsync(Rollout(Weight(0.1), Pause()));
        var database = server.Services.GetRequiredService<Database>();
        var row = await database.ReadAsync(
            db => RolloutWrites.FindAsync(db, started.Id, CancellationToken.None), CancellationToken.None);
        var (_, state) = RolloutStore.Read(row);
        var before = state;
        for (var look = 0; look < 3 * LookHistory.MostLooks; look++)
        {
            var after = state with
            {
                Checks = state.Checks.SetItem("guard/errors/candidate", CheckProgress.Fresh with
                {
                    Latest = new CheckResult(CheckVerdict.Inconclusive, "") { CandidateUnits = look + 1 },
                }),
            };
            await database.OperateAsync(async db =>
            {
                await LookStore.AddAsync(db, started.Id, before, after, look, CancellationToken.None);
                await db.SaveChangesAsync();
            }, CancellationToken.None);
            before = after;
        }

        var looks = (await database.ReadAsync(
            db => LookStore.ReadAsync(db, started.Id, 10_000, CancellationToken.None), CancellationToken.None))
            .ShouldHaveSingleItem().Value;

        looks.Count.ShouldBeLessThanOrEqualTo(LookHistory.MostLooks);
        (looks[0].CandidateUnits, looks[^1].CandidateUnits).ShouldBe((1, 3 * LookHistory.MostLooks));
    }
}
