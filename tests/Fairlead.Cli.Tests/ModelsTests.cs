using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class ModelsTests
{
    [Fact]
    public async Task List_ToAPipe_IsAlignedTextWithoutDecoration()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models", new Page<ModelInfo>([Things.Model(("champion", 2), ("beta", 1))]));

        var result = await Line.RunAsync(server, "models", "list");

        result.ShouldBe(new RunResult(ExitCodes.Ok, """
            model   versions  latest  aliases             changed               description
            credit  2         2       beta=1, champion=2  2026-03-01 12:00:00Z  Default risk

            """.ReplaceLineEndings("\n"), ""));
    }

    [Fact]
    public async Task List_OnATerminal_DrawsATable()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models", new Page<ModelInfo>([Things.Model()]));

        var result = await Line.RunAsync(["models", "list"], server.Address, person: true);

        result.Out.ShouldContain("╭");
        result.Out.ShouldContain("credit");
        result.Out.ShouldNotContain('\e');
    }

    [Fact]
    public async Task List_WithColours_UsesThemOnATerminalOnly()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models", new Page<ModelInfo>([Things.Model()]));

        var person = await Line.RunAsync(["models", "list"], server.Address, person: true, colours: true);
        var pipe = await Line.RunAsync(["models", "list"], server.Address, person: false, colours: true);

        person.Out.ShouldContain('\e');
        pipe.Out.ShouldNotContain('\e');
    }

    [Fact]
    public async Task List_TextThatWouldSteerATerminal_IsMadeHarmless()
    {
        var model = Things.Model() with { Description = "red\e[31m\nline" };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models", new Page<ModelInfo>([model]));

        var result = await Line.RunAsync(server, "models", "list");

        result.Out.ShouldContain("red\uFFFD[31m line");
    }

    [Fact]
    public async Task List_OfSeveralPages_IsOneDocument()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models", async (context, _) =>
        {
            var second = context.Request.Query["pageToken"] == "next";
            var page = new Page<ModelInfo>([Things.Model() with { Name = second ? "b" : "a" }], second ? null : "next");
            context.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response, FakeServer.Json(page));
        });

        var result = await Line.RunAsync(server, "models", "list", "--json");

        var items = JsonNode.Parse(result.Out)!["items"]!.AsArray();
        items.Select(item => (string)item!["name"]!).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task Show_OfAVersion_TellsWhatItTakes()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit", Things.Model(("champion", 2)))
            .On("GET /api/v1/models/credit/versions/2", Things.Version());

        var result = await Line.RunAsync(server, "models", "show", "credit@champion");

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        result.Out.ShouldContain("credit/2");
        result.Out.ShouldContain("input (optional)  foreign  BOOL   [?, 1]");
        result.Out.ShouldContain("auc=0.79");
    }

    [Fact]
    public async Task Show_OfAVersion_TellsWhatBecameOfItInRolloutsAndByWhichNumbers()
    {
        var version = Things.Version();
        version.Rollouts =
        [
            new VersionRolloutInfo
            {
                Rollout = 7,
                Endpoint = "credit",
                Role = "candidate",
                Outcome = "rolled back",
                DecidedAt = Things.Noon,
                Why = "guard 'errors': 5 % is above 2 %",
                DecidedBy = new RolloutCheckInfo
                {
                    Name = "errors", Candidate = "candidate", Verdict = "fail", Estimate = 0.03, Low = 0.01,
                },
            },
        ];
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models/credit/versions/2", version);

        var result = await Line.RunAsync(server, "models", "show", "credit/2");

        result.Out.ShouldContain("7        credit    candidate  rolled back");
        result.Out.ShouldContain("errors  0.03 [0.01, inf]  guard 'errors': 5 % is above 2 %");
    }

    [Fact]
    public async Task Show_OfAnUnknownAlias_IsNotFoundAndNamesTheOthers()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit", Things.Model(("champion", 2)));

        var result = await Line.RunAsync(server, "models", "show", "credit@best");

        result.ShouldBe(new RunResult(ExitCodes.NotFound, "",
            "fairlead: the model 'credit' has no alias 'best'.\n  It has champion.\n"));
    }

    [Fact]
    public async Task Alias_WithoutExpectation_MovesFromWhereItPointsNow()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit", Things.Model(("champion", 1)))
            .On("PUT /api/v1/models/credit/aliases/champion", new AliasInfo("credit", "champion", 2));

        var result = await Line.RunAsync(server, "models", "alias", "credit", "champion", "2", "--reason", "better");

        result.ShouldBe(new RunResult(ExitCodes.Ok, "", "credit@champion points to credit/2 (was credit/1).\n"));
        server.Seen[^1].Body.ShouldBe("""{"version":2,"expected":1,"reason":"better"}""");
    }

    [Fact]
    public async Task Alias_ThatMovedMeanwhile_IsAConflict()
    {
        await using var server = (await FakeServer.StartAsync()).Refuse(
            "PUT /api/v1/models/credit/aliases/champion", 409, "alias_moved", "It points to version 3.");

        var result = await Line.RunAsync(server, "models", "alias", "credit", "champion", "2", "--expected", "1");

        result.ShouldBe(new RunResult(ExitCodes.Conflict, "", "fairlead: It points to version 3. (alias_moved)\n"));
    }

    [Fact]
    public async Task Tag_SetsAndRemoves()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("PATCH /api/v1/models/credit/versions/2", Things.Version());

        var result = await Line.RunAsync(server, "models", "tag", "credit/2", "a=1", "b=x=y", "--remove", "c");

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        server.Seen[^1].Body.ShouldBe("""{"tags":{"a":"1","b":"x=y","c":null}}""");
    }

    [Fact]
    public async Task Delete_OfAWholeModel_MustBeSaid()
    {
        await using var server = (await FakeServer.StartAsync()).Text("DELETE /api/v1/models/credit", "{}");

        var careless = await Line.RunAsync(server, "models", "delete", "credit");
        var meant = await Line.RunAsync(server, "models", "delete", "credit", "--all-versions", "--json");

        careless.ExitCode.ShouldBe(ExitCodes.Usage);
        JsonNode.Parse(meant.Out)!["subject"]!.GetValue<string>().ShouldBe("credit");
        server.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Collect_DryRun_AsksForNothingMore()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /api/v1/garbage-collection",
            new GarbageCollectionInfo { DryRun = true, Artifacts = 2, Bytes = 3_400_000, Digests = ["aa", "bb"] });

        var result = await Line.RunAsync(server, "models", "gc", "--dry-run");

        result.ShouldBe(new RunResult(ExitCodes.Ok, "aa\nbb\n", "Would remove 2 files, 3.4 MB.\n"));
        server.Seen[^1].Line.ShouldBe("POST /api/v1/garbage-collection?dryRun=true");
    }

    [Fact]
    public async Task Release_OfAVersionThatIsFree_SaysSo()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/models/credit/versions/2/release", new ReleaseInfo("credit", 2, WasQuarantined: false));

        var result = await Line.RunAsync(server, "models", "release", "credit/2");

        result.ShouldBe(new RunResult(ExitCodes.Ok, "", "credit/2 was not quarantined.\n"));
    }
}
