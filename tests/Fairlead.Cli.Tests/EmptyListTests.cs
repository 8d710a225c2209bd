using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

/// <summary>A list with nothing in it says what to do first, to the person and not to whoever reads the list.</summary>
public sealed class EmptyListTests
{
    [Theory]
    [InlineData("alerts list", "kind: Monitor")]
    [InlineData("alerts silences", "alerts silence --match")]
    [InlineData("alerts inhibitions", "kind: Inhibition")]
    [InlineData("monitors list", "fairlead apply -f FILE")]
    [InlineData("receivers list", "kind: Receiver")]
    [InlineData("rollouts list", "rollouts start --file FILE")]
    [InlineData("rollouts proposals", "promote: propose")]
    [InlineData("models list", "models register NAME model.onnx")]
    [InlineData("endpoints list", "endpoints create NAME")]
    [InlineData("data list", "data register NAME FILE")]
    [InlineData("series list", "series post NAME --value NUMBER")]
    [InlineData("keys list", "keys create NAME --role")]
    [InlineData("alerts list --state firing", "'fairlead alerts list' shows all")]
    [InlineData("rollouts list --active", "'fairlead rollouts list' shows all")]
    public async Task List_WithNothingInIt_SaysWhatToDoFirst(string line, string words)
    {
        await using var server = await FakeServer.StartAsync();
        foreach (var path in (string[])["alerts", "silences", "inhibitions", "monitors", "receivers", "rollouts",
            "rollouts/proposals", "models", "endpoints", "datasets", "series", "keys"])
        {
            server.On($"GET /api/v1/{path}", new Page<string>([]));
        }

        var result = await Line.RunAsync(server, line.Split(' '));

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Error.ShouldContain(words);
        result.Out.ShouldNotContain(words);
        (await Line.RunAsync(server, [.. line.Split(' '), "--json"])).Error.ShouldBeEmpty();
    }
}
