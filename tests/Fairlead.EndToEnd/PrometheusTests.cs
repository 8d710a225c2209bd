using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>A real Prometheus reads our page, and a rollout is decided by what it answers.</summary>
public sealed class PrometheusTests
{
    private const string Answered = "sum(fairlead_requests_total{endpoint=\"credit\",reason=\"none\"})";

    [Fact]
    public async Task Rollouts_AreDecidedByWhatPrometheusAnswers()
    {
        using var folder = new TemporaryFolder();
        var address = PrometheusProcess.FreeAddress();
        await using var server = await ServerProcess.StartAsync(
            folder.In("data"), "--prometheus", address.ToString());
        await using var prometheus = await PrometheusProcess.StartAsync(address, server.Http, folder);
        var first = await Credit.RegisterAsync(server.Client, "logistic");
        var second = await Credit.RegisterAsync(server.Client, "boosted");
        await Credit.ServeAsync(server.Client, (first, 1));
        for (var i = 0; i < 25; i++)
            await Credit.AskAsync(server.Client);
        await prometheus.UntilAsync(Answered, 25);

        var good = await DecideAsync(server, second, new CheckRequest
        {
            Name = "used",
            Metric = $"prometheus:{Answered}",
            AtLeast = 25,
        });
        var bad = await DecideAsync(server, first, new CheckRequest
        {
            Name = "untouched",
            Metric = "prometheus:fairlead_endpoint_generation{endpoint=\"credit\"}",
            AtMost = 1,
        });

        good.Phase.ShouldBe("succeeded", good.Reason);
        good.Checks.Single().CandidateValue.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(25);
        bad.Phase.ShouldBe("rolled back");
        bad.Reason.ShouldNotBeNull().ShouldContain("at most 1 is wanted");

        using var http = new HttpClient { BaseAddress = server.Http };
        var page = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var (exitCode, said) = await PrometheusProcess.CheckMetricsAsync(page);
        exitCode.ShouldBe(0, said);
        var scrape = await Scrape.OfAsync(http);
        scrape.Sum("fairlead_rollout_looks_total", "result=\"done\"").ShouldBeGreaterThan(0);
        scrape.Sum("fairlead_control_writes_total").ShouldBeGreaterThan(0);
        scrape.Sum("fairlead_outcomes_total").ShouldBe(0);
        scrape.Sum("fairlead_shadow_drops_total").ShouldBe(0);
    }

    private static async Task<RolloutInfo> DecideAsync(ServerProcess server, int candidate, CheckRequest check)
    {
        var rollout = await server.Client.StartRolloutAsync(new RolloutRequest
        {
            Endpoint = Credit.Name,
            Candidates = [new CandidateRequest { Version = candidate }],
            Steps =
            [
                new StepRequest { Weight = new WeightStepRequest { Share = 0.5 } },
                new StepRequest { Analyse = new AnalyseStepRequest { Checks = [check] } },
                new StepRequest { Switch = new NoOptions() },
            ],
            Guards = [],
            LookEvery = TimeSpan.FromMilliseconds(200),
        });
        for (var left = 600; rollout.EndedAt is null && left > 0; left--)
        {
            await Task.Delay(100);
            rollout = await server.Client.GetRolloutAsync(rollout.Id);
        }

        return rollout;
    }
}
