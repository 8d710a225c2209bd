using Fairlead.Client.Api;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Routing;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>What checks and replicas do to a rollout, with figures that the test sets.</summary>
public sealed class RolloutGuardTests
{
    private static readonly CheckRequest Errors = new() { Name = "errors", Metric = "error_rate", Margin = 0.002 };

    private static Task<TestServer> StartAsync(IRolloutFigures figures) =>
        TestServer.StartAsync(services: services => services.AddSingleton(figures));

    private static StepRequest Analyse() => new() { Analyse = new AnalyseStepRequest { Checks = [Errors] } };

    [Fact]
    public async Task Guard_ThatFails_GoesBackAndSaysWhichCheckAndWhichNumbers()
    {
        var figures = new SetFigures
        {
            Read = (subject, _) => Task.FromResult(SetFigures.Errors(subject, stable: 0.02, candidate: 0.2)),
        };
        await using var server = await StartAsync(figures);
        await using var follower = new Follower(server);
        await EndpointAsync(server);

        var id = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.05), Pause()) with { Guards = null })).Id;
        var ended = await UntilPhaseAsync(server.Client, id, "rolled back");

        ended.Reason.ShouldNotBeNull().ShouldStartWith("guard 'errors': ");
        var check = ended.Checks.Single(each => each.Name == "errors");
        (check.Verdict, check.Step, check.StableValue, check.CandidateValue).ShouldBe(("fail", null, 0.02, 0.2));
        check.Low.ShouldNotBeNull().ShouldBeGreaterThan(0.002);
        ended.Plan!.Candidates[0].DroppedBecause.ShouldBe(ended.Reason);
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 1.0 });
    }

    [Fact]
    public async Task Analysis_ThatPasses_GoesForward_AndKnowsNothingWithoutFigures()
    {
        var figures = new SetFigures();
        await using var server = await StartAsync(figures);
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var id = (await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Analyse(), Weight(1)))).Id;

        var waiting = await UntilAsync(server.Client, id, rollout => rollout.Checks[0].Verdict == "inconclusive");
        waiting.Step.ShouldBe(2);

        figures.Read = (subject, _) => Task.FromResult(SetFigures.Errors(subject, stable: 0.02, candidate: 0.001));
        await UntilPhaseAsync(server.Client, id, "succeeded");
    }

    [Fact]
    public async Task Figures_ThatCannotBeRead_AreAnErrorOfTheCheckAndNoVerdict()
    {
        var figures = new SetFigures { Read = (_, _) => throw new InvalidOperationException("no such table") };
        await using var server = await StartAsync(figures);
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var id = (await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Analyse(), Weight(1)))).Id;

        var seen = await UntilAsync(server.Client, id, rollout => rollout.Checks[0].Verdict == "error");
        (seen.Phase, seen.Step).ShouldBe(("running", 2));
        seen.Checks[0].Why.ShouldContain("no such table");
    }

    [Fact]
    public async Task Figures_ThatHangForOneRollout_DelayNoOther()
    {
        var hanging = new TaskCompletionSource<RolloutFigures>();
        var figures = new SetFigures
        {
            Read = (subject, _) => subject.Plan.Endpoint.ToString() == "slow"
                ? hanging.Task
                : Task.FromResult(SetFigures.Errors(subject, stable: 0.02, candidate: 0.2)),
        };
        await using var server = await StartAsync(figures);
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 2, "slow");
        await EndpointAsync(server, versions: 0);
        var slow = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.5), Analyse()) with { Endpoint = "slow" })).Id;

        var other = (await server.Client.StartRolloutAsync(Rollout(Weight(0.05), Pause()) with { Guards = null })).Id;
        await UntilPhaseAsync(server.Client, other, "rolled back");
        (await server.Client.GetRolloutAsync(slow)).Phase.ShouldBe("running");

        // A command to the one that hangs need not wait either.
        (await server.Client.AbortRolloutAsync(slow)).Phase.ShouldBe("rolled back");
        hanging.SetResult(RolloutFigures.None);
    }

    [Fact]
    public async Task Placing_ThatFails_GoesBackAfterTheDeadlineAndNamesTheReason()
    {
        await using var server = await TestServer.StartAsync();
        await using var follower = new Follower(server, endpoint => endpoint.Spec.Variants.Length == 1
            ? Follower.Serves(endpoint)
            : new PlacementReport(endpoint.Spec.Name, endpoint.Generation, PlacementState.Failed, "no memory"));
        await EndpointAsync(server);

        var id = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.5), Weight(1)) with { ProgressDeadline = TimeSpan.FromSeconds(1) })).Id;
        var ended = await UntilPhaseAsync(server.Client, id, "rolled back");

        ended.Reason.ShouldNotBeNull().ShouldContain("no memory");
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 1.0 });
    }

    [Fact]
    public async Task Mirror_IsAskedOfTheDataPlaneAndTakesNoTraffic()
    {
        await using var server = await TestServer.StartAsync();
        await using var follower = new Follower(server);
        await EndpointAsync(server);

        var id = (await server.Client.StartRolloutAsync(Rollout(new StepRequest { Mirror = 0.5 }, Pause()))).Id;
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });

        var variants = (await server.Client.GetEndpointAsync("e")).Variants;
        variants.Select(each => (each.Name, each.Share, each.Mirror))
            .ShouldBe([("stable", 1.0, 0.0), ("candidate", 0.0, 0.5)]);
    }
}
