using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>How rollouts are written, what is refused, and who may do what.</summary>
public sealed class RolloutRequestTests
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private const string Document = """
        kind: Rollout
        endpoint: e
        candidates: [{version: 2}]
        steps:
          - mirror: 100%
          - weight: 5%
          - weight: {share: 0.25, control: true}
          - pause: 10m
          - analyse:
              checks:
                - {name: errors, metric: error_rate, atMost: 2%}
                - {name: score, metric: 'output:score', better: lower, margin: 0.5%, relative: true, horizon: fixed}
              for: 10m
              within: 1h
              onInconclusive: rollback
          - approve: {}
          - switch: {}
        guards: []
        """;

    [Fact]
    public async Task Plan_OfADocument_SaysEveryStepInWords()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);

        var plan = await server.Client.PlanRolloutAsync(Document);

        plan.Steps.Select(step => step.Text).ShouldBe([
            "mirror 100 % of the requests", "weight 5 %", "weight 25 %, and a control cohort of the same size",
            "pause for 10 min", "analyse errors, score for 10 min, within 1 h", "wait for 1 approval",
            "switch everything"]);
        plan.Steps[4].Checks.ShouldBe([
            "errors: error_rate at most 2 % (alpha 0.01), from 100 samples",
            "score: output:score worse than stable by less than 0.5 % of stable's (lower is better), looked at once at "
                + "10000 samples, alpha 0.05, from 100 samples"]);
        (plan.StableVersion, plan.Guards.Count).ShouldBe(("m/1", 0));
        (await server.Client.ListRolloutsAsync()).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Plan_OfAStrategy_HasItsStepsAndTheDefaultGuards()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);
        var request = new RolloutRequest
        {
            Endpoint = "e",
            Candidates = [new CandidateRequest { Version = 2 }],
            Strategy = "canary",
            Options = new StrategyRequest { Weights = [0.1, 1], Interval = TimeSpan.FromMinutes(1) },
        };

        var plan = await server.Client.PlanRolloutAsync(request);

        plan.Steps.Select(step => step.Text)
            .ShouldBe(["weight 10 %", "pause for 1 min", "weight 100 %", "pause for 1 min"]);
        plan.Guards.Count.ShouldBe(2);
        plan.Guards[0].ShouldStartWith("errors: error_rate worse than stable by less than 0.2 %");
    }

    [Fact]
    public async Task Start_WithFaults_IsRefusedWithTheirPlaces()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);
        Task Start(RolloutRequest request) => server.Client.StartRolloutAsync(request);
        var noRule = new StepRequest
        {
            Analyse = new AnalyseStepRequest { Checks = [new CheckRequest { Name = "c", Metric = "error_rate" }] },
        };

        (await Start(Rollout(Weight(0.5), noRule)).ShouldBeRefusedAsync("no_rule", 400))
            .Field.ShouldBe("steps[1].analyse.checks[0]");
        (await Start(Rollout(new StepRequest(), Weight(0.1) with { Mirror = 1 })).ShouldBeRefusedAsync("one_step", 400))
            .Errors.Count.ShouldBe(2);
        await Start(Rollout(Weight(1.5))).ShouldBeRefusedAsync("invalid_weight", 400);
        await Start(Rollout(Weight(1)) with { Strategy = "canary" }).ShouldBeRefusedAsync("strategy_or_steps", 400);
        await Start(Rollout(Weight(1)) with { Candidates = [new CandidateRequest { Version = 9 }] })
            .ShouldBeRefusedAsync("unknown_version", 400);
        await Start(Rollout(Weight(1)) with { Candidates = [new CandidateRequest { Version = 1 }] })
            .ShouldBeRefusedAsync("already_stable", 400);
        await Start(Rollout(Weight(1)) with { Endpoint = "nothing" }).ShouldBeRefusedAsync("endpoint_not_found", 404);
        await Start(Rollout(Approve(2), Weight(1))).ShouldBeRefusedAsync("approval_needs_access", 400);
        await server.Client.GetRolloutAsync(99).ShouldBeRefusedAsync("rollout_not_found", 404);

        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [
                new VariantRequest { Name = "a", Model = "m", Version = 1 },
                new VariantRequest { Name = "b", Model = "m", Version = 1 }],
        });
        (await Start(Rollout(Weight(1))).ShouldBeRefusedAsync("several_variants", 409)).Detail!.ShouldContain("(a, b)");
    }

    [Fact]
    public async Task Apply_StartsThenEditsThenLeavesAlone()
    {
        await using var server = await TestServer.StartAsync();
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        const string first = "kind: Rollout\nendpoint: e\ncandidates: [{version: 2}]\n"
            + "steps: [{weight: 5%}, {pause: {}}, {weight: 100%}]\nguards: []\n";
        var second = first.Replace("{weight: 100%}", "{weight: 50%}, {pause: {}}, {weight: 100%}");

        var dry = await server.Client.ApplyAsync(first, dryRun: true);
        var started = await server.Client.ApplyAsync(first);
        var again = await server.Client.ApplyAsync(first);
        var id = (await server.Client.ListRolloutsAsync()).Items.ShouldHaveSingleItem().Id;
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });
        var edited = await server.Client.ApplyAsync(second);
        await server.Client.AbortRolloutAsync(id);
        var after = await server.Client.ApplyAsync(second);

        new[] { dry, started, again, edited, after }.Select(each => each.Documents[0].Outcome)
            .ShouldBe(["created", "created", "unchanged", "changed", "unchanged"]);
        started.Documents[0].Kind.ShouldBe("Rollout");
        edited.Documents[0].Differences.ShouldHaveSingleItem().Path.ShouldBe("steps");
        (await server.Client.ListRolloutsAsync()).Items.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Keys_MayDoWhatTheirRoleAndEndpointsAllow_AndASecondPersonIsAnotherKey()
    {
        await using var server = await TestServer.StartAsync(options => options.AdminKey = AdminKey);
        var admin = server.ClientWith(AdminKey);
        await server.RegisterAsync("m", client: admin);
        await server.RegisterAsync("m", client: admin);
        await admin.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
        });
        async Task<FairleadClient> KeyAsync(string name, string role, params string[] endpoints) =>
            server.ClientWith((await admin.CreateKeyAsync(
                new CreateKeyRequest { Name = name, Role = role, Endpoints = endpoints })).Secret);
        var (ann, bob) = (await KeyAsync("ann", "operator"), await KeyAsync("bob", "operator", "e"));
        var (viewer, stranger) = (await KeyAsync("eve", "viewer"), await KeyAsync("sam", "operator", "other"));

        var request = Rollout(Approve(notByAuthor: true), Weight(0.5), Pause());
        await viewer.StartRolloutAsync(request).ShouldBeRefusedAsync("forbidden", 403);
        await stranger.StartRolloutAsync(request).ShouldBeRefusedAsync("forbidden", 403);
        var id = (await ann.StartRolloutAsync(request)).Id;

        (await viewer.GetRolloutAsync(id)).Author.ShouldBe("ann");
        await stranger.GetRolloutAsync(id).ShouldBeRefusedAsync("forbidden", 403);
        (await stranger.ListRolloutsAsync()).Items.ShouldBeEmpty();
        await stranger.AbortRolloutAsync(id).ShouldBeRefusedAsync("forbidden", 403);
        await viewer.ApproveRolloutAsync(id).ShouldBeRefusedAsync("forbidden", 403);

        await using var follower = new Follower(server);
        await UntilAsync(admin, id, rollout => rollout is { Step: 1, Followed: true });
        await ann.ApproveRolloutAsync(id).ShouldBeRefusedAsync("approval_by_author", 409);
        await bob.ApproveRolloutAsync(id, digest: "another").ShouldBeRefusedAsync("other_digest", 409);
        var digest = (await bob.GetRolloutAsync(id)).Plan!.Candidates[0].Digest;
        (await bob.ApproveRolloutAsync(id, "read it", digest)).Approvals.ShouldHaveSingleItem().Who.ShouldBe("bob");
        await UntilAsync(admin, id, rollout => rollout is { Step: 3, Followed: true });
    }
}
