using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>The life of a rollout through the API, with a controller that runs and a replica that follows.</summary>
public sealed class RolloutTests(PostgresServer postgres)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Rollout_OfALadder_EndsWithTheCandidateStableAndTheAliasMoved(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1 });

        var started = await server.Client.StartRolloutAsync(
            Rollout(Weight(0.1), Pause(Moment), Weight(0.5, control: true), Pause(Moment), Weight(1)) with
            {
                Alias = "champion",
                KeepWarm = Moment,
                Reason = "better on the test set",
            });
        var ended = await UntilPhaseAsync(server.Client, started.Id, "succeeded");

        ended.Winner.ShouldBe("candidate");
        ended.Plan!.Steps.ShouldAllBe(step => step.State == "done");
        var endpoint = await server.Client.GetEndpointAsync("e");
        var only = endpoint.Variants.ShouldHaveSingleItem();
        (only.Name, only.Version, endpoint.Stable).ShouldBe(("stable", 2, "stable"));
        (await server.Client.GetModelAsync("m")).Aliases["champion"].ShouldBe(2);

        var audit = await server.Client.ListAuditAsync(new AuditFilter { What = "alias.set" });
        audit.Items[0].After!.Value.GetProperty("evidence").GetProperty("rollout").GetInt64().ShouldBe(started.Id);
        var events = (await server.Client.ListRolloutEventsAsync(started.Id, new PageRequest(1000, null))).Items;
        events.Select(each => each.Kind).ShouldContain("promoted");
        events[^1].Kind.ShouldBe("started");
        events.Count(each => each.Kind == "routed").ShouldBe(5);
        var history = (await server.Client.ListEndpointHistoryAsync("e")).Items;
        history.Select(each => each.Generation).ShouldBeUnique();
        history.Single(each => each.Endpoint!.Variants.Count == 3).Endpoint!.Variants
            .Select(variant => (variant.Name, variant.Share))
            .ShouldBe([("stable", 0.0), ("candidate", 0.5), ("control", 0.5)]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Abort_AtAnyStep_PutsEverythingBackAndFreesTheEndpoint(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var started = await server.Client.StartRolloutAsync(Rollout(Weight(0.25), Pause()));
        await UntilAsync(server.Client, started.Id, rollout => rollout is { Step: 2, Followed: true });
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 0.75, ["candidate"] = 0.25 });

        var aborted = await server.Client.AbortRolloutAsync(started.Id, "callers complain");
        var again = await server.Client.AbortRolloutAsync(started.Id);

        (aborted.Phase, aborted.Reason).ShouldBe(("rolled back", "aborted by local: callers complain"));
        again.Revision.ShouldBe(aborted.Revision);
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 1.0 });
        await server.Client.ResumeRolloutAsync(started.Id).ShouldBeRefusedAsync("rollout_over", 409);
        await server.Client.DeleteVersionAsync("m", 2);
        await server.Client.DeleteEndpointAsync("e");
        (await server.Client.GetRolloutAsync(started.Id)).Endpoint.ShouldBe("e");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Active_TheEndpointAndItsVersions_AreHeld(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 3);
        var started = await server.Client.StartRolloutAsync(Rollout(Pause(), Weight(0.5)));

        var put = new PutEndpointRequest { Variants = [new VariantRequest { Name = "a", Model = "m", Version = 3 }] };
        (await server.Client.PutEndpointAsync("e", put).ShouldBeRefusedAsync("rollout_active", 409))
            .Detail!.ShouldContain($"fairlead rollouts abort {started.Id}");
        await server.Client.DeleteEndpointAsync("e").ShouldBeRefusedAsync("rollout_active", 409);
        await server.Client.DeleteVersionAsync("m", 2).ShouldBeRefusedAsync("version_in_use", 409);
        await server.Client.DeleteVersionAsync("m", 3);
        await server.Client.StartRolloutAsync(Rollout(Weight(1))).ShouldBeRefusedAsync("rollout_active", 409);

        (await server.Client.ListRolloutsAsync(new RolloutFilter { Endpoint = "e", Active = true }))
            .Items.ShouldHaveSingleItem().Id.ShouldBe(started.Id);
        (await server.Client.ListRolloutsAsync(new RolloutFilter { Endpoint = "other" })).Items.ShouldBeEmpty();
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Supersede_GoesThroughStableInOneWrite(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 3);
        var first = await server.Client.StartRolloutAsync(Rollout(Weight(0.5), Pause()));
        await UntilAsync(server.Client, first.Id, rollout => rollout is { Step: 2, Followed: true });

        var second = await server.Client.StartRolloutAsync(Rollout(Weight(0.2), Pause()) with
        {
            Candidates = [new CandidateRequest { Version = 3 }],
            Supersede = true,
        });

        (await server.Client.GetRolloutAsync(first.Id)).Phase.ShouldBe("rolled back");
        second.Plan!.StableVersion.ShouldBe("m/1");
        var generations = (await server.Client.ListEndpointHistoryAsync("e")).Items.Take(3)
            .Select(each => string.Join(", ", each.Endpoint!.Variants.Select(arm => $"m/{arm.Version} {arm.Share}")));
        generations.ShouldBe(["m/1 0.8, m/3 0.2", "m/1 1", "m/1 0.5, m/2 0.5"]);
        (await server.Client.ListAuditAsync(new AuditFilter { What = "rollout.supersede" })).Items.Count.ShouldBe(1);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task PauseResumeSkipPromote_DoWhatTheySay(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        var id = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.1), Pause(), Weight(0.2), Pause(), Weight(0.5)) with { Bake = TimeSpan.FromDays(1) })).Id;
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });

        (await server.Client.PauseRolloutAsync(id, "lunch")).Phase.ShouldBe("paused");
        await server.Client.PauseRolloutAsync(id).ShouldBeRefusedAsync("rollout_paused", 409);
        (await server.Client.ResumeRolloutAsync(id)).Phase.ShouldBe("running");
        await server.Client.ResumeRolloutAsync(id).ShouldBeRefusedAsync("rollout_not_paused", 409);
        await server.Client.ApproveRolloutAsync(id).ShouldBeRefusedAsync("nothing_to_approve", 409);
        await server.Client.SkipRolloutStepAsync(id, "").ShouldBeRefusedAsync("reason_needed", 400);
        (await server.Client.SkipRolloutStepAsync(id, "looks well")).Step.ShouldBe(3);
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 4, Followed: true });

        await server.Client.PromoteRolloutAsync(id, "hurry", "nobody").ShouldBeRefusedAsync("unknown_candidate", 409);
        (await server.Client.PromoteRolloutAsync(id, "hurry")).Phase.ShouldBe("baking");
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 0.0, ["candidate"] = 1.0 });
        (await server.Client.GetEndpointAsync("e")).Stable.ShouldBe("candidate");
        (await server.Client.AbortRolloutAsync(id)).Phase.ShouldBe("rolled back");
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 1.0 });
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Edit_ExchangesTheStepsToCome_AndNeverJumps(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 3);
        var id = (await server.Client.StartRolloutAsync(Rollout(Weight(0.1), Pause(), Weight(1)))).Id;
        await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });

        var edited = await server.Client.EditRolloutAsync(id, Rollout(Weight(0.05), Weight(0.2), Pause(), Weight(1)));

        edited.Plan!.Steps.Select(step => step.Text).ShouldBe(
            ["weight 10 %", "pause until somebody continues", "weight 20 %", "pause until somebody continues",
                "weight 100 %"]);
        edited.Step.ShouldBe(2);
        await server.Client.EditRolloutAsync(id, Rollout(Weight(0.01)))
            .ShouldBeRefusedAsync("nothing_to_go_on_with", 409);
        await server.Client.EditRolloutAsync(id, Rollout(Weight(1)) with
        {
            Candidates = [new CandidateRequest { Version = 3 }],
        }).ShouldBeRefusedAsync("other_candidates", 409);
        await server.Client.EditRolloutAsync(id, Rollout(Weight(1)) with { Endpoint = "f" })
            .ShouldBeRefusedAsync("other_endpoint", 400);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Alias_ThatSomebodyMovedMeanwhile_StaysAndIsTold(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 3);
        var id = (await server.Client.StartRolloutAsync(Rollout(Pause(), Weight(1)) with { Alias = "champion" })).Id;
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 3 });

        await server.Client.SkipRolloutStepAsync(id, "go");
        await UntilPhaseAsync(server.Client, id, "succeeded");

        (await server.Client.GetModelAsync("m")).Aliases["champion"].ShouldBe(3);
        (await server.Client.ListRolloutEventsAsync(id)).Items.Single(each => each.Kind == "alias").Text
            .ShouldContain("stays where it is");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Restarted_InTheMiddle_GoesOnWhereItWas(Engine engine)
    {
        var connection = engine == Engine.Postgres ? await postgres.CreateDatabaseAsync() : null;
        var folder = Directory.CreateTempSubdirectory("fairlead-rollouts-").FullName;
        void Configure(ControlPlaneOptions options) =>
            (options.DataFolder, options.PostgresConnection) = (Path.Combine(folder, "data"), connection);

        long id;
        await using (var server = await TestServer.StartAsync(Configure))
        await using (new Follower(server))
        {
            await EndpointAsync(server);
            id = (await server.Client.StartRolloutAsync(
                Rollout(Weight(0.1), Pause(), Weight(0.4), Pause(Moment), Weight(1)))).Id;
            await UntilAsync(server.Client, id, rollout => rollout is { Step: 2, Followed: true });
        }

        await using (var server = await TestServer.StartAsync(Configure))
        await using (new Follower(server))
        {
            (await server.Client.GetRolloutAsync(id)).Step.ShouldBe(2);
            await server.Client.SkipRolloutStepAsync(id, "go on");
            await UntilPhaseAsync(server.Client, id, "succeeded");
            (await server.Client.GetEndpointAsync("e")).Variants.ShouldHaveSingleItem().Version.ShouldBe(2);
        }

        Directory.Delete(folder, recursive: true);
    }
}
