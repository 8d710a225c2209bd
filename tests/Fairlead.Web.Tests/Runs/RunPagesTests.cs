using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Runs;

public sealed class RunPagesTests : PageTests
{
    public RunPagesTests() => JSInterop.SetupVoid();

    [Fact]
    public async Task ExperimentPage_WithoutRuns_SaysWhatToSet()
    {
        Door.Answer("GET /api/v1/experiments", new Page<ExperimentInfo>([]));

        var page = await ShowAsync<ExperimentPage>();

        page.Find(".empty").TextContent.ShouldContain("MLFLOW_TRACKING_URI=http://localhost");
    }

    [Fact]
    public async Task ExperimentPage_Filter_GoesToTheAddress_AndARefusedOneSaysWhy()
    {
        var credit = new ExperimentInfo { Id = "1", Name = "credit" };
        Door.Answer("GET /api/v1/experiments", new Page<ExperimentInfo>([credit]))
            .Answer("GET /api/v1/runs", request => request.RequestUri!.Query.Contains("filter=", default)
                ? new Problem { Status = 400, Code = "invalid_parameter", Detail = "'metricz' is no field." }
                : new Page<RunInfo>([Run("a")]));
        var page = await ShowAsync<ExperimentPage>();

        page.Find("input.mono").Change("metricz.auc > 1");
        page.Find("form[role=search]").Submit();

        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.Uri.ShouldContain("filter=metricz.auc");
        page.Find(".notice.bad").TextContent.ShouldContain("'metricz' is no field.");
    }

    [Fact]
    public async Task ComparePage_ShowsParametersThatDiffer_LastAndBestOfMetrics_AndCurves()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/runs/compare?runs=a,b");
        Door.Answer("GET /api/v1/runs/compare", new RunComparison
        {
            Runs = [Run("a"), Run("b")],
            Parameters = [new ComparedParameter("depth", ["2", null])],
            EqualParameters = 3,
            Metrics = [new ComparedMetric("auc", [Metric(0.7, 0.8), null])],
        });

        var page = await ShowAsync<ComparePage>();

        var text = page.Find("section").TextContent;
        text.ShouldContain("depth");
        text.ShouldContain("3 more are the same in all");
        page.Markup.ShouldContain("0.7 to");
        page.FindAll("figure.chart").Count.ShouldBe(1);
    }

    [Fact]
    public async Task RunPage_Viewer_IsOfferedNoNoteToWrite()
    {
        Door.Role = "viewer";
        Door.Answer("GET /api/v1/runs/a", Run("a")).Answer("GET /api/v1/runs/compare", new RunComparison())
            .Answer("GET /api/v1/runs/a/files", new Page<RunFileInfo>([]));

        var page = await ShowAsync<RunPage>(parameters => parameters.Add(each => each.Id, "a"));

        page.FindAll("textarea").ShouldBeEmpty();
        page.Markup.ShouldContain("Nobody wrote about it.");
        page.Markup.ShouldContain("The run left no files.");
    }

    private static MetricSummary Metric(params double[] values) => new()
    {
        Last = values[^1],
        Lowest = values.Min(),
        Highest = values.Max(),
        Count = values.Length,
        Curve = [.. values.Select((value, step) => new MetricValue(value, step, default))],
    };

    private static RunInfo Run(string id) => new() { Id = id, Name = $"run {id}", Status = "FINISHED" };
}
