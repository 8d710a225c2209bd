using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Overview;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Overview;

public sealed class OverviewPageTests : PageTests
{
    [Fact]
    public async Task OverviewPage_WithoutEndpoints_SaysWhatToDoFirst()
    {
        var page = await ShowAsync<OverviewPage>();

        page.Find(".empty").TextContent.ShouldContain("fairlead models register");
    }

    [Fact]
    public async Task OverviewPage_Endpoint_ShowsTrafficHealthRateTimesErrorsAndDrift()
    {
        Door.Answer("GET /api/v1/endpoints", new Page<EndpointInfo>([Samples.Endpoint("credit", candidate: 0.25)]))
            .Answer("GET /api/v1/traffic", Samples.Traffic(DateTimeOffset.UnixEpoch, "credit", 100))
            .Answer("GET /api/v1/rollouts", new Page<RolloutInfo>([Samples.Rollout(4, "credit")]))
            .Answer("GET /api/v1/monitors", new Page<MonitorInfo>([Monitor("breach")]));

        var page = await ShowAsync<OverviewPage>();

        var row = page.Find("tbody tr");
        row.QuerySelector(".bar")!.GetAttribute("aria-label").ShouldBe("Traffic: stable 75 %, candidate 25 %");
        row.TextContent.ShouldContain("healthy");
        row.TextContent.ShouldContain("2/s");
        row.TextContent.ShouldContain("12.3 ms");
        row.TextContent.ShouldContain("10 %");
        row.QuerySelectorAll(".state").Select(state => state.TextContent).ShouldContain("drift");
        row.QuerySelector("a.tag")!.GetAttribute("href").ShouldBe("/rollouts/4");
        page.Find(".rollcard").TextContent.ShouldContain("step 2 of 3");
    }

    [Fact]
    public async Task OverviewPage_AlertFires_StandsAboveEverything()
    {
        Door.Answer("GET /api/v1/alerts", new Page<AlertInfo>([new AlertInfo
        {
            Monitor = "accuracy",
            Endpoint = "credit",
            Severity = "page",
            Labels = new Dictionary<string, string>(),
            Fingerprint = "f",
            State = "firing",
            Why = "accuracy 0.71 is below 0.75",
        }]));

        var page = await ShowAsync<OverviewPage>();

        page.FindAll("section")[0].TextContent.ShouldContain("accuracy 0.71 is below 0.75");
    }

    [Fact]
    public async Task OverviewPage_Search_KeepsItInTheAddress()
    {
        Door.Answer("GET /api/v1/endpoints", new Page<EndpointInfo>(
            [.. Enumerable.Range(0, 10).Select(number => Samples.Endpoint($"endpoint-{number}"))]));
        var page = await ShowAsync<OverviewPage>();

        page.Find("input[type=search]").Input("point-7");

        page.FindAll("tbody tr").Count.ShouldBe(1);
        Services.GetRequiredService<NavigationManager>().Uri.ShouldEndWith("?q=point-7");
    }

    private static MonitorInfo Monitor(string state) => new()
    {
        Name = "inputs",
        Endpoint = "credit",
        Kind = "drift",
        State = state,
        Request = new MonitorRequest { Endpoint = "credit" },
    };
}
