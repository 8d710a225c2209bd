using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Models;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Models;

public sealed class ModelPagesTests : PageTests
{
    [Fact]
    public async Task ModelsPage_WithoutModels_SaysWhatToDoFirst()
    {
        Door.Answer("GET /api/v1/models", new Page<ModelInfo>([]));

        (await ShowAsync<ModelsPage>()).Find(".empty").TextContent.ShouldContain("fairlead models register");
    }

    [Fact]
    public async Task ModelPage_TwoVersions_AreComparedFigureByFigure()
    {
        Services.GetRequiredService<NavigationManager>().NavigateTo("/models/credit?compare=1,2");
        Door.Answer("GET /api/v1/models/credit", new ModelInfo { Name = "credit" })
            .Answer("GET /api/v1/models/credit/versions", new Page<VersionInfo>([Version(2, 0.8), Version(1, 0.7)]));

        var page = await ShowAsync<ModelPage>(parameters => parameters.Add(each => each.Name, "credit"));

        var compared = page.Find("section[aria-labelledby=sidebyside] tbody").TextContent;
        compared.ShouldContain("auc");
        compared.ShouldContain("+0.1");
        compared.ShouldNotContain("same");
        page.FindAll("section[aria-labelledby=versions] tbody tr").Count.ShouldBe(2);
    }

    [Fact]
    public async Task VersionPage_ShowsItsLifeFromDataToEndpoint()
    {
        Door.Answer("GET /api/v1/models/credit/versions/1", Version(1, 0.7))
            .Answer("GET /api/v1/lineage", new LineageInfo
            {
                Versions = [new LineageVersion { Version = Version(1, 0.7), Periods = Periods }],
            });

        var page = await ShowAsync<VersionPage>(parameters => parameters
            .Add(each => each.Name, "credit").Add(each => each.Number, 1));

        page.FindAll(".lineage a").Select(link => link.GetAttribute("href"))
            .ShouldBe(["/datasets/rows?version=3", "/runs/0123456789abcdef", "/endpoints/credit"]);
        page.FindAll(".lineage .kind").Select(kind => kind.TextContent)
            .ShouldBe(["data, train", "run", "version", "alias", "endpoint, answered"]);
        page.FindAll("section[aria-labelledby=periods] tbody tr").Count.ShouldBe(2);
        page.Find("section[aria-labelledby=periods]").TextContent.ShouldContain("by alice");
    }

    [Fact]
    public void Graph_LeadsFromEachThingToTheNext()
    {
        var graph = LineageGraph.Of(Version(1, 0.7), Periods);

        graph.Columns.ShouldBe(4);
        graph.Rows.ShouldBe(2);
        graph.Edges.ShouldBe([(0, 1), (1, 2), (2, 3), (2, 4)]);
    }

    [Fact]
    public async Task DatasetPage_LeadsFromDataToEveryEndpoint()
    {
        Door.Answer("GET /api/v1/datasets/rows/versions", new Page<DatasetVersionInfo>([Rows(3), Rows(2)]))
            .Answer("GET /api/v1/lineage", new LineageInfo
            {
                Versions =
                [
                    new LineageVersion { Version = Version(1, 0.7), Periods = Periods, Via = "data" },
                    new LineageVersion { Version = Version(2, 0.8), Via = "data" },
                ],
            });

        var page = await ShowAsync<DatasetPage>(parameters => parameters.Add(each => each.Name, "rows"));

        page.FindAll(".lineage .node").Count.ShouldBe(6);
        page.FindAll(".lineage a").Select(link => link.GetAttribute("href")).ShouldBe([
            "/runs/0123456789abcdef", "/models/credit/versions/1", "/endpoints/credit", "/endpoints/old",
            "/models/credit/versions/2"]);
        page.Find("section[aria-labelledby=lineage] tbody").TextContent.ShouldContain("credit, stable, now");
        page.Find("section[aria-labelledby=columns]").TextContent.ShouldContain("number, what is predicted");
    }

    [Fact]
    public void GraphOfADataset_HasEveryEdgeOnce()
    {
        var graph = LineageGraph.OfDataset("rows/3",
            [new() { Version = Version(1, 0.7), Periods = Periods }, new() { Version = Version(2, 0.8) }]);

        graph.Edges.Select(edge => (graph.Nodes[edge.From].Name, graph.Nodes[edge.To].Name)).ShouldBe([
            ("rows/3", "0123456789ab"), ("0123456789ab", "credit/1"), ("credit/1", "credit"), ("credit/1", "old"),
            ("0123456789ab", "credit/2")]);
    }

    private static DatasetVersionInfo Rows(int number) => new()
    {
        Name = "rows",
        Number = number,
        Digest = "sha256:abc",
        Source = "file",
        Labels = "y",
        Columns = [new DatasetColumnInfo("y", "number")],
    };

    private static readonly LineagePeriod[] Periods =
    [
        new() { Endpoint = "credit", Arm = "stable", Role = "answered", FromWho = "bob" },
        new()
        {
            Endpoint = "old",
            Arm = "stable",
            Role = "answered",
            From = DateTimeOffset.UnixEpoch,
            Until = DateTimeOffset.UnixEpoch.AddDays(1),
            UntilWho = "alice",
        },
    ];

    private static VersionInfo Version(int number, double auc) => new()
    {
        Model = "credit",
        Number = number,
        Runtime = "onnx",
        Aliases = number == 1 ? ["champion"] : [],
        Metrics = new Dictionary<string, double> { ["auc"] = auc },
        Parameters = new Dictionary<string, string> { ["solver"] = "same" },
        Lineage = new VersionLineage
        {
            Run = "0123456789abcdef",
            Registered = [new VersionDataset("rows", 3, "train", "sha256:abc")],
        },
    };
}
