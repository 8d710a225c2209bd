using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class EndpointsTests
{
    [Fact]
    public async Task Create_ByAlias_PinsItsVersionAndRefusesAnExistingName()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit", Things.Model(("champion", 1)))
            .On("PUT /api/v1/endpoints/credit", Things.Endpoint());

        var result = await Line.RunAsync(
            server, "endpoints", "create", "credit", "--model", "credit@champion", "--unit", "field:customer");

        result.ShouldBe(new RunResult(ExitCodes.Ok, "",
            "credit serves generation 3: stable credit/1 90%, canary credit/2 10%.\n"));
        server.Seen[^1].Line.ShouldBe("PUT /api/v1/endpoints/credit?wait=1m");
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["expectedGeneration"]!.GetValue<long>().ShouldBe(0);
        sent["unit"]!.GetValue<string>().ShouldBe("field:customer");
        sent["variants"]![0]!["version"]!.GetValue<int>().ShouldBe(1);
        sent["variants"]![0]!["name"]!.GetValue<string>().ShouldBe("stable");
    }

    [Fact]
    public async Task Create_ThatCannotBePlaced_IsPartlyDoneAndSaysWhy()
    {
        var stuck = Things.Endpoint(serving: 0) with
        {
            Placements = [new PlacementInfo { Replica = "r1", Generation = 3, State = "failed", Why = "no memory" }],
        };
        await using var server = (await FakeServer.StartAsync()).On("PUT /api/v1/endpoints/credit", stuck);

        var result = await Line.RunAsync(server, "endpoints", "create", "credit", "--model", "credit/1");

        result.ExitCode.ShouldBe(ExitCodes.PartlyDone);
        result.Error.ShouldContain("r1 cannot serve generation 3: no memory");
        result.Error.ShouldContain("fairlead endpoints show credit");
    }

    [Fact]
    public async Task Create_WithoutWaiting_IsDoneWhenRecorded()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("PUT /api/v1/endpoints/credit", Things.Endpoint(serving: 0));

        var result = await Line.RunAsync(
            server, "endpoints", "create", "credit", "--model", "credit/1", "--wait", "0", "--json");

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        JsonNode.Parse(result.Out)!["generation"]!.GetValue<long>().ShouldBe(3);
    }

    [Fact]
    public async Task SetWeights_ChangesOnlyTheNamedOnesAndGuardsTheGeneration()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/endpoints/credit", Things.Endpoint())
            .On("PUT /api/v1/endpoints/credit", Things.Endpoint() with { Generation = 4, ServingGeneration = 4 });

        var result = await Line.RunAsync(server, "endpoints", "set-weights", "credit", "canary=50", "--reason", "good");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["expectedGeneration"]!.GetValue<long>().ShouldBe(3);
        sent["reason"]!.GetValue<string>().ShouldBe("good");
        sent["variants"]!.AsArray().Select(variant => (double)variant!["weight"]!).ShouldBe([90, 50]);
    }

    [Fact]
    public async Task ControlGroups_AreShown_AndKeptWhenWeightsMove()
    {
        var endpoint = Things.Endpoint() with
        {
            Variants =
            [
                Things.Endpoint().Variants[0],
                new VariantInfo { Name = "nobody", Answer = "none", Weight = 10, Share = 0.1, Arm = 3 },
            ],
            Holdout = new VariantInfo { Name = "holdout", Model = "credit", Version = 1, Share = 0.05, Arm = 4 },
            Value = new ValueInfo { Metric = "outcome:revenue", Unit = "EUR", LabelDelay = TimeSpan.FromDays(7) },
            Log = new LogInfo { Omit = ["photo"] },
            Windows = false,
        };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/endpoints", new Page<EndpointInfo>([endpoint]))
            .On("GET /api/v1/endpoints/credit", endpoint)
            .On("PUT /api/v1/endpoints/credit", endpoint with { Generation = 4, ServingGeneration = 4 });

        (await Line.RunAsync(server, "endpoints", "list")).Out
            .ShouldContain("stable credit/1 90%, nobody none 10%; holdout credit/1 5%");
        var shown = (await Line.RunAsync(server, "endpoints", "show", "credit")).Out;
        shown.ShouldContain("outcome:revenue EUR");
        shown.ShouldContain("stays out of every rollout");

        var result = await Line.RunAsync(server, "endpoints", "set-weights", "credit", "nobody=50");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["variants"]![1]!["answer"]!.GetValue<string>().ShouldBe("none");
        sent["holdout"]!["share"]!.GetValue<double>().ShouldBe(0.05);
        sent["holdout"]!["version"]!.GetValue<int>().ShouldBe(1);
        sent["value"]!["unit"]!.GetValue<string>().ShouldBe("EUR");
        sent["log"]!["omit"]![0]!.GetValue<string>().ShouldBe("photo");
        sent["windows"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task SetWeights_OfAVariantThatIsNotThere_NamesThoseThatAre()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/endpoints/credit", Things.Endpoint());

        var result = await Line.RunAsync(server, "endpoints", "set-weights", "credit", "new=50");

        result.ShouldBe(new RunResult(ExitCodes.NotFound, "",
            "fairlead: credit has no variant 'new'.\n  It has stable, canary.\n"));
    }

    [Fact]
    public async Task ListShowAndHistory_TellTheTraffic()
    {
        var history = new EndpointHistoryEntry { Generation = 3, Change = "changed", Endpoint = Things.Endpoint() };
        var gone = new EndpointHistoryEntry { Generation = 4, Change = "deleted", Reason = "done" };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/endpoints", new Page<EndpointInfo>([Things.Endpoint()]))
            .On("GET /api/v1/endpoints/credit", Things.Endpoint())
            .On("GET /api/v1/endpoints/credit/history", new Page<EndpointHistoryEntry>([gone, history]));

        var listed = await Line.RunAsync(server, "endpoints", "list");
        var shown = await Line.RunAsync(server, "endpoints", "show", "credit");
        var told = await Line.RunAsync(server, "endpoints", "history", "credit");

        listed.Out.ShouldContain("stable credit/1 90%, canary credit/2 10%");
        shown.Out.ShouldContain("canary   credit/2  10      10%");
        told.Out.ShouldContain("deleted");
    }

    [Fact]
    public async Task Delete_OfAnotherGeneration_IsAConflict()
    {
        await using var server = (await FakeServer.StartAsync())
            .Refuse("DELETE /api/v1/endpoints/credit", 409, "generation_moved", "It is at generation 4.");

        var result = await Line.RunAsync(server, "endpoints", "delete", "credit", "--expected-generation", "3");

        result.ExitCode.ShouldBe(ExitCodes.Conflict);
        server.Seen[^1].Line.ShouldBe("DELETE /api/v1/endpoints/credit?expectedGeneration=3");
    }
}
