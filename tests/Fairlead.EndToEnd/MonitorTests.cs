using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>
/// A monitor of quality, from live requests and late labels to the message that people get, through a SIGKILL.
/// </summary>
public sealed class MonitorTests
{
    private const int Asked = 250;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Monitor_OfLiveTraffic_SaysWhatTheLabelsShow_AndGoesOnAfterAKill()
    {
        using var folder = new TemporaryFolder();
        using var people = new HookListener();
        var document = folder.In("documents.yaml");
        await File.WriteAllTextAsync(document, $$"""
            kind: Receiver
            name: people
            groupWait: 0s
            webhook: {url: "{{people.Url}}"}
            ---
            kind: Endpoint
            name: credit
            variants: [{name: stable, model: credit, version: 1}]
            ---
            kind: Monitor
            name: right
            endpoint: credit
            every: 10s
            alert: {severity: page, notify: [people]}
            quality: {outcome: label, metric: accuracy, limit: {min: 0.9}, window: 1h}
            """, TestContext.Current.CancellationToken);
        var server = await ServerProcess.StartAsync(folder.In("data"));
        try
        {
            await Credit.RegisterAsync(server.Client, "logistic");
            await RunAsync(server, "apply", "-f", document);
            await Credit.UntilAnsweredAsync(server.Client);

            // Every fourth label turns out otherwise than was said.
            var outcomes = new List<OutcomeItem>();
            for (var i = 0; i < Asked; i++)
            {
                var answer = await Credit.AskAsync(server.Client, ("X-User", $"user-{i}"));
                var said = answer.Outputs["label"][0].GetString()!;
                outcomes.Add(new OutcomeItem
                {
                    PredictionId = answer.PredictionId,
                    Name = "label",
                    Label = i % 4 > 0 ? said : said == "good" ? "bad" : "good",
                });
            }

            (await server.Client.ReportOutcomesAsync(new OutcomesRequest { Outcomes = outcomes })).Refused
                .ShouldBeEmpty();
            await UntilAsync(server, finding => finding is { State: "breach" });

            // Whoever is to know has been told of it, and what the message says is what was found.
            var message = await people.FirstAsync(TimeSpan.FromSeconds(30));
            message.GetProperty("status").GetString().ShouldBe("firing");
            var alert = message.GetProperty("alerts")[0];
            alert.GetProperty("labels").GetProperty("monitor").GetString().ShouldBe("right");
            alert.GetProperty("labels").GetProperty("severity").GetString().ShouldBe("page");
            alert.GetProperty("annotations").GetProperty("summary").GetString()!.ShouldContain("accuracy of 'label'");

            // Killed in the middle of things, it looks again when it is back, from what is stored.
            await server.KillAsync();
            server = await ServerProcess.StartAsync(folder.In("data"));
            var before = (await server.Client.GetMonitorAsync("right")).LookedAt!.Value;
            await UntilAsync(server, finding => finding is { State: "breach" }, since: before);
            (await RunAsync(server, "monitors", "show", "right")).ShouldContain("accuracy of 'label'");
            (await RunAsync(server, "quality", "credit", "--outcome", "label")).ShouldContain($"{Asked} of ");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task UntilAsync(
        ServerProcess server, Func<MonitorFindingInfo, bool> expected, DateTimeOffset since = default)
    {
        MonitorInfo? monitor = null;
        for (var left = 300; left > 0; left--)
        {
            monitor = await server.Client.GetMonitorAsync("right");
            if (monitor.LookedAt > since && monitor.Findings is [var finding] && expected(finding))
            {
                finding.Value!.Value.ShouldBe(0.75, 0.01);
                return;
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"After 30 s the monitor says {monitor!.State}: {monitor.Findings[0].Why}");
    }

    private static async Task<string> RunAsync(ServerProcess server, params string[] arguments)
    {
        var ended = await BuiltProgram.RunAsync(Limit, [.. arguments, "--server", server.Http.ToString()]);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return ended.Output;
    }
}
