using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Tests;

public sealed class AlertsTests
{
    private static readonly AlertDetail Alert = new()
    {
        Id = 7,
        Monitor = "drift",
        Endpoint = "credit",
        Severity = "page",
        Labels = new SortedDictionary<string, string>
        {
            ["column"] = "Income",
            ["endpoint"] = "credit",
            ["monitor"] = "drift",
            ["severity"] = "page",
        },
        Fingerprint = "f",
        State = "firing",
        Since = Things.Noon,
        Why = "Income has drifted",
        Receivers = ["on-call"],
        SilencedBy = ["3"],
        Ack = new AlertAck("ann", Things.Noon, "looking"),
        Transitions =
        [
            new AlertTransitionInfo { Number = 1, From = "inactive", To = "firing", At = Things.Noon, Why = "so" },
        ],
        Deliveries =
        [
            new AlertDeliveryInfo { Id = "abc", Receiver = "on-call", ToldFiring = true, Status = "delivered" },
        ],
    };

    private static readonly SilenceInfo Silence = new()
    {
        Id = 3,
        Matchers = ["endpoint=credit"],
        StartsAt = Things.Noon,
        EndsAt = Things.Noon.AddHours(2),
        Author = "ann",
        Comment = "load test",
        State = "active",
    };

    [Fact]
    public async Task AlertsList_Filters_AndSaysWhatHoldsBack()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/alerts", new Page<AlertInfo>([Alert]));
        var result = await Line.RunAsync(server, "alerts", "list", "--state", "firing", "--endpoint", "credit");
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("7      firing  page      drift    credit    column=Income");
        result.Out.ShouldContain("silence 3; ann looks after it");
        server.Seen[^1].Line.ShouldContain("state=firing&endpoint=credit");
    }

    [Fact]
    public async Task AlertsShow_TellsTheLifeAndTheMessages()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/alerts/7", Alert);
        var result = await Line.RunAsync(server, "alerts", "show", "7");
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain(": Income has drifted");
        result.Out.ShouldContain("  told to on-call");
        result.Out.ShouldContain("inactive  firing");
        result.Out.ShouldContain("abc      on-call   firing  delivered");
    }

    [Fact]
    public async Task AlertsAck_SaysWhatIsDone()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /api/v1/alerts/7/ack", Alert);
        (await Line.RunAsync(server, "alerts", "ack", "7", "--comment", "looking")).ExitCode.ShouldBe(ExitCodes.Ok);
        JsonNode.Parse(server.Seen[^1].Body)!["comment"]!.GetValue<string>().ShouldBe("looking");
        (await Line.RunAsync(["alerts", "ack", "7"])).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Silences_AreMadeListedAndEnded()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/silences", Silence)
            .On("GET /api/v1/silences", new Page<SilenceInfo>([Silence]))
            .Text("DELETE /api/v1/silences/3", "{}");

        var made = await Line.RunAsync(server, "alerts", "silence",
            "--match", "endpoint=credit", "--match", "column=~a.*", "--for", "2h", "--comment", "load test");
        made.ExitCode.ShouldBe(ExitCodes.Ok, made.Error);
        made.Out.ShouldBe("3\n");
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["matchers"]!.AsArray().Select(each => each!.GetValue<string>())
            .ShouldBe(["endpoint=credit", "column=~a.*"]);

        (await Line.RunAsync(server, "alerts", "silences")).Out.ShouldContain("3        active  endpoint=credit");
        (await Line.RunAsync(server, "alerts", "unsilence", "3")).Error.ShouldBe("Silence 3 is over.\n");
        (await Line.RunAsync(["alerts", "silence", "--match", "a=b", "--comment", "c"])).ExitCode
            .ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Inhibitions_AreListedAndDeleted()
    {
        var rule = new InhibitionInfo
        {
            Name = "pages-first",
            Settings = new InhibitionRequest { Source = ["severity=page"], Target = ["severity=ticket"] },
            ChangedAt = Things.Noon,
        };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/inhibitions", new Page<InhibitionInfo>([rule]))
            .Text("DELETE /api/v1/inhibitions/pages-first", "{}");
        (await Line.RunAsync(server, "alerts", "inhibitions")).Out
            .ShouldContain("pages-first  severity=page     severity=ticket      endpoint       ");
        (await Line.RunAsync(server, "alerts", "uninhibit", "pages-first")).ExitCode.ShouldBe(ExitCodes.Ok);
    }
}
