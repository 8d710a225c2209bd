using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using Microsoft.AspNetCore.Http;
using ParquetSharp;

namespace Fairlead.Cli.Tests;

public sealed class OutcomesTests
{
    private const string Report = "POST /api/v1/outcomes";

    [Fact]
    public async Task Send_OfOne_SaysWhatTurnedOut()
    {
        await using var server = (await FakeServer.StartAsync()).On(Report, new OutcomesResult { Accepted = 1 });

        var result = await Line.RunAsync(
            server, "outcomes", "send", "--prediction", "AQE", "--name", "click", "--value", "1");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Body.ShouldBe("""{"outcomes":[{"predictionId":"AQE","name":"click","value":1}]}""");
        result.Out.ShouldContain("matched                               1");
    }

    [Theory]
    [InlineData("predictionId,value,label\nA,1,\nB,,good\n")]
    [InlineData("{\"predictionId\":\"A\",\"value\":1}\n{\"predictionId\":\"B\",\"label\":\"good\"}\n")]
    public async Task Send_OfAFile_GivesTheNameToAll(string content)
    {
        await using var server = (await FakeServer.StartAsync())
            .On(Report, new OutcomesResult { Accepted = 1, Unchanged = 1 });

        var result = await Line.RunAsync(
            ["outcomes", "send", "--file", "-", "--name", "label"], server.Address, content);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen[^1].Body)!["outcomes"]!.AsArray();
        sent.Select(each => (string?)each!["predictionId"]).ShouldBe(["A", "B"]);
        sent.Select(each => (string?)each!["name"]).ShouldBe(["label", "label"]);
        ((double)sent[0]!["value"]!, (string?)sent[1]!["label"]).ShouldBe((1.0, "good"));
    }

    [Fact]
    public async Task Send_OfAParquetFile_SendsItsRowsAndLeavesOutWhatIsMissing()
    {
        using var scratch = new Scratch();
        var path = Path.Combine(scratch.Folder, "outcomes.parquet");
        Column[] columns =
        [
            new Column<string>("predictionId"), new Column<string>("name"), new Column<double?>("value"),
            new Column<string>("label"),
        ];
        using (var file = new ParquetFileWriter(path, columns))
        {
            using (var group = file.AppendRowGroup())
            {
                using (var ids = group.NextColumn().LogicalWriter<string>())
                    ids.WriteBatch(["A", "B", "C"]);
                using (var names = group.NextColumn().LogicalWriter<string>())
                    names.WriteBatch(["revenue", "revenue", "label"]);
                using (var values = group.NextColumn().LogicalWriter<double?>())
                    values.WriteBatch([12.5, -3, null]);
                using (var labels = group.NextColumn().LogicalWriter<string?>())
                    labels.WriteBatch([null, null, "good"]);
            }

            file.Close();
        }

        await using var server = (await FakeServer.StartAsync()).On(Report, new OutcomesResult { Accepted = 3 });

        var result = await Line.RunAsync(server, "outcomes", "send", "--file", path);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Body.ShouldBe("""{"outcomes":[{"predictionId":"A","name":"revenue","value":12.5},"""
            + """{"predictionId":"B","name":"revenue","value":-3},"""
            + """{"predictionId":"C","name":"label","label":"good"}]}""");
    }

    [Fact]
    public async Task Send_InBatches_AddsUpAndNamesTheRefusedRows()
    {
        var requests = 0;
        await using var server = (await FakeServer.StartAsync()).On(Report, async (context, body) =>
        {
            var count = JsonNode.Parse(body)!["outcomes"]!.AsArray().Count;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(FakeServer.Json(new OutcomesResult
            {
                Accepted = count - 1,
                Refused = [new RefusedOutcome
                {
                    Index = ++requests, Code = "unknown_prediction", Message = "not ours",
                }],
            }));
        });
        var content = "predictionId,name,value\n"
            + string.Concat(Enumerable.Range(0, 700).Select(i => $"p{i},click,{i % 2}\n"));

        var result = await Line.RunAsync(["outcomes", "send", "--file", "-"], server.Address, content);

        result.ExitCode.ShouldBe(ExitCodes.PartlyDone);
        requests.ShouldBe(2);
        result.Out.ShouldContain("698");
        result.Out.ShouldContain("refused: unknown_prediction");
        result.Error.ShouldContain("row 2: not ours");
        result.Error.ShouldContain("row 503: not ours");
    }

    [Theory]
    [InlineData("predictionId,value\nA,1\n", "row 1 has no name; give one to all with --name.")]
    [InlineData("{\"id\":\"A\"}", "there is no field 'id'; outcomes have predictionId")]
    [InlineData("{\"name\":\"a\",\"value\":\"x\"}", "row 1: $.value is not what it should be.")]
    [InlineData("predictionId,value\n", "there are no outcomes to send.")]
    public async Task Send_OfAFaultyFile_SaysWhere(string content, string said)
    {
        await using var server = (await FakeServer.StartAsync()).On(Report, new OutcomesResult());

        var result = await Line.RunAsync(["outcomes", "send", "--file", "-"], server.Address, content);

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain(said);
    }

    [Theory]
    [InlineData("--row", "1")]
    [InlineData("--at", "2026-01-01T00:00:00Z")]
    public async Task Send_OfAFile_TakesNoOptionThatTheFileSays(string option, string value)
    {
        await using var server = (await FakeServer.StartAsync()).On(Report, new OutcomesResult());

        var result = await Line.RunAsync(
            ["outcomes", "send", "--file", "-", "--name", "label", option, value], server.Address, "predictionId\nA\n");

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain($"what {option} would say stands in the file");
        server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Show_TellsCountsAndDelaysOfAnEndpoint()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/outcomes", new OutcomesInfo
        {
            Endpoints =
            [
                new OutcomeSummary
                {
                    Endpoint = "credit", Name = "label", Joined = 90, Unmatched = 10, MeanDelaySeconds = 125,
                    Delays = [new(TimeSpan.FromMinutes(1), 60), new(null, 40)],
                },
                new OutcomeSummary { Endpoint = "other", Name = "click" },
            ],
            Results = new Dictionary<string, long> { ["matched"] = 90, ["forged"] = 3 },
        });

        var result = await Line.RunAsync(server, "outcomes", "show", "credit");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("credit    label    90      10         125s");
        result.Out.ShouldContain("1m: 60, longer: 40");
        result.Out.ShouldContain("forged");
        result.Out.ShouldNotContain("click");
    }
}
