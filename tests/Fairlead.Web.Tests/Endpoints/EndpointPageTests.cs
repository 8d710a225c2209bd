using System.Text.Json;
using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Endpoints;

namespace Fairlead.Web.Tests.Endpoints;

public sealed class EndpointPageTests : PageTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public EndpointPageTests() => Door
        .Answer("GET /api/v1/endpoints/credit", Samples.Endpoint("credit", 0.25) with { Log = new LogInfo() })
        .Answer("GET /api/v1/endpoints/credit/windows", new WindowsInfo
        {
            Endpoint = "credit",
            From = Start,
            To = Start.AddHours(1),
            Windows = [Window(0, 60), Window(1, 120), Window(3, 600)],
        })
        .Answer("GET /api/v1/models/credit/versions/1", new VersionInfo
        {
            Model = "credit",
            Number = 1,
            Inputs = [new TensorInfo("age", "FP32", [-1, 1])],
        });

    [Fact]
    public async Task EndpointPage_Traffic_ShowsVariantsAndLinesWithGapsAndDots()
    {
        var page = await ShowAsync<EndpointPage>(with => with.Add(each => each.Name, "credit"));

        page.FindAll("table.folding tbody tr").Count.ShouldBe(2);
        var throughput = page.Find("figure[data-name=Throughput]");
        throughput.QuerySelector("path.line")!.GetAttribute("d")!.Count(step => step == 'M').ShouldBe(2);
        throughput.QuerySelectorAll(".dot").Length.ShouldBe(1);
        throughput.TextContent.ShouldContain("10/s");
    }

    [Fact]
    public async Task EndpointPage_Unknown_SaysWhatTheServerSays()
    {
        Door.Answer("GET /api/v1/endpoints/nothing",
            new Problem { Status = 404, Detail = "There is no endpoint 'nothing'." });

        var page = await ShowAsync<EndpointPage>(with => with.Add(each => each.Name, "nothing"));

        page.Find("[role=alert]").TextContent.ShouldContain("There is no endpoint 'nothing'.");
    }

    [Fact]
    public async Task EndpointPredictions_Replay_AsksTheSameAgain()
    {
        Door.Answer("POST /api/v1/predictions/query", new QueriedPredictions
        {
            Columns =
            [
                new("time", "TIMESTAMP"), new("arm", "VARCHAR"), new("input_age", "FLOAT"),
                new("input_tags", "JSON"), new("output_label", "VARCHAR"),
            ],
            Rows = JsonSerializer.SerializeToElement(
                new object?[][] { ["2026-03-01T12:00:00Z", "stable", 30, "[1,2]", "good"] }),
        }).Answer("POST /api/v1/endpoints/credit/predict",
            new PredictAnswer { Endpoint = "credit", Arm = "candidate" });
        var page = await ShowAsync<EndpointPredictions>(with => with.Add(
            each => each.Endpoint, Samples.Endpoint("credit") with { Log = new LogInfo() }));

        page.Find("tbody button").Click();

        page.Find(".again").TextContent.ShouldContain("candidate says");
        Door.Bodies[^1].ShouldBe("""{"rows":[{"age":30,"tags":[1,2]}]}""");
    }

    [Fact]
    public async Task EndpointPredictions_ForViewers_OffersNothing()
    {
        Door.Role = "viewer";

        var page = await ShowAsync<EndpointPredictions>(with => with.Add(
            each => each.Endpoint, Samples.Endpoint("credit") with { Log = new LogInfo() }));

        page.FindAll("form").ShouldBeEmpty();
        Door.Asked.ShouldNotContain("POST /api/v1/predictions/query");
    }

    [Fact]
    public async Task EndpointTry_Refused_ShowsTheSentence()
    {
        Door.Answer("POST /api/v1/endpoints/credit/predict",
            new Problem { Status = 400, Detail = "'age' is out of range." });
        var page = await ShowAsync<EndpointTry>(with => with.Add(each => each.Endpoint, Samples.Endpoint("credit")));

        page.Find("form").Submit();

        page.Find("[role=alert]").TextContent.ShouldContain("'age' is out of range.");
        page.Find("#snippet").TextContent.ShouldContain("curl");
    }

    private static WindowInfo Window(int minute, long requests) => new()
    {
        Variant = "stable",
        Version = "credit/1",
        From = Start.AddMinutes(minute),
        To = Start.AddMinutes(minute + 1),
        Requests = requests,
        Latency = new TimesInfo(0.001, 0.002, 0.003, 0.004, 0.01),
    };
}
