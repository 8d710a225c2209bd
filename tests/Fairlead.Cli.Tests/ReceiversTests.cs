using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class ReceiversTests
{
    private static readonly ReceiverInfo OnCall = new()
    {
        Name = "on-call",
        Type = "webhook",
        Target = "https://hooks.example.org/…",
        HasSecret = true,
        Settings = new ReceiverRequest { Webhook = new WebhookReceiver { Url = "https://hooks.example.org/…" } },
        ChangedAt = Things.Noon,
        ChangedBy = "ann",
    };

    [Fact]
    public async Task ReceiversListAndShow_TellWhereTheyLeadAndWhen()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/receivers", new Page<ReceiverInfo>([OnCall]))
            .On("GET /api/v1/receivers/on-call", OnCall);

        (await Line.RunAsync(server, "receivers", "list")).Out
            .ShouldContain("on-call  webhook  https://hooks.example.org/…  monitor, endpoint");
        (await Line.RunAsync(server, "receivers", "show", "on-call")).Out.ShouldBe("""
            on-call  webhook, https://hooks.example.org/…
              has a secret, which nobody is shown
              tells together what shares monitor, endpoint
              waits 30s for others, tells at most every 5m, again after 4h
              tells the end too

            """);
    }

    [Theory]
    [InlineData(true, ExitCodes.Ok, "Delivered. It answered 200.\n")]
    [InlineData(false, ExitCodes.Refused, "")]
    public async Task ReceiversTest_EndsAsTheMessageDid(bool isDelivered, int exitCode, string output)
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/receivers/on-call/test", new ReceiverTest(isDelivered, "It answered 200."));
        var result = await Line.RunAsync(server, "receivers", "test", "on-call");
        (result.ExitCode, result.Out).ShouldBe((exitCode, output));
    }

    [Fact]
    public async Task ReceiversDelete_GoesByName()
    {
        await using var server = (await FakeServer.StartAsync()).Text("DELETE /api/v1/receivers/on-call", "{}");
        var result = await Line.RunAsync(server, "receivers", "delete", "on-call", "--reason", "nobody reads it");
        result.ShouldBe(new RunResult(ExitCodes.Ok, "", "Receiver 'on-call' is deleted.\n"));
        server.Seen[^1].Line.ShouldBe("DELETE /api/v1/receivers/on-call?reason=nobody reads it");
    }
}
