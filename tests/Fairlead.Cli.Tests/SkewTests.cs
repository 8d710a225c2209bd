using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Cli.Tests;

/// <summary>Features of the same things in a training file and in the log.</summary>
public sealed class SkewTests
{
    private const string Log = "GET /api/v1/endpoints/credit/predictions";

    private const string Training = """
        customer,age,income,city
        7,30,1000,Rome
        8,40,2000,Oslo
        9,50,,Bern
        10,60,4000,Bonn
        """;

    private const string Logged = """
        {"prediction_id":"a","unit":"x","input_customer":7,"input_age":30,"input_income":1.0,"input_city":"Rome"}
        {"prediction_id":"b","unit":"y","input_customer":8.0,"input_age":41,"input_income":2.0,"input_city":"Oslo"}
        {"prediction_id":"c","unit":"y","input_customer":8.0,"input_age":40,"input_income":2.0,"input_city":"Oslo"}
        {"prediction_id":"d","unit":"z","input_customer":9,"input_age":50,"input_income":3.0,"input_city":"Bern"}
        {"prediction_id":"e","unit":"z","input_customer":null,"input_age":50,"input_income":3.0,"input_city":"Bern"}
        """;

    [Fact]
    public async Task Skew_NamesTheFeatureThatServingComputesOtherwise_ByKey()
    {
        using var scratch = new Scratch();
        await using var server = await ServerAsync(Logged);

        var result = await RunAsync(
            server, scratch.File("t.csv", Training), "--key", "customer", "--logged-key", "input_customer", "--json");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var info = JsonNode.Parse(result.Out)!;
        ((int)info["trainingKeys"]!, (int)info["servingKeys"]!).ShouldBe((4, 3));
        var (age, income) = (info["columns"]![0]!, info["columns"]![1]!);
        info["columns"]!.AsArray().Count.ShouldBe(2, "a city is no number");

        // Thousands in training and units in serving; one income is missing in training only. The newest row counts.
        ((string)age["name"]!, (int)age["matched"]!, (int)age["differ"]!).ShouldBe(("age", 3, 0));
        ((string)income["name"]!, (int)income["differ"]!, (int)income["missingOnOneSide"]!).ShouldBe(("income", 3, 1));
        ((double)income["mean"]!).ShouldBe(-1498.5);
        income["worstKeys"]!.AsArray().Select(key => (string?)key).ShouldBe(["9", "8", "7"]);
    }

    [Fact]
    public async Task Skew_WithoutAnythingInCommon_SaysWhatToDo()
    {
        using var scratch = new Scratch();
        await using var server = await ServerAsync(Logged);
        var file = scratch.File("t.csv", Training);

        var other = await RunAsync(server, file, "--key", "customer");
        other.ExitCode.ShouldBe(ExitCodes.Ok, other.Error);
        other.Out.ShouldContain("No key is on both sides; see --key and --logged-key.");

        var key = await RunAsync(server, file, "--key", "client");
        key.ExitCode.ShouldBe(ExitCodes.Usage);
        key.Error.ShouldContain("no row has a value in the column 'client'");

        await using var empty = await ServerAsync("");
        (await RunAsync(empty, file, "--key", "customer")).Error.ShouldContain("has no records in this time");
    }

    private static async Task<FakeServer> ServerAsync(string log) =>
        (await FakeServer.StartAsync()).On(Log, (context, _) => context.Response.WriteAsync(log));

    private static Task<RunResult> RunAsync(FakeServer server, string file, params string[] more) =>
        Line.RunAsync(server, ["skew", "credit", "--training", file, .. more]);
}
