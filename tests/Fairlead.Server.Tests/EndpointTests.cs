using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Routing;

namespace Fairlead.Server.Tests;

public sealed class EndpointTests(PostgresServer postgres)
{
    private static VariantRequest Variant(string name, int version, double weight = 1) =>
        new() { Name = name, Model = "m", Version = version, Weight = weight };

    private static PutEndpointRequest Put(params VariantRequest[] variants) => new() { Variants = variants };

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Put_CreatesThenChanges_CountingGenerations(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        await server.RegisterAsync("m");

        var created = await server.Client.PutEndpointAsync("credit", Put(Variant("stable", 1)));
        var again = await server.Client.PutEndpointAsync("credit", Put(Variant("stable", 1)));
        var changed = await server.Client.PutEndpointAsync(
            "credit",
            Put(Variant("stable", 1, 3), Variant("canary", 2)) with { Reason = "try it", Unit = "header:X-User" });

        (created.Generation, again.Generation, changed.Generation).ShouldBe((1, 1, 2));
        changed.Variants.Select(variant => variant.Arm).ShouldBe([1, 2]);
        changed.Variants.Select(variant => variant.Share).ShouldBe([0.75, 0.25]);
        changed.Stable.ShouldBe("stable");

        (await server.Client.ListEndpointHistoryAsync("credit", at: DateTimeOffset.UnixEpoch)).Items.ShouldBeEmpty();
        (await server.Client.ListEndpointHistoryAsync("creddit", at: DateTimeOffset.UtcNow)
            .ShouldBeRefusedAsync("endpoint_not_found", 404)).Detail!.ShouldContain("there are credit.");
        var history = await server.Client.ListEndpointHistoryAsync("credit");
        history.Items.Select(entry => (entry.Generation, entry.Change)).ShouldBe([(2, "changed"), (1, "created")]);
        history.Items[0].Reason.ShouldBe("try it");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Put_ArmNumbers_AreGivenForEver(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        await server.Client.PutEndpointAsync("e", Put(Variant("a", 1), Variant("b", 1)));
        await server.Client.PutEndpointAsync("e", Put(Variant("c", 1)));
        var back = await server.Client.PutEndpointAsync("e", Put(Variant("b", 1), Variant("d", 1), Variant("a", 1)));

        back.Variants.Select(variant => (variant.Name, variant.Arm)).ShouldBe([("b", 2), ("d", 4), ("a", 1)]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Put_ExpectingAnotherGeneration_IsRefusedWithThePresentOne(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        await server.Client.PutEndpointAsync("e", Put(Variant("a", 1)) with { ExpectedGeneration = 0 });

        var problem = await server.Client
            .PutEndpointAsync("e", Put(Variant("b", 1)) with { ExpectedGeneration = 0 })
            .ShouldBeRefusedAsync("generation_moved", 409);

        problem.Present!.Value.GetInt64().ShouldBe(1);
        problem.Field.ShouldBe("expectedGeneration");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Delete_ThenCreateAnew_GoesOnWithTheGenerationsAndAnotherNumber(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        var first = await server.Client.PutEndpointAsync("e", Put(Variant("a", 1)));

        await server.Client.DeleteEndpointAsync("e", reason: "gone");
        await server.Client.GetEndpointAsync("e").ShouldBeRefusedAsync("endpoint_not_found", 404);
        var second = await server.Client.PutEndpointAsync("e", Put(Variant("a", 1)));

        second.Number.ShouldNotBe(first.Number);
        second.Generation.ShouldBe(3);
        (await server.Client.ListEndpointHistoryAsync("e")).Items.Select(entry => entry.Change)
            .ShouldBe(["created", "deleted", "created"]);
    }

    [Fact]
    public async Task Put_WithFaults_TellsAllOfThem()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");

        var unresolved = Put(
            Variant("a", 9),
            new VariantRequest { Name = "b", Model = "m" },
            new VariantRequest { Name = "c", Model = "m", Alias = "nope" });
        var unknown = await server.Client.PutEndpointAsync("e", unresolved)
            .ShouldBeRefusedAsync("unknown_version", 400);
        unknown.Errors.Select(error => error.Code).ShouldBe(["unknown_version", "version_or_alias", "unknown_alias"]);
        unknown.Errors.Select(error => error.Field)
            .ShouldBe(["variants[0].version", "variants[1]", "variants[2].alias"]);

        var contradictory = Put(Variant("a", 1, -1) with { ThreadsPerRun = -2 }, Variant("a", 1));
        var invalid = await server.Client.PutEndpointAsync("e", contradictory with { Stable = "z" })
            .ShouldBeRefusedAsync("unknown_stable", 400);
        invalid.Errors.Select(error => error.Code)
            .ShouldBe(["unknown_stable", "invalid_weight", "invalid_threads", "duplicate_variant"], ignoreOrder: true);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task DeleteVersion_ThatAnEndpointUses_IsRefusedNamingIt(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        await server.RegisterAsync("m");
        await server.Client.PutEndpointAsync("e", Put(Variant("a", 1)));

        (await server.Client.DeleteVersionAsync("m", 1).ShouldBeRefusedAsync("version_in_use", 409))
            .Detail!.ShouldContain("'e'");
        await server.Client.DeleteModelAsync("m").ShouldBeRefusedAsync("version_in_use", 409);
        await server.Client.PutEndpointAsync("e", Put(Variant("a", 2)));
        await server.Client.DeleteVersionAsync("m", 1);
    }

    [Fact]
    public async Task Put_ByAlias_StaysOnTheVersionWhenTheAliasMoves()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        await server.RegisterAsync("m", "single");
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 2 });

        var endpoint = await server.Client.PutEndpointAsync(
            "e", Put(new VariantRequest { Name = "a", Model = "m", Alias = "champion" }));
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1, Expected = 2 });

        endpoint.Variants[0].Version.ShouldBe(2);
        endpoint.Variants[0].Notes.ShouldBe(["batching off: the answers differ"]);
        (await server.Client.GetEndpointAsync("e")).Variants[0].Version.ShouldBe(2);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Put_Waiting_ReturnsOnceThisReplicaServesIt(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        var snapshot = await server.Feed.ReadAsync(CancellationToken.None);

        var put = server.Client.PutEndpointAsync("e", Put(Variant("a", 1)), TimeSpan.FromSeconds(20));
        await server.Feed.WaitForChangeAsync(snapshot.Revision, CancellationToken.None);
        var routed = (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.ShouldHaveSingleItem();
        routed.Versions.ShouldHaveSingleItem().Manifest.Components[0].Entry.ShouldBe("model.onnx");
        put.IsCompleted.ShouldBeFalse();
        await server.Feed.AcknowledgeAsync(
            new PlacementReport(routed.Spec.Name, 1, PlacementState.Serving), CancellationToken.None);

        var answered = await put;
        answered.ServingGeneration.ShouldBe(1);
        answered.Placements.ShouldHaveSingleItem().State.ShouldBe("serving");
    }

    [Fact]
    public async Task Put_Waiting_ReturnsTheReasonWhenPlacingFails()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");

        var put = server.Client.PutEndpointAsync("e", Put(Variant("a", 1)), TimeSpan.FromSeconds(20));
        await server.Feed.AcknowledgeAsync(
            new PlacementReport(EndpointName.Parse("e"), 1, PlacementState.Failed, "no memory"),
            CancellationToken.None);

        (await put).Placements.ShouldHaveSingleItem().Why.ShouldBe("no memory");
    }

    [Fact]
    public async Task TwoReplicas_SeeEachOthersChangesAndPlacements()
    {
        var connection = await postgres.CreateDatabaseAsync();
        var artifacts = Directory.CreateTempSubdirectory("fairlead-artifacts-");
        void Configure(ControlPlaneOptions options)
        {
            options.PostgresConnection = connection;
            options.ArtifactFolder = artifacts.FullName;
        }

        await using var one = await TestServer.StartAsync(Configure);
        await using var two = await TestServer.StartAsync(Configure);
        var seen = (await two.Feed.ReadAsync(CancellationToken.None)).Revision;

        await one.RegisterAsync("m");
        await one.Client.PutEndpointAsync("e", Put(Variant("a", 1)));
        await two.Feed.WaitForChangeAsync(seen, CancellationToken.None);
        (await two.Feed.ReadAsync(CancellationToken.None)).Endpoints.Length.ShouldBe(1);
        await two.Feed.AcknowledgeAsync(
            new PlacementReport(EndpointName.Parse("e"), 1, PlacementState.Serving), CancellationToken.None);

        var shown = await one.Client.GetEndpointAsync("e");
        shown.Placements.Count.ShouldBe(2);
        shown.Placements.Count(each => each is { State: "serving", Live: true }).ShouldBe(1);
        shown.ServingGeneration.ShouldBe(0);
        (await one.Client.GetStatusAsync()).Replicas.Count.ShouldBe(2);
        artifacts.Delete(recursive: true);
    }
}
