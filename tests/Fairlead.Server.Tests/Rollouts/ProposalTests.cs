using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>Wins that people are asked to approve, through the API, and what versions keep of their rollouts.</summary>
public sealed class ProposalTests(PostgresServer postgres)
{
    private const string AdminKey = "proposals-admin-key-0123456789abcdef";

    private static readonly CheckRequest Errors = new() { Name = "errors", Metric = "error_rate", Margin = 0.002 };

    private static SetFigures Figures(double candidate = 0.001) => new()
    {
        Read = (subject, _) => Task.FromResult(SetFigures.Errors(subject, stable: 0.02, candidate)),
    };

    private static RolloutRequest Asking(ProposalRequest? proposal = null) =>
        Rollout(Weight(0.25), new StepRequest { Analyse = new AnalyseStepRequest { Checks = [Errors] } }) with
        {
            Promote = "propose",
            Proposal = proposal,
            Alias = "champion",
        };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Win_IsProposedWithItsNumbers_AndApprovedByItsDigest(Engine engine)
    {
        await using var server = await TestServer.StartAsync(
            engine, postgres, services: services => services.AddSingleton<IRolloutFigures>(Figures()));
        await using var follower = new Follower(server);
        await EndpointAsync(server);
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1 });
        var id = (await server.Client.StartRolloutAsync(Asking())).Id;

        await UntilAsync(server.Client, id, rollout => rollout.Proposal is not null);
        var proposal = (await server.Client.ListProposalsAsync()).Items.ShouldHaveSingleItem();
        (proposal.Rollout, proposal.Status, proposal.Version, proposal.StableVersion, proposal.Needed)
            .ShouldBe((id, "open", "m/2", "m/1", 1));
        (proposal.ExpiresAt - proposal.ProposedAt).ShouldBe(TimeSpan.FromDays(7));
        var evidence = proposal.Evidence.ShouldHaveSingleItem();
        (evidence.Name, evidence.Step, evidence.Verdict, evidence.CandidateValue)
            .ShouldBe(("errors", 2, "pass", 0.001));
        (await server.Client.ListProposalsAsync(new ProposalFilter { Endpoint = "other" })).Items.ShouldBeEmpty();
        (await SharesAsync(server.Client)).ShouldBe(new() { ["stable"] = 0.75, ["candidate"] = 0.25 });
        (await server.Client.GetModelAsync("m")).Aliases["champion"].ShouldBe(1);

        await server.Client.ApproveRolloutAsync(id, digest: "another").ShouldBeRefusedAsync("other_digest", 409);
        await server.Client.ApproveRolloutAsync(id, "the numbers hold", proposal.Digest);
        await UntilPhaseAsync(server.Client, id, "succeeded");

        (await server.Client.GetModelAsync("m")).Aliases["champion"].ShouldBe(2);
        (await server.Client.ListAuditAsync(new AuditFilter { What = "alias.set" })).Items[0].After!.Value
            .GetProperty("evidence").GetProperty("approvedBy").GetString().ShouldBe("local");
        (await server.Client.ListProposalsAsync()).Items.ShouldBeEmpty();
        var decided = (await server.Client.ListProposalsAsync(new ProposalFilter { All = true })).Items[0];
        (decided.Status, decided.DecidedBy).ShouldBe(("approved", "local"));

        var winner = (await server.Client.GetVersionAsync("m", 2)).Rollouts.ShouldHaveSingleItem();
        (winner.Rollout, winner.Role, winner.Outcome, winner.Endpoint).ShouldBe((id, "candidate", "won", "e"));
        winner.Checks.ShouldHaveSingleItem().CandidateValue.ShouldBe(0.001);
        (await server.Client.GetVersionAsync("m", 1)).Rollouts.ShouldHaveSingleItem().Outcome.ShouldBe("replaced");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Losers_KeepWhatTheyLostBy(Engine engine)
    {
        var figures = Figures();
        await using var server = await TestServer.StartAsync(
            engine, postgres, services: services => services.AddSingleton<IRolloutFigures>(figures));
        await using var follower = new Follower(server);
        await EndpointAsync(server, versions: 3);

        var declined = (await server.Client.StartRolloutAsync(Asking())).Id;
        await UntilAsync(server.Client, declined, rollout => rollout.Proposal is not null);
        await server.Client.DeclineRolloutAsync(declined, "").ShouldBeRefusedAsync("reason_needed", 400);
        (await server.Client.DeclineRolloutAsync(declined, "too few units")).Phase.ShouldBe("rolled back");
        await server.Client.DeclineRolloutAsync(declined, "twice").ShouldBeRefusedAsync("rollout_over", 409);
        figures.Read = Figures(candidate: 0.2).Read;
        var failed = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.05), Pause()) with { Guards = null })).Id;
        await UntilPhaseAsync(server.Client, failed, "rolled back");
        var superseded = (await server.Client.StartRolloutAsync(Rollout(Pause(), Weight(1)))).Id;
        var running = (await server.Client.StartRolloutAsync(Rollout(Pause(), Weight(1)) with
        {
            Candidates = [new CandidateRequest { Version = 3 }],
            Supersede = true,
        })).Id;

        var rollouts = (await server.Client.GetVersionAsync("m", 2)).Rollouts;

        rollouts.Select(each => (each.Rollout, each.Outcome)).ShouldBe(
            [(superseded, "superseded"), (failed, "rolled back"), (declined, "declined")]);
        rollouts[2].Why.ShouldBe("local declined the promotion of m/2: too few units");
        var check = rollouts[1].DecidedBy.ShouldNotBeNull();
        (check.Name, check.Verdict, check.StableValue, check.CandidateValue).ShouldBe(("errors", "fail", 0.02, 0.2));
        rollouts[1].DecidedAt.ShouldNotBeNull();
        (await server.Client.GetVersionAsync("m", 3)).Rollouts.ShouldHaveSingleItem().Outcome.ShouldBe("under way");
        (await server.Client.GetVersionAsync("m", 1)).Rollouts.Select(each => each.Outcome)
            .ShouldBe(["under way", "kept", "kept", "kept"]);

        await server.Client.AbortRolloutAsync(running);
        (await server.Client.GetVersionAsync("m", 3)).Rollouts[0].Outcome.ShouldBe("aborted");
    }

    [Fact]
    public async Task Proposals_AreRefusedWhereTheyCannotBeMeant()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);
        Task<RolloutInfo> Start(RolloutRequest request) => server.Client.StartRolloutAsync(request);

        (await Start(Asking(new ProposalRequest { NotByAuthor = true }))
            .ShouldBeRefusedAsync("approval_needs_access", 400)).Field.ShouldBe("proposal");
        await Start(Asking(new ProposalRequest { Count = 0 })).ShouldBeRefusedAsync("invalid_count", 400);
        await Start(Asking(new ProposalRequest { Within = TimeSpan.Zero }))
            .ShouldBeRefusedAsync("invalid_duration", 400);
        await Start(Rollout(Weight(1)) with { Promote = "propose" }).ShouldBeRefusedAsync("nothing_to_propose", 400);
        await Start(Rollout(Weight(1)) with { Promote = "perhaps" }).ShouldBeRefusedAsync("invalid_promotion", 400);
        await Start(Rollout(Weight(1)) with { Proposal = new ProposalRequest() })
            .ShouldBeRefusedAsync("proposal_option", 400);

        var challenger = await server.Client.PlanRolloutAsync("endpoint: e\ncandidates: [{version: 2}]\n"
            + "strategy: champion-challenger\noptions: {checks: [{name: errors, metric: error_rate, margin: 0.01}]}\n"
            + "promote: propose\nproposal: {within: 3d}\n");
        challenger.Steps.Select(step => step.Text).ShouldBe(
            ["weight 10 %", "analyse errors for 10 min", "propose the winner and wait for 1 approval, within 3 d"]);
    }

    [Fact]
    public async Task SecondPerson_IsAnotherKey_AndProposalsAreShownToThoseWhoMaySeeTheEndpoint()
    {
        await using var server = await TestServer.StartAsync(
            options => options.AdminKey = AdminKey, services => services.AddSingleton<IRolloutFigures>(Figures()));
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
        await using var follower = new Follower(server);

        var id = (await ann.StartRolloutAsync(
            Asking(new ProposalRequest { NotByAuthor = true }) with { Alias = null })).Id;
        await UntilAsync(admin, id, rollout => rollout.Proposal is not null);

        (await viewer.ListProposalsAsync()).Items.ShouldHaveSingleItem().NotByAuthor.ShouldBeTrue();
        (await stranger.ListProposalsAsync()).Items.ShouldBeEmpty();
        (await stranger.GetVersionAsync("m", 2)).Rollouts.ShouldBeEmpty();
        await viewer.DeclineRolloutAsync(id, "no").ShouldBeRefusedAsync("forbidden", 403);
        await stranger.DeclineRolloutAsync(id, "no").ShouldBeRefusedAsync("forbidden", 403);
        await ann.ApproveRolloutAsync(id).ShouldBeRefusedAsync("approval_by_author", 409);
        await bob.ApproveRolloutAsync(id, "read it");
        await UntilPhaseAsync(admin, id, "succeeded");
    }
}
