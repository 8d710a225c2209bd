using Bunit;
using Fairlead.Web.Charts;

namespace Fairlead.Web.Tests.Charts;

public sealed class LineChartTests : PageTests
{
    private static readonly ChartSeries Estimates = new("accuracy",
        [new(0, 0.1, 0, 0.4), new(60, 0.2, 0.1, null), new(120, null), new(180, 0.3, 0.2, 0.4)]);

    [Fact]
    public async Task LineChart_Line_HasGapBandThresholdUnitAndTextAlternative()
    {
        var chart = await ShowAsync<LineChart>(with => with
            .Add(each => each.Title, "accuracy")
            .Add(each => each.Unit, "difference")
            .Add(each => each.Series, [Estimates])
            .Add(each => each.Thresholds, [new ChartThreshold("must stay above", 0.05)]));

        chart.Find("path.line").GetAttribute("d")!.Count(step => step == 'M').ShouldBe(2);
        chart.Find("path.band").GetAttribute("d")!.ShouldEndWith("Z");
        chart.Find(".level.bad");
        chart.Find(".unit").TextContent.ShouldBe("difference");
        chart.Find(".plot").GetAttribute("aria-label").ShouldBe("accuracy in difference: accuracy last 0.3");
        chart.FindAll("tbody tr").Count.ShouldBe(4);
        chart.FindAll("tbody tr")[0].QuerySelectorAll("td").Select(cell => cell.GetAttribute("data-v"))
            .ShouldBe(["0.1", "0", "0.4"]);
    }

    [Fact]
    public async Task LineChart_WithoutPoints_SaysSo()
    {
        var chart = await ShowAsync<LineChart>(with => with
            .Add(each => each.Title, "latency").Add(each => each.Series, []));

        chart.Find(".nodata").TextContent.ShouldBe("Nothing to show yet.");
    }

    [Fact]
    public async Task DistributionChart_TwoDistributions_LieOverEachOther()
    {
        var chart = await ShowAsync<DistributionChart>(with => with
            .Add(each => each.Title, "age")
            .Add(each => each.Bins, [new DistributionBin("18", 0.5, 0.25), new DistributionBin("30", 0.5, 0.75)]));

        chart.FindAll("rect").Count.ShouldBe(4);
        chart.FindAll("tbody tr")[1].TextContent.ShouldContain("75 %");
    }
}
