using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using ParquetSharp;

namespace Fairlead.Cli.Tests;

public sealed class RunsTests
{
    private const string Runs = "GET /api/v1/runs";

    private static RunInfo One { get; } = new()
    {
        Id = "a1",
        Name = "first, \"quoted\"",
        Experiment = "3",
        Status = "FINISHED",
        StartedAt = DateTimeOffset.UnixEpoch,
        Metrics = new Dictionary<string, MetricValue> { ["loss"] = new(0.25, 7, DateTimeOffset.UnixEpoch) },
        Parameters = new Dictionary<string, string> { ["lr"] = "0.1" },
        Note = "It *works*",
    };

    private static RunInfo Two { get; } = new() { Id = "b2", Name = "second", Experiment = "3", Status = "FAILED" };

    [Fact]
    public async Task List_SendsTheFilter_AndShowsMetrics()
    {
        await using var server = (await FakeServer.StartAsync()).On(Runs, new Page<RunInfo>([One, Two]));

        var result = await Line.RunAsync(server, "runs", "list", "--experiment", "3", "--filter", "metrics.loss < 1");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("0.25");
        result.Out.ShouldContain("FAILED");
    }

    [Fact]
    public async Task Compare_ShowsWhatDiffers_AndCurves()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/runs/compare", new RunComparison
        {
            Runs = [One, Two],
            Parameters = [new ComparedParameter("lr", ["0.1", null])],
            EqualParameters = 2,
            Metrics =
            [
                new ComparedMetric("loss",
                [
                    new MetricSummary
                    {
                        Last = 0.25, Lowest = 0.2, Highest = 4, Count = 3,
                        Curve = [new(4, 0, default), new(0.2, 1, default), new(null, 2, default)],
                    },
                    null,
                ]),
            ],
        });

        var result = await Line.RunAsync(server, "runs", "compare", "a1", "b2");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("2 parameters are the same");
        result.Out.ShouldContain("█▁");
    }

    [Fact]
    public async Task Export_WritesATableOfAllRuns_InBothForms()
    {
        await using var server = (await FakeServer.StartAsync()).On(Runs, new Page<RunInfo>([One, Two]));
        var folder = Directory.CreateTempSubdirectory("fairlead-runs-").FullName;
        var (csv, parquet) = (Path.Combine(folder, "r.csv"), Path.Combine(folder, "r.parquet"));

        (await Line.RunAsync(server, "runs", "export", "--file", csv)).ExitCode.ShouldBe(ExitCodes.Ok);
        (await Line.RunAsync(server, "runs", "export", "--file", parquet, "--format", "parquet"))
            .ExitCode.ShouldBe(ExitCodes.Ok);

        var lines = await File.ReadAllLinesAsync(csv, TestContext.Current.CancellationToken);
        lines[0].ShouldBe("run,name,experiment,user,status,started,ended,params.lr,metrics.loss");
        lines[1].ShouldBe("a1,\"first, \"\"quoted\"\"\",3,,FINISHED,1970-01-01T00:00:00.0000000Z,,0.1,0.25");
        lines[2].ShouldEndWith(",FAILED,0001-01-01T00:00:00.0000000Z,,,");
        using var reader = new ParquetFileReader(parquet);
        using var group = reader.RowGroup(0);
        group.MetaData.NumRows.ShouldBe(2);
        using var losses = group.Column(8).LogicalReader<double?>();
        losses.ReadAll(2).ShouldBe([0.25, null]);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Note_TakesATextOrAFile_AndNotBoth()
    {
        await using var server = (await FakeServer.StartAsync()).On("PUT /api/v1/runs/a1/note", One);

        (await Line.RunAsync(server, "runs", "note", "a1", "It *works*")).ExitCode.ShouldBe(ExitCodes.Ok);
        server.Seen[^1].Body.ShouldContain("It *works*");
        (await Line.RunAsync(server, "runs", "note", "a1")).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Show_TellsTheNote()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/runs/a1", One);

        var result = await Line.RunAsync(server, "runs", "show", "a1");

        result.Out.ShouldContain("It *works*");
        result.Out.ShouldContain("loss");
    }
}
