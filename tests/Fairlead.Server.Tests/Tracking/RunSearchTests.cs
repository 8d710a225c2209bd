using System.Net;
using Fairlead.Core.Tracking.Search;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tracking.Search;

namespace Fairlead.Server.Tests.Tracking;

public sealed class RunSearchTests(TrackingServers servers, PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Filters_OfEveryKind_FindTheRunsThatTheyDescribe(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await GivenAsync(wire);

        (string Filter, string[] Found)[] cases =
        [
            ("", ["a", "b", "c", "d"]),
            ("metrics.acc > 0.5", ["b", "c"]),
            ("metric.acc >= 0.5 and params.model = 'tree'", ["a", "c"]),
            ("metrics.acc != 0.5", ["b", "c"]),
            ("metrics.`f 1` = 1", ["c"]),
            ("metrics.\"f 1\" <= 1e0 AND ", ["c"]),
            ("params.model LIKE 't_ee'", ["a", "c"]),
            ("params.model ILIKE 'TR%'", ["a", "c"]),
            ("parameters.model != 'tree'", ["b"]),
            ("tags.team IN ('x')", ["a"]),
            ("tag.team NOT IN ('x', 'z')", ["b"]),
            ("attributes.status = 'FINISHED'", ["b"]),
            ("status != 'FINISHED' AND start_time > 1700000000001", ["c", "d"]),
            ("`run name` = 'a' OR Run Name = \"b\"", ["a", "b"]),
            ("run_name IN ('a', 'd') AND user_id = 'ada'", ["a", "d"]),
            ("attr.end_time > 0", ["b"]),
            ("NOT end_time > 0", ["a", "c", "d"]),
            ("artifact_uri LIKE 'mlflow-artifacts:/%/artifacts' and created < 1700000000001", ["a"]),
            ("(params.model = 'tree' AND metrics.acc > 0.6) OR (tags.team = 'x' OR run_name = 'd')",
                ["a", "c", "d"]),
            ("NOT (params.model = 'tree')", ["b", "d"]),
            ("params.model = 'tree'' OR ''1''=''1'", []),
            ("run_name = '%' OR run_name LIKE '[a-c]'", []),
        ];
        foreach (var (filter, found) in cases)
            (await wire.NamesAsync(experiment, filter)).Order().ToArray().ShouldBe(found, filter);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task ILike_KnowsTheCapitalsOfEveryScript(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        foreach (var (name, value) in new[] { ("a", "Übung Ärger"), ("b", "МОДЕЛЬ"), ("c", "plain") })
            await wire.RunAsync(experiment, name, 1_700_000_000_000, ("word", value));
        foreach (var (filter, found) in new (string, string[])[]
        {
            ("tags.word ILIKE 'ÜBUNG ä%'", ["a"]), ("tags.word ILIKE 'мод_ль'", ["b"]),
            ("tags.word ILIKE 'PLAIN'", ["c"]), ("tags.word LIKE 'мод%'", []),
        })
        {
            (await wire.NamesAsync(experiment, filter)).ShouldBe(found, filter);
        }
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Orders_PutMissingLast_NanBeforeIt_AndPagesGoOnWhereTheLastEnded(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await GivenAsync(wire);
        (string[] Orders, string Filter, string[] Found)[] cases =
        [
            ([], "", ["d", "c", "b", "a"]),
            (["metrics.acc"], "", ["a", "b", "c", "d"]),
            (["metrics.acc DESC"], "", ["c", "b", "a", "d"]),
            (["metrics.odd DESC"], "", ["c", "b", "d", "a"]),
            (["metrics.acc desc"], "metrics.acc > 0", ["c", "b", "a"]),
            (["params.model", "metrics.acc DESC"], "", ["b", "c", "a", "d"]),
            (["tags.team DESC", "start_time ASC"], "", ["b", "a", "c", "d"]),
            (["end_time", "run_name DESC"], "", ["b", "d", "c", "a"]),
            (["status", "attribute.start_time"], "", ["b", "a", "c", "d"]),
        ];
        foreach (var (orders, filter, found) in cases)
        {
            (await wire.NamesAsync(experiment, filter, orders)).ShouldBe(found, string.Join(',', orders));
            (await PagedAsync(wire, experiment, filter, orders))
                .ShouldBe(found, $"pages of {string.Join(',', orders)}");
        }

        (await wire.TryPostAsync("runs/search",
            $$"""{"experiment_ids":["{{experiment}}"],"order_by":["metrics.acc","metrics.acc DESC"]}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "duplicate fields");
    }

    /// <summary>
    /// PostgreSQL without statistics took the runs of an experiment for few, and read all of them for each metric.
    /// </summary>
    [Fact]
    public void ASearchThatAMetricLeads_LooksForItsRunsByNumberOnly()
    {
        Statement("metrics.acc > 0", "metrics.acc DESC").ShouldNotContain("r.experiment = @");
        Statement("metrics.acc > 0", "metrics.other DESC").ShouldContain("r.experiment = @");

        static string Statement(string filter, string order) => new SearchQuery(
            new RunTable(new Dictionary<string, int> { ["acc"] = 1, ["other"] = 2 }, [7]),
            new SqlText(isPostgres: true),
            SearchFilter.Parse(filter, SearchSchema.Runs), SearchFilter.ParseOrder([order], SearchSchema.Runs),
            "e.number = r.experiment").Statement;
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task CountsAndFields_GiveWhatIsWantedAndNoMore(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await GivenAsync(wire);
        var found = await wire.PostAsync("runs/search", new
        {
            experiment_ids = new[] { experiment },
            filter = "metrics.acc > 0.5",
            max_results = 1,
            order_by = new[] { "metrics.acc DESC" },
            count = true,
            fields = new[] { "metrics.acc", "params" },
        });
        found["count"].GetInt64().ShouldBe(2);
        var data = found["runs.0.data"];
        data.GetProperty("metrics").GetArrayLength().ShouldBe(1);
        data.GetProperty("params").GetArrayLength().ShouldBe(1);
        data.TryGetProperty("tags", out _).ShouldBeFalse();

        var other = await wire.TryPostAsync("runs/search",
            $$"""{"experiment_ids":["{{experiment}}"],"page_token":"{{found.Text("next_page_token")}}"}""");
        other.ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "page_token");
    }

    [Theory]
    [InlineData("metrics.acc > 'x'", "Expected numeric value type for metric")]
    [InlineData("params.lr = 1", "Expected a quoted string value")]
    [InlineData("params.lr > '1'", "Invalid comparator")]
    [InlineData("metrics.acc LIKE '1'", "Invalid comparator")]
    [InlineData("nothing = 'x'", "Invalid attribute key")]
    [InlineData("nothing.x = 'x'", "Invalid entity type")]
    [InlineData("metrics.acc", "Invalid clause(s) in filter string")]
    [InlineData("metrics.acc > 1 metrics.acc < 2", "Invalid clause(s) in filter string")]
    [InlineData("metrics.acc > 1; DROP TABLE runs", "Invalid clause(s) in filter string")]
    [InlineData("params.a = 'x", "Invalid clause(s) in filter string")]
    [InlineData("metrics.acc ~ 1", "Invalid clause(s) in filter string")]
    [InlineData("(metrics.acc > 1", "')' is missing")]
    [InlineData("status IN ()", "Expected a quoted string value")]
    public async Task FilterThatIsNone_IsRefusedWithWords(string filter, string words)
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        var body = System.Text.Json.JsonSerializer.Serialize(new { experiment_ids = new[] { "0" }, filter });
        (await wire.TryPostAsync("runs/search", body))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", words);
    }

    /// <summary>
    /// Four runs: a and c of trees, b of a line and finished, d with next to nothing.
    /// </summary>
    private static async Task<string> GivenAsync(Wire wire)
    {
        var experiment = await wire.ExperimentAsync();
        var a = await wire.RunAsync(experiment, "a", 1_700_000_000_000, ("team", "x"));
        var b = await wire.RunAsync(experiment, "b", 1_700_000_000_001, ("team", "y"));
        var c = await wire.RunAsync(experiment, "c", 1_700_000_000_002);
        var d = await wire.RunAsync(experiment, "d", 1_700_000_000_003);
        await LogAsync(a, """[{"key":"acc","value":0.5,"timestamp":1}]""", "tree");
        await LogAsync(b, """
            [{"key":"acc","value":0.7,"timestamp":1},{"key":"odd","value":"NaN","timestamp":1}]
            """, "line");
        await LogAsync(c, """
            [{"key":"acc","value":0.9,"timestamp":1},{"key":"odd","value":3,"timestamp":1},
             {"key":"f 1","value":1,"timestamp":1}]
            """, "tree");
        await wire.PostAsync("runs/update", new { run_id = b, status = "FINISHED", end_time = 5 });
        return d.Length == 32 ? experiment : "";

        Task LogAsync(string run, string metrics, string model) => wire.PostAsync("runs/log-batch",
            $$"""{"run_id":"{{run}}","metrics":{{metrics}},"params":[{"key":"model","value":"{{model}}"}]}""");
    }

    private static async Task<string[]> PagedAsync(Wire wire, string experiment, string filter, string[] orders)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            var page = await wire.PostAsync("runs/search", new
            {
                experiment_ids = new[] { experiment },
                filter,
                order_by = orders,
                max_results = 1,
                page_token = token,
            });
            names.Add(page.Text("runs.0.info.run_name"));
            token = page.Has("next_page_token") ? page.Text("next_page_token") : null;
        }
        while (token is not null);
        return [.. names];
    }
}
