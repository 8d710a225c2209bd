using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests;

public sealed class ApplyTests(PostgresServer postgres)
{
    private const string Both = """
        # the endpoint comes first on purpose: it uses an alias that the model's document makes
        kind: Endpoint
        name: credit
        unit: header:X-User
        limits: {maxInFlight: 10, timeout: 1.5s}
        variants:
          - name: stable
            model: m
            alias: champion
            weight: 90
            batching:
              maxRows: 8
              maxDelay: 2ms
        ---
        kind: Model
        name: m
        description: "no"
        tags:
          team: risk
        aliases:
          champion: 1
        """;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Apply_MakesEverything_ThenChangesNothing(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        var dry = await server.Client.ApplyAsync(Both, dryRun: true);
        dry.Documents.Select(each => each.Outcome).ShouldBe(["created", "changed"]);
        (await server.Client.ListEndpointsAsync()).Items.ShouldBeEmpty();

        var first = await server.Client.ApplyAsync(Both, reason: "set up");
        first.Documents.Select(each => (each.Kind, each.Outcome, each.Generation))
            .ShouldBe([("Endpoint", "created", 1L), ("Model", "changed", null)]);
        var endpoint = await server.Client.GetEndpointAsync("credit");
        endpoint.Limits.Timeout.ShouldBe(TimeSpan.FromSeconds(1.5));
        endpoint.Variants[0].Batching.MaxDelay.ShouldBe(TimeSpan.FromMilliseconds(2));

        var second = await server.Client.ApplyAsync(Both);
        second.Documents.ShouldAllBe(each => each.Outcome == "unchanged" && each.Differences.Count == 0);
    }

    [Fact]
    public async Task Apply_AChange_SaysWhichFieldsDiffer()
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        await server.Client.ApplyAsync(Both);

        var changed = await server.Client.ApplyAsync(
            Both.Replace("weight: 90", "weight: 80", StringComparison.Ordinal)
                .Replace("team: risk", "group: risk", StringComparison.Ordinal), dryRun: true);

        var weight = changed.Documents[0].Differences.ShouldHaveSingleItem();
        (weight.Path, weight.Before!.Value.GetDouble(), weight.After!.Value.GetDouble())
            .ShouldBe(("variants[stable].weight", 90, 80));
        changed.Documents[1].Differences.Select(each => (each.Path, each.Before is null, each.After is null))
            .ShouldBe([("tags.team", false, true), ("tags.group", true, false)]);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Apply_WithOneFault_KeepsNothingAndTellsAll(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        var problem = await server.Client.ApplyAsync($"""
            {Both}
            ---
            kind: Endpoint
            name: other
            variants: [{"{"}name: a, model: m, version: 7{"}"}]
            ---
            kind: Model
            name: m2
            aliases: {"{"}x: 1{"}"}
            """).ShouldBeRefusedAsync("version_not_found", 404);

        problem.Errors.Select(error => error.Field)
            .ShouldBe(["documents[3]", "documents[2].variants[0].version"], ignoreOrder: true);
        (await server.Client.ListEndpointsAsync()).Items.ShouldBeEmpty();
        (await server.Client.GetModelAsync("m")).Aliases.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("kind: Pipeline\nname: x", "unknown_kind")]
    [InlineData("name: x", "missing_field")]
    [InlineData("kind: Endpoint\nname: x\nvariants: []\nwieght: 3", "unknown_field")]
    [InlineData("kind: Endpoint\nname: x\nvariants: [{name: a, model: m, version: one}]", "invalid_json")]
    [InlineData("kind: Endpoint\nname: x\nlimits: {timeout: 5}\nvariants: []", "invalid_json")]
    [InlineData("kind: Model\nname: x\nname: y", "duplicate_field")]
    [InlineData("kind: Model\nname: x\ntags: {a: 1, a: 2}", "duplicate_field")]
    [InlineData("kind: Model\nname: &n x\ndescription: *n", "invalid_document")]
    [InlineData("kind: [unclosed", "invalid_document")]
    [InlineData("kind: Model\nname: m\naliases: {cham\npion: 2}\n", "invalid_document")]
    [InlineData("", "invalid_document")]
    [InlineData("just text", "invalid_document")]
    [InlineData("kind: Model\nname: 'a/b'", "invalid_name")]
    public async Task Apply_ABadDocument_IsRefusedWithItsCode(string document, string code)
    {
        await using var server = await TestServer.StartAsync();

        await server.Client.ApplyAsync(document).ShouldBeRefusedAsync(code, 400);
    }

    [Fact]
    public async Task Apply_DeepNesting_IsRefused()
    {
        await using var server = await TestServer.StartAsync();

        await server.Client.ApplyAsync(new string('[', 20_000)).ShouldBeRefusedAsync("invalid_document", 400);
    }
}
