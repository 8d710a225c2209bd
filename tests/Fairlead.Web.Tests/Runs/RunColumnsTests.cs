using Fairlead.Client.Api;
using Fairlead.Web.Runs;

namespace Fairlead.Web.Tests.Runs;

public sealed class RunColumnsTests
{
    [Fact]
    public void Columns_AreWhatMostRunsHave_AndAxesOnlyParametersThatDiffer()
    {
        var runs = Enumerable.Range(0, 3).Select(number => Run(number, depth: $"{2 + number}")).ToList();

        var columns = RunColumns.Of(runs);

        columns.Metrics.ShouldBe(["auc"]);
        columns.Parameters[0].ShouldBe("depth");
        columns.Parameters.ShouldContain("model");
        columns.Axes.Select(axis => axis.Name).ShouldBe(["depth", "auc"]);
        columns.Hidden.ShouldBe(0);
    }

    [Fact]
    public void Lines_MeetEachAxisAtTheirValue_AndNowhereWithoutOne()
    {
        var runs = new List<RunInfo> { Run(0, "2"), Run(1, "4"), Run(2, depth: null) };

        var lines = RunColumns.Lines(runs, RunColumns.Of(runs).Axes);

        lines[0].At[0]!.Value.ShouldBeLessThan(lines[1].At[0]!.Value);
        lines[2].At[0].ShouldBeNull();
        lines[2].At[1].ShouldNotBeNull();
    }

    [Fact]
    public void Axis_OfTexts_HasAPlaceForEach()
    {
        var runs = new List<RunInfo> { Run(0, "shallow"), Run(1, "deep") };

        var axis = RunColumns.Of(runs).Axes[0];

        axis.Marks.ShouldBe([("deep", 0.0), ("shallow", 1.0)]);
        axis.At(runs[0]).ShouldBe(1);
    }

    private static RunInfo Run(int number, string? depth) => new()
    {
        Id = $"r{number}",
        Name = $"run {number}",
        Status = "FINISHED",
        Metrics = new Dictionary<string, MetricValue> { ["auc"] = new(0.7 + number / 10.0, 0, default) },
        Parameters = depth is null
            ? new Dictionary<string, string> { ["model"] = "tree" }
            : new Dictionary<string, string> { ["model"] = "tree", ["depth"] = depth },
    };
}
