using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Cli.Tests;

public sealed class PredictionsTests
{
    private const string Query = "POST /api/v1/predictions/query";

    private static QueriedPredictions Answer(string rows) => new()
    {
        Columns = [new("arm", "Varchar"), new("n", "BigInt")],
        Rows = JsonDocument.Parse(rows).RootElement,
        Truncated = true,
    };

    [Fact]
    public async Task Query_SendsTheWordsAsTheyAre_AndShowsATable()
    {
        await using var server = (await FakeServer.StartAsync()).On(Query, Answer("[[\"a\",3],[null,1]]"));

        var result = await Line.RunAsync(
            server, "predictions", "query", "credit", "spam", "select arm, count(*) n from credit", "--max-rows", "2");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["endpoints"]!.ToJsonString().ShouldBe("[\"credit\",\"spam\"]");
        ((string?)sent["sql"], (int?)sent["maxRows"]).ShouldBe(("select arm, count(*) n from credit", 2));
        result.Out.ShouldContain("a    3");
        result.Error.ShouldContain("more than these 2 rows");
    }

    [Fact]
    public async Task Query_OfBrokenSql_SaysTheServersSentence()
    {
        await using var server = (await FakeServer.StartAsync())
            .Refuse(Query, 400, "invalid_sql", "Parser Error: syntax error at or near \"selec\"");

        var result = await Line.RunAsync(server, "predictions", "query", "selec");

        result.ExitCode.ShouldBe(ExitCodes.Refused);
        result.Error.ShouldContain("Parser Error");
    }

    [Fact]
    public async Task Show_QuotesWhatItAsksFor_AndKnowsWhenThereIsNone()
    {
        await using var server = (await FakeServer.StartAsync()).On(Query, Answer("[]"));

        var result = await Line.RunAsync(server, "predictions", "show", "it's", "--endpoint", "a\"b");

        result.ExitCode.ShouldBe(ExitCodes.NotFound);
        ((string?)JsonNode.Parse(server.Seen[^1].Body)!["sql"]).ShouldBe(
            "SELECT * FROM \"a\"\"b\" WHERE prediction_id = 'it''s' ORDER BY row");
    }

    [Fact]
    public async Task Export_WritesTheFile_OrNone()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "GET /api/v1/endpoints/credit/predictions", (context, _) => context.Response.WriteAsync("a,b\n"));
        var folder = Directory.CreateTempSubdirectory("fairlead-export-").FullName;
        var file = Path.Combine(folder, "x.csv");

        var result = await Line.RunAsync(
            server, "predictions", "export", "credit", "--format", "csv", "--file", file, "--from", "2026-01-02");
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Line.ShouldStartWith("GET /api/v1/endpoints/credit/predictions?format=csv&from=2026-01-02T");
        (await File.ReadAllTextAsync(file)).ShouldBe("a,b\n");

        var missing = Path.Combine(folder, "y.csv");
        (await Line.RunAsync(server, "predictions", "export", "none", "--file", missing)).ExitCode
            .ShouldBe(ExitCodes.NotFound);
        File.Exists(missing).ShouldBeFalse();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Forget_AsksForAReason_AndTellsWhatWent()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "POST /api/v1/endpoints/credit/predictions/forget",
            new ForgottenPredictions { Id = 7, Subject = "abc", Rows = 3, Outcomes = 2 });

        (await Line.RunAsync(server, "predictions", "forget", "credit", "--subject", "4711")).ExitCode
            .ShouldBe(ExitCodes.Usage);
        var result = await Line.RunAsync(
            server, "predictions", "forget", "credit", "--subject", "4711", "--reason", "asked");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Body.ShouldBe("""{"subject":"4711","reason":"asked"}""");
        result.Out.ShouldContain("rows removed");
        result.Out.ShouldNotContain("4711");
    }
}
