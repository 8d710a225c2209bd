using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>A control group without a model as a strategy: printed, started, and lasting.</summary>
public sealed class ControlStrategyTests(PostgresServer postgres)
{
    private static RolloutRequest Control(double share = 0.05) => new()
    {
        Endpoint = "e",
        Strategy = "control",
        Holdout = new HoldoutRequest { Share = share, Answer = "none" },
    };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Control_IsPrintedAsOneStep_AndStandsBesideLaterRollouts(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server);

        var plan = await server.Client.PlanRolloutAsync(
            "endpoint: e\nstrategy: control\nholdout: {share: 5%, answer: none}\n");
        plan.Steps.ShouldHaveSingleItem().Text.ShouldBe("hold 5 % of the units out for good, answered by none");
        (plan.Strategy, plan.Candidates.Count, plan.Guards.Count).ShouldBe(("control", 0, 0));
        (await server.Client.GetEndpointAsync("e")).Holdout.ShouldBeNull();

        var id = (await server.Client.StartRolloutAsync(Control())).Id;
        await UntilPhaseAsync(server.Client, id, "succeeded");
        var next = (await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Weight(1)))).Id;
        await UntilPhaseAsync(server.Client, next, "succeeded");

        var endpoint = await server.Client.GetEndpointAsync("e");
        endpoint.Holdout.ShouldNotBeNull().Share.ShouldBe(0.05);
        endpoint.Variants.ShouldHaveSingleItem().Version.ShouldBe(2);
        (await server.Client.ListRolloutEventsAsync(id)).Items.Select(each => each.Text)
            .ShouldContain(text => text.Contains("5 % held out"));
        await server.Client.StartRolloutAsync(Control()).ShouldBeRefusedAsync("holdout_exists", 409);
    }

    [Fact]
    public async Task Control_IsRefusedWhatItCannotHave_AndApplyingItAgainChangesNothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        Task<RolloutInfo> Start(RolloutRequest request) => server.Client.StartRolloutAsync(request);

        await Start(Control() with { Holdout = null }).ShouldBeRefusedAsync("strategy_option", 400);
        await Start(Control() with { Candidates = [new CandidateRequest { Version = 2 }] })
            .ShouldBeRefusedAsync("strategy_option", 400);
        await Start(Control() with { Alias = "champion" }).ShouldBeRefusedAsync("strategy_option", 400);
        await Start(Control(share: 0.9)).ShouldBeRefusedAsync("invalid_share", 400);
        await Start(Rollout(Weight(1)) with { Holdout = Control().Holdout })
            .ShouldBeRefusedAsync("strategy_option", 400);
        await Start(Rollout(Weight(1)) with { Candidates = [] }).ShouldBeRefusedAsync("invalid_candidates", 400);

        const string document = "kind: Rollout\nendpoint: e\nstrategy: control\nholdout: {share: 5%, answer: none}\n";
        var first = await server.Client.ApplyAsync(document);
        var id = (await server.Client.ListRolloutsAsync()).Items.ShouldHaveSingleItem().Id;
        await UntilPhaseAsync(server.Client, id, "succeeded");
        await server.Client.AbortRolloutAsync(id).ShouldBeRefusedAsync("rollout_over", 409);
        var again = await server.Client.ApplyAsync(document);

        (first.Documents[0].Outcome, again.Documents[0].Outcome).ShouldBe(("created", "unchanged"));
    }
}
