using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class ValueTests
{
    private static readonly EndpointValueInfo Known = new()
    {
        Endpoint = "credit",
        Metric = "outcome:revenue",
        Unit = "EUR",
        Since = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
        Until = Things.Noon,
        Against = "holdout",
        Treated = new ValueGroup { Units = 9500, Sum = 61_000, Value = 6.421 },
        Control = new ValueGroup { Units = 500, Sum = 2563, Value = 5.126 },
        PerUnit = new ValueInterval(1.295, 0.958, 1.621),
        Total = new ValueInterval(12_304.6, 9_101, 15_399),
        Confidence = 0.95,
    };

    [Theory]
    [InlineData(1, "The endpoint is worth about 12,300 EUR (9,100 to 15,400) since 2026-01-31: 1.295 EUR (0.958 to "
        + "1.621) a unit")]
    [InlineData(-1, "The endpoint costs about 12,300 EUR (9,100 to 15,400) since 2026-01-31: 1.295 EUR (0.958 to "
        + "1.621) a unit")]
    public async Task Value_IsToldInASentence(int sign, string expected)
    {
        ValueInterval Turned(ValueInterval of) => sign > 0 ? of : new ValueInterval(-of.Value, -of.High, -of.Low);
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/endpoints/credit/value",
            Known with { Total = Turned(Known.Total!), PerUnit = Turned(Known.PerUnit!) });

        var result = await Line.RunAsync(
            server, "value", "credit", "--metric", "outcome:revenue", "--unit", "EUR", "--label-delay", "7d");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.Split("\n")[^2].ShouldStartWith(expected);
        result.Out.ShouldContain("control group");
        server.Seen[^1].Line.ShouldBe(
            "GET /api/v1/endpoints/credit/value?metric=outcome:revenue&unit=EUR&labelDelay=7d");
    }

    [Fact]
    public async Task Value_WithoutEnough_SaysSo_AndJsonIsWhole()
    {
        var value = Known with { PerUnit = null, Total = null, NotEnough = "not enough data: 3 units" };
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/endpoints/credit/value", value);

        (await Line.RunAsync(server, "value", "credit")).Out.ShouldContain("Not enough data: 3 units.");
        JsonNode.Parse((await Line.RunAsync(server, "value", "credit", "--json")).Out)!["treated"]!["units"]!
            .GetValue<long>().ShouldBe(9500);
    }

    [Fact]
    public async Task Value_AgainstNothing_IsAConflict()
    {
        await using var server = (await FakeServer.StartAsync())
            .Refuse("GET /api/v1/endpoints/credit/value", 409, "no_control_group", "Declare a holdout.");

        (await Line.RunAsync(server, "value", "credit")).ExitCode.ShouldBe(ExitCodes.Conflict);
    }
}
