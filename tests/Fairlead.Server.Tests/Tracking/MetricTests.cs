using System.Net;
using System.Text.Json;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

public sealed class MetricTests(TrackingServers servers, PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task History_HasEachPointOnce_InItsOrder_PageByPage(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var run = await wire.RunAsync(await wire.ExperimentAsync());
        var metrics = Enumerable.Range(0, 500)
            .Select(i => new
            {
                key = "loss",
                value = (object)(1.0 / (i + 1)),
                timestamp = 1000 + (i / 2),
                step = 500 - i,
            })
            .Append(new { key = "loss", value = (object)"NaN", timestamp = 1000, step = 3 })
            .ToList();
        await wire.PostAsync("runs/log-batch", new { run_id = run, metrics });
        await wire.PostAsync("runs/log-batch", new { run_id = run, metrics });

        var whole = Points(await wire.GetAsync($"metrics/get-history?run_id={run}&metric_key=loss"));
        whole.Count.ShouldBe(501);
        whole.ShouldBe(whole.OrderBy(each => each.Timestamp).ThenBy(each => each.Step).ToList());

        var paged = new List<(long Timestamp, long Step)>();
        var token = "";
        do
        {
            var page = await wire.GetAsync(
                $"metrics/get-history?run_uuid={run}&metric_key=loss&max_results=200&page_token={token}");
            paged.AddRange(Points(page));
            token = page.Has("next_page_token") ? page.Text("next_page_token") : "";
        }
        while (token.Length > 0);
        paged.ShouldBe(whole);
        (await wire.GetAsync($"metrics/get-history?run_id={run}&metric_key=nothing")).Body.ToString().ShouldBe("{}");
        (await wire.TryGetAsync($"metrics/get-history?run_id={run}"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "'metric_key'");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task BulkInterval_ThinsAllRunsOut_AndKeepsTheirEnds(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var (one, two) = (await wire.RunAsync(experiment), await wire.RunAsync(experiment));
        foreach (var (run, offset) in ((string, int)[])[(one, 0), (two, 51)])
        {
            var metrics = Enumerable.Range(offset, 50)
                .Select(i => new { key = "m", value = i, timestamp = i, step = i });
            await wire.PostAsync("runs/log-batch", new { run_id = run, metrics });
        }

        var thin = await wire.GetAsync(
            $"metrics/get-history-bulk-interval?run_ids={one}&run_ids={two}&metric_key=m&max_results=5");
        var steps = Points(thin).Select(each => each.Step).ToList();
        steps.ShouldBe([0, 20, 40, 49, 51, 61, 81, 100], ignoreOrder: true);
        var ends = await wire.GetAsync($"/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?run_ids={one}"
            + "&metric_key=m&start_step=10&end_step=12");
        Points(ends).Select(each => each.Step).ShouldBe([10, 11, 12]);
        (await wire.TryGetAsync($"metrics/get-history-bulk-interval?run_ids={one}&metric_key=m&start_step=1"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "both must be specified");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task ThirtyTwoWriters_OnOneRunAndOnMany_LoseNothing(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var shared = await wire.RunAsync(experiment);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async writer =>
        {
            var own = await wire.RunAsync(experiment);
            for (var i = 0; i < 4; i++)
            {
                // The keys in another order for each writer: what locks rows in the order of arrival would deadlock.
                var metrics = Enumerable.Range(0, 20).Select(k => new
                {
                    key = $"m{(k * (writer + 1)) % 23}",
                    value = (writer * 1000) + (i * 100) + k,
                    timestamp = writer,
                    step = i,
                }).ToList();
                var parameters = new[]
                {
                    new { key = $"p{writer}-{i}", value = "1" }, new { key = "same", value = "v" },
                };
                await wire.PostAsync("runs/log-batch", new { run_id = shared, metrics, @params = parameters });
                await wire.PostAsync("runs/log-batch", new { run_id = own, metrics, @params = parameters });
            }
        }));

        var read = await wire.GetAsync($"runs/get?run_id={shared}");
        read["run.data.params"].GetArrayLength().ShouldBe((32 * 4) + 1);
        var points = 0;
        foreach (var metric in read["run.data.metrics"].EnumerateArray())
        {
            var key = metric.GetProperty("key").GetString();
            points += Points(await wire.GetAsync($"metrics/get-history?run_id={shared}&metric_key={key}")).Count;
            metric.GetProperty("step").GetInt64().ShouldBe(3);
        }

        points.ShouldBe(32 * 4 * 20);
        (await wire.NamesAsync(experiment, "params.same = 'v'")).Length.ShouldBe(33);
    }

    private static List<(long Timestamp, long Step)> Points(Answer answer) =>
    [
        .. answer["metrics"].EnumerateArray().Select((JsonElement each) =>
            (each.GetProperty("timestamp").GetInt64(), each.GetProperty("step").GetInt64())),
    ];
}
