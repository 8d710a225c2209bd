using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Monitoring;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Monitoring;

public sealed class MonitoringPagesTests : PageTests
{
    public MonitoringPagesTests() => Door.Answer("GET /api/v1/series", new Page<SeriesInfo>([]));

    [Fact]
    public async Task MonitoringPage_WithoutMonitors_SaysWhatToDoFirst() =>
        (await ShowAsync<MonitoringPage>()).Find(".empty").TextContent.ShouldContain("kind: Monitor");

    [Fact]
    public async Task MonitoringPage_FiringAlert_IsTakenUpWithAComment()
    {
        Door.Answer("GET /api/v1/alerts", new Page<AlertInfo>([Alert()]))
            .Answer("POST /api/v1/alerts/4/ack", new AlertDetail
            {
                Monitor = "inputs",
                Endpoint = "credit",
                Severity = "page",
                State = "firing",
                Fingerprint = "f",
                Labels = new Dictionary<string, string>(),
            });
        var page = await ShowAsync<MonitoringPage>();

        // The page lives: what is found and what is done to it must not have a reading in between.
        await page.InvokeAsync(() => page.Find("section[aria-labelledby=alerts] input").Change("asking the bank"));
        await page.InvokeAsync(() => page.Find("section[aria-labelledby=alerts] form").Submit());

        Door.Asked.ShouldContain("POST /api/v1/alerts/4/ack");
        Door.Bodies[Door.Asked.IndexOf("POST /api/v1/alerts/4/ack")].ShouldContain("asking the bank");
    }

    [Fact]
    public async Task MonitoringPage_Viewer_IsNotOfferedToTakeItUp()
    {
        Door.Role = "viewer";
        Door.Answer("GET /api/v1/alerts", new Page<AlertInfo>([Alert()]));

        (await ShowAsync<MonitoringPage>()).FindAll("section[aria-labelledby=alerts] form").ShouldBeEmpty();
    }

    [Fact]
    public async Task DriftPage_Drifted_OpensItsDistributionsAndSaysWhy()
    {
        var now = DateTimeOffset.UtcNow;
        Door.Answer("GET /api/v1/endpoints/credit/drift", new DriftInfo
        {
            Endpoint = "credit",
            From = now.AddHours(-1),
            To = now,
            ReferenceFrom = now.AddDays(-7),
            ReferenceTo = now.AddHours(-1),
            Arms =
            [
                new ArmDriftInfo
                {
                    Variant = "stable",
                    Version = "credit/1",
                    State = "drift",
                    Findings =
                    [
                        Finding("income", "drift", "The mean moved by 1.2 deviations."),
                        Finding("age", "insufficient_data", "4 values are too few."),
                    ],
                },
            ],
        }).Answer("GET /api/v1/endpoints/credit/windows", new WindowsInfo
        {
            Endpoint = "credit",
            Windows =
            [
                new WindowInfo { Variant = "stable", Version = "credit/1", Columns = [Income()] },
            ],
        });

        var page = await ShowAsync<DriftPage>(parameters => parameters.Add(each => each.Endpoint, "credit"));

        page.FindAll("figure.chart").Count.ShouldBe(1);
        page.Markup.ShouldContain("The mean moved by 1.2 deviations.");
        page.FindAll(".state").Select(state => state.TextContent).ShouldContain("insufficient data");
    }

    [Fact]
    public async Task DriftPage_AgainstTrainingData_ShowsTheirDistributions()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/monitoring/drift/credit?against=training");
        Door.Answer("GET /api/v1/endpoints/credit/drift", request =>
        {
            request.RequestUri!.Query.ShouldContain("reference=training");
            return new DriftInfo
            {
                Endpoint = "credit",
                Reference = "training",
                Arms =
                [
                    new ArmDriftInfo
                    {
                        Variant = "stable",
                        Version = "credit/1",
                        State = "drift",
                        Datasets = ["loans/2"],
                        Findings = [Finding("income", "drift", "The mean moved by 1.2 deviations.")],
                    },
                ],
            };
        }).Answer("GET /api/v1/endpoints/credit/windows", new WindowsInfo
        {
            Endpoint = "credit",
            Windows = [new WindowInfo { Variant = "stable", Version = "credit/1", Columns = [Income()] }],
        }).Answer("GET /api/v1/datasets/loans/versions/2", new DatasetVersionInfo
        {
            Name = "loans",
            Number = 2,
            Digest = "sha256:abc",
            Source = "file",
            Statistics = [Income()],
        });

        var page = await ShowAsync<DriftPage>(parameters => parameters.Add(each => each.Endpoint, "credit"));

        page.FindAll("figure.chart svg").ShouldNotBeEmpty();
        page.Markup.ShouldContain("the data that each version learnt from");
    }

    [Fact]
    public async Task QualityPage_AsksForAnOutcomeFirst_AndThenShowsFiguresWithIntervals()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/monitoring/quality/credit");
        var page = await ShowAsync<QualityPage>(parameters => parameters.Add(each => each.Endpoint, "credit"));
        page.Find(".empty").TextContent.ShouldContain("fairlead outcomes send");

        Door.Answer("GET /api/v1/endpoints/credit/quality", new QualityInfo
        {
            Endpoint = "credit",
            Outcome = "label",
            Task = "classification",
            Alpha = 0.05,
            Arms =
            [
                new ArmQualityInfo
                {
                    Variant = "stable",
                    Version = "credit/1",
                    Rows = 900,
                    Answers = 1000,
                    Delay = new LabelDelayInfo(60, 120, 300),
                    Figures = [new QualityFigureInfo { Name = "accuracy", Value = 0.8, Low = 0.77, High = 0.83 }],
                },
            ],
        });
        page.Find("#outcome").Change("label");
        page.Find("form").Submit();

        page.Markup.ShouldContain("0.77 to 0.83");
        page.Markup.ShouldContain("labels take 60 s");
    }

    private static AlertInfo Alert() => new()
    {
        Id = 4,
        Monitor = "inputs",
        Endpoint = "credit",
        Severity = "page",
        Labels = new Dictionary<string, string>(),
        Fingerprint = "f",
        State = "firing",
        Why = "income drifted",
    };

    private static DriftFindingInfo Finding(string column, string state, string sentence) => new()
    {
        Column = column,
        Aspect = "values",
        State = state,
        Test = "ks",
        Sentence = sentence,
    };

    private static ColumnInfo Income() => new()
    {
        Name = "income",
        Rows = 100,
        Numbers = new NumbersInfo(0, 100, 50, 1, 1, 5, 25, 50, 75, 95, 99, 0.01),
    };
}
