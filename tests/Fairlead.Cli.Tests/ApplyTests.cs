using System.Text.Json;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class ApplyTests
{
    private static readonly ApplyInfo Changed = new(false,
    [
        new AppliedDocument
        {
            Kind = "Endpoint",
            Name = "credit",
            Outcome = "changed",
            Generation = 4,
            Differences =
            [
                new Difference("variants[canary].weight", Json("10"), Json("50")),
                new Difference("variants[old]", Json("{\"version\":1}"), null),
                new Difference("stable", null, Json("\"canary\"")),
            ],
        },
        new AppliedDocument { Kind = "Model", Name = "credit", Outcome = "unchanged" },
    ]);

    [Fact]
    public async Task Apply_ToAPipe_ShowsEveryDifferencePlainly()
    {
        using var scratch = new Scratch();
        await using var server = (await FakeServer.StartAsync()).On("POST /api/v1/apply", Changed);

        var result = await Line.RunAsync(
            server, "apply", "-f", scratch.File("a.yaml", "kind: A"), "-f", scratch.File("b.yaml", "kind: B"));

        result.ShouldBe(new RunResult(ExitCodes.Ok, """
            endpoint credit: changed, generation 4
              ~ variants[canary].weight: 10 -> 50
              - variants[old]: {"version":1}
              + stable: canary
            model credit: unchanged

            """.ReplaceLineEndings("\n"), ""));
        server.Seen[^1].Body.ShouldBe("kind: A\n---\nkind: B");
    }

    [Fact]
    public async Task Apply_DryRunFromStandardInput_SaysWhatWouldHappen()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/apply", Changed with { DryRun = true });

        var result = await Line.RunAsync(
            ["apply", "-f", "-", "--dry-run", "--reason", "try"], server.Address, input: "kind: Endpoint");

        result.Out.ShouldStartWith("endpoint credit: would be changed\n");
        result.Out.ShouldContain("model credit: unchanged");
        server.Seen[^1].Line.ShouldBe("POST /api/v1/apply?dryRun=true&reason=try");
        server.Seen[^1].Body.ShouldBe("kind: Endpoint");
    }

    [Fact]
    public async Task Apply_OnATerminal_ColoursTheDifferences()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /api/v1/apply", Changed);

        var result = await Line.RunAsync(
            ["apply", "-f", "-"], server.Address, input: "kind: Endpoint", person: true, colours: true);

        result.Out.ShouldContain('\e');
        result.Out.ShouldContain("variants[canary].weight: 10 -> 50");
    }

    [Fact]
    public async Task Apply_OfAMissingFile_IsAUsageError()
    {
        var result = await Line.RunAsync(["apply", "-f", "no-such.yaml"]);

        result.ShouldBe(new RunResult(ExitCodes.Usage, "", "fairlead: the file no-such.yaml does not exist.\n"));
    }

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
