using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class SchemaTests
{
    private static readonly SchemaInfo Schema = new()
    {
        Columns =
        [
            new SchemaColumnInfo
            {
                Name = "age",
                Kind = "number",
                Whole = true,
                Min = 12,
                Max = 83.5,
                Required = true,
                MaxMissingShare = 0,
            },
            new SchemaColumnInfo { Name = "größe: 1", Kind = "category", Categories = ["no", "a \"b\""] },
        ],
    };

    [Fact]
    public async Task Infer_PrintsAPartOfTheDocument()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/endpoints/credit/schema/infer", Schema);

        var result = await Line.RunAsync(
            server, "schema", "infer", "credit", "--reference", "dataset:credit/1", "--mode", "reject");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[0].Line.ShouldEndWith("?reference=dataset:credit/1");
        result.Out.ShouldBe("""
            schema:
              mode: reject
              columns:
                - name: "age"
                  kind: number
                  whole: true
                  min: 12
                  max: 83.5
                  required: true
                  maxMissingShare: 0
                - name: "größe: 1"
                  kind: category
                  categories: ["no", "a \"b\""]

            """.ReplaceLineEndings("\n"));
        (await Line.RunAsync(server, "schema", "infer", "credit", "--mode", "shout")).ExitCode
            .ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Check_ShowsWhatBreaksTheSchema()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "GET /api/v1/endpoints/credit/schema/check", new SchemaCheckInfo
            {
                Endpoint = "credit",
                Arms =
                [
                    new ArmSchemaInfo
                    {
                        Variant = "stable",
                        Version = "credit/1",
                        State = "broken",
                        Rows = 350,
                        Findings = [new SchemaFindingInfo("age", "above_range", 0.43, "43% of 'age' are above 83")],
                        Undecided = ["income"],
                    },
                ],
            });

        var result = await Line.RunAsync(server, "schema", "check", "credit");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("stable (credit/1): broken, 350 rows");
        result.Out.ShouldContain("43% of 'age' are above 83");
        result.Out.ShouldContain("Too few rows to judge by: income.");
    }

    [Fact]
    public async Task EndpointsShow_CountsWhatBrokeTheSchema()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "GET /api/v1/endpoints/credit", Things.Endpoint() with
            {
                Schema = Schema,
                SchemaFaults = [new SchemaCountInfo("stable", "age", "above_range", 7)],
            });

        var result = await Line.RunAsync(server, "endpoints", "show", "credit");

        result.Out.ShouldContain("schema      2 columns, count");
        result.Out.ShouldContain("stable   age     above range  7");
    }
}
