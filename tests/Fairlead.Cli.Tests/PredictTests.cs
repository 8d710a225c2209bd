using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;

namespace Fairlead.Cli.Tests;

public sealed class PredictTests
{
    private const string Predict = "POST /api/v1/endpoints/credit/predict";

    [Fact]
    public async Task Row_TakesItsTypesFromTheModel()
    {
        await using var server = await Ready(rows: 1);

        var result = await Line.RunAsync(server, "predict", "credit",
            "--row", "amount=1200.50,months=12,purpose=\"car, used\",foreign=true");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Body.ShouldBe(
            """{"rows":[{"amount":1200.50,"months":12,"purpose":"car, used","foreign":true}]}""");
    }

    [Fact]
    public async Task Row_AsJson_IsSentAsItIsWithoutAskingForTypes()
    {
        await using var server = await Ready(rows: 1);

        await Line.RunAsync(server, "predict", "credit", "--row", """{"amount": "12", "extra": [1, 2]}""");

        server.Seen.Single().Body.ShouldBe("""{"rows":[{"amount":"12","extra":[1,2]}]}""");
    }

    [Fact]
    public async Task Csv_IsTypedAndEmptyCellsAreNull()
    {
        using var scratch = new Scratch();
        await using var server = await Ready(rows: 2);
        var file = scratch.File("rows.csv", "amount,months,purpose,label\r\n1,2,\"a \"\"b\"\"\",1\r\n,,3,0\r\n");

        var result = await Line.RunAsync(server, "predict", "credit", "--file", file);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Error.ShouldBe("Left out, as the model does not take them: label.\n");
        JsonNode.DeepEquals(JsonNode.Parse(server.Seen[^1].Body), JsonNode.Parse("""
            {"rows": [{"amount": 1, "months": 2, "purpose": "a \"b\""},
                      {"amount": null, "months": null, "purpose": "3"}]}
            """)).ShouldBeTrue(server.Seen[^1].Body);
    }

    [Theory]
    [InlineData("amount,months\nx,1", "line 2: 'x' is no value for the field 'amount', which is FP32.")]
    [InlineData("amount,months\n1,1.5", "line 2: '1.5' is no value for the field 'months', which is INT64.")]
    [InlineData("amount,months\n1,2\n\n1", "line 4 has 1 fields, the heading has 2.")]
    [InlineData("amount,amount\n1,2", "line 1: two columns are named 'amount'.")]
    [InlineData("x,y\n1,2", "line 1: none of the columns is a field of the model")]
    [InlineData("amount\n\"1", "line 2: a quoted field is not closed.")]
    [InlineData("", "there are no rows to read.")]
    [InlineData("amount", "there are no rows to ask about.")]
    [InlineData("[{\"a\": 1}, 2]", "row 2 is no JSON object.")]
    [InlineData("{\"a\": 1}\n{\"a\"", "the JSON is broken after row 1")]
    public async Task FaultsInTheRows_NameTheirPlace(string input, string said)
    {
        await using var server = await Ready(rows: 1);

        var result = await Line.RunAsync(["predict", "credit", "--file", "-"], server.Address, input);

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain(said);
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}]")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n")]
    [InlineData(" \n{\"rows\":[{\"a\":1},{\"a\":2}]}")]
    [InlineData("\uFEFF[{\"a\":1},{\"a\":2}]")]
    public async Task Json_IsReadInEveryForm(string input)
    {
        await using var server = await Ready(rows: 2);

        var result = await Line.RunAsync(["predict", "credit", "--file", "-"], server.Address, input);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen.Single().Body.ShouldBe("""{"rows":[{"a":1},{"a":2}]}""");
    }

    [Fact]
    public async Task Output_Csv_HasALineARow()
    {
        await using var server = await Ready(rows: 2);

        var result = await Line.RunAsync(server, "predict", "credit", "--row", "amount=1", "--row", "amount=2");

        result.Out.ShouldBe("""
            label,scores,model,version,arm,predictionId
            0,"[0.25,0]",credit,1,stable,id1
            1,"[0.25,1]",credit,1,stable,id1

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task Output_Table_IsForPeople()
    {
        await using var server = await Ready(rows: 1);

        var result = await Line.RunAsync(
            ["predict", "credit", "--row", "amount=1"], server.Address, person: true);

        result.Out.ShouldContain("╭");
        result.Out.ShouldContain("credit/1");
    }

    [Fact]
    public async Task Batches_AreAnsweredOneByOneIntoOneDocument()
    {
        await using var server = await Ready(rows: 2);
        var input = "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n";

        var result = await Line.RunAsync(
            ["predict", "credit", "--file", "-", "--batch", "2", "--json"], server.Address, input);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        JsonNode.Parse(result.Out)!["answers"]!.AsArray().Count.ShouldBe(3);
        server.Seen.Select(request => JsonNode.Parse(request.Body)!["rows"]!.AsArray().Count).ShouldBe([2, 2, 1]);
    }

    [Fact]
    public async Task ALaterBatchThatFails_LeavesWhatWasAnswered()
    {
        var calls = 0;
        await using var server = (await FakeServer.StartAsync()).On(Predict, async (context, _) =>
        {
            var failed = ++calls == 2;
            context.Response.StatusCode = failed ? 429 : 200;
            context.Response.ContentType = failed ? "application/problem+json" : "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response, failed ? """{"code":"too_many","detail":"Slow down."}""" : Things.Answer(1));
        });

        var result = await Line.RunAsync(
            ["predict", "credit", "--file", "-", "--batch", "1", "--output", "json"], server.Address,
            "{\"a\":1}\n{\"a\":2}\n");

        result.ExitCode.ShouldBe(ExitCodes.PartlyDone, result.Error);
        JsonNode.Parse(result.Out)!["answers"]!.AsArray().Count.ShouldBe(1);
        result.Error.ShouldContain("Slow down. (too_many)");
        result.Error.ShouldContain("go on with row 2");
    }

    [Fact]
    public async Task Output_Csv_TellsOnceOfAnOutputThatItLeavesOut()
    {
        var calls = 0;
        await using var server = (await FakeServer.StartAsync()).On(Predict, async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response,
                ++calls == 1 ? Things.Answer(1) : Things.Answer(1).Replace("\"label\"", "\"verdict\""));
        });

        var result = await Line.RunAsync(
            ["predict", "credit", "--file", "-", "--batch", "1", "--output", "csv"], server.Address,
            "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");

        result.Out.Split('\n')[0].ShouldBe("label,scores,model,version,arm,predictionId");
        result.Error.Split("'verdict'").Length.ShouldBe(2, result.Error);
    }

    [Fact]
    public async Task Unit_GoesWhereTheEndpointLooksForIt()
    {
        await using var header = await Ready(rows: 1, unit: "header:X-Customer");
        await using var field = await Ready(rows: 1, unit: "field:customer");
        await using var none = await Ready(rows: 1);
        string[] line = ["predict", "credit", "--row", "amount=1", "--unit", "c 17"];

        await Line.RunAsync(header, line);
        await Line.RunAsync(field, line);
        var useless = await Line.RunAsync(none, line);

        header.Seen[^1].Headers["X-Customer"].ShouldBe("c 17");
        field.Seen[^1].Body.ShouldBe("""{"rows":[{"amount":1}],"parameters":{"customer":"c 17"}}""");
        useless.ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Csv_KeepsTheColumnOfTheUnit()
    {
        await using var server = await Ready(rows: 1, unit: "field:customer");

        await Line.RunAsync(["predict", "credit", "--file", "-"], server.Address, "customer,amount\n0017,3\n");

        server.Seen[^1].Body.ShouldBe("""{"rows":[{"customer":"0017","amount":3}]}""");
    }

    [Theory]
    [InlineData("predict", "credit")]
    [InlineData("predict", "credit", "--row", "amount=1", "--file", "-")]
    [InlineData("predict", "credit", "--row", "colour=red")]
    [InlineData("predict", "credit", "--row", "amount=1,amount=2")]
    [InlineData("predict", "credit", "--row", "amount")]
    [InlineData("predict", "credit", "--row", "{broken")]
    [InlineData("predict", "credit", "--row", "amount=1", "--batch", "0")]
    [InlineData("predict", "credit", "--file", "rows.xlsx")]
    [InlineData("predict", "credit", "--row", "amount=1", "--output", "xml")]
    public async Task WrittenWrongly_IsAUsageError(params string[] arguments)
    {
        await using var server = await Ready(rows: 1);

        var result = await Line.RunAsync(server, arguments);

        result.ExitCode.ShouldBe(ExitCodes.Usage, result.Error);
        server.Seen.ShouldNotContain(request => request.Line.StartsWith(Predict));
    }

    private static async Task<FakeServer> Ready(int rows, string unit = "request") => (await FakeServer.StartAsync())
        .On("GET /api/v1/endpoints/credit", Things.Endpoint(unit))
        .On("GET /api/v1/models/credit/versions/1", Things.Version(1))
        .Text(Predict, Things.Answer(rows));
}
