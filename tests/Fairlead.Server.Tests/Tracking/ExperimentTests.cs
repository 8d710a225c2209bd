using System.Net;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

public sealed class ExperimentTests(TrackingServers servers, PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Experiment_FromItsCreationToItsRestoration_IsToldAsMlflowTellsIt(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        (await wire.GetAsync("experiments/get?experiment_id=0")).Text("experiment.name").ShouldBe("Default");

        var name = $"credit {engine}";
        var id = (await wire.PostAsync("experiments/create",
            new { name, tags = new[] { new { key = "team", value = "risk" } } })).Text("experiment_id");
        var made = await wire.GetAsync($"experiments/get?experiment_id={id}");
        made.Text("experiment.artifact_location").ShouldBe($"mlflow-artifacts:/{id}");
        made.Text("experiment.lifecycle_stage").ShouldBe("active");
        made.Text("experiment.tags.0.key").ShouldBe("team");
        made["experiment.creation_time"].GetInt64().ShouldBeGreaterThan(1_600_000_000_000);
        (await wire.TryPostAsync("experiments/create", $$"""{"name":"{{name}}"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", "already exists");

        await wire.PostAsync("experiments/set-experiment-tag", new { experiment_id = id, key = "note", value = "α" });
        await wire.PostAsync("experiments/update", new { experiment_id = id, new_name = name + " 2" });
        var changed = await wire.GetAsync(
            $"/ajax-api/2.0/mlflow/experiments/get-by-name?experiment_name={Uri.EscapeDataString(name + " 2")}");
        changed.Text("experiment.experiment_id").ShouldBe(id);
        changed["experiment.tags"].GetArrayLength().ShouldBe(2);
        (await wire.TryGetAsync($"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");

        var run = await wire.RunAsync(id);
        (await wire.PostAsync("experiments/delete", new { experiment_id = id })).Body.ToString().ShouldBe("{}");
        (await wire.TryPostAsync("experiments/delete", $$"""{"experiment_id":"{{id}}"}"""))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        (await wire.GetAsync($"runs/get?run_id={run}")).Text("run.info.lifecycle_stage").ShouldBe("deleted");
        (await wire.TryPostAsync("runs/create", $$"""{"experiment_id":"{{id}}"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "must be in the 'active' state");
        (await wire.TryPostAsync("experiments/create", $$"""{"name":"{{name}} 2"}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "RESOURCE_ALREADY_EXISTS", "deleted state");

        await wire.PostAsync("experiments/restore", new { experiment_id = id });
        (await wire.GetAsync($"runs/get?run_id={run}")).Text("run.info.lifecycle_stage").ShouldBe("active");
    }

    [Fact]
    public async Task ArtifactLocation_IsOneThatCanBeRead()
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        foreach (var wrong in (string[])["mlflow-artifacts:/a//b", "mlflow-artifacts:/%2e%2e/x", "s3://b/../x"])
        {
            (await wire.TryPostAsync("experiments/create", $$"""{"name":"w","artifact_location":"{{wrong}}"}"""))
                .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE");
        }

        var id = (await wire.PostAsync("experiments/create",
            new { name = "at the root", artifact_location = "mlflow-artifacts:/" })).Text("experiment_id");
        (await wire.GetAsync($"experiments/get?experiment_id={id}"))
            .Text("experiment.artifact_location").ShouldBe($"mlflow-artifacts:/{id}");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Search_ByNameTagAndState_FindsPageByPage(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var mark = $"{engine} {Guid.NewGuid():N}";
        foreach (var name in (string[])["alpha", "Beta", "beta%", "gamma"])
        {
            await wire.PostAsync("experiments/create",
                new { name = $"{mark} {name}", tags = new[] { new { key = "kind", value = name } } });
        }

        (await NamesAsync($"name LIKE '{mark} _eta%'")).ShouldBe(["Beta", "beta%"], ignoreOrder: true);
        (await NamesAsync($"name LIKE '{mark} b%'")).ShouldBe(["beta%"]);
        (await NamesAsync($"name ILIKE '{mark.ToUpperInvariant()} b%'")).ShouldBe(["Beta", "beta%"], ignoreOrder: true);
        (await NamesAsync($"name LIKE '{mark}%' AND tags.kind IN ('alpha', 'gamma')"))
            .ShouldBe(["alpha", "gamma"], ignoreOrder: true);
        (await NamesAsync($"name LIKE '{mark}%' AND NOT (tags.kind = 'alpha' OR tags.kind = 'gamma')"))
            .ShouldBe(["Beta", "beta%"], ignoreOrder: true);
        (await NamesAsync($"name = '{mark}'' OR 1=1'")).ShouldBeEmpty();

        var pages = new List<string>();
        string? token = null;
        do
        {
            var page = await wire.PostAsync("experiments/search", new
            {
                max_results = 3,
                filter = $"name LIKE '{mark}%'",
                order_by = new[] { "name DESC" },
                page_token = token,
                count = true,
            });
            page["count"].GetInt64().ShouldBe(4);
            pages.AddRange(page["experiments"].EnumerateArray().Select(Name));
            token = page.Has("next_page_token") ? page.Text("next_page_token") : null;
        }
        while (token is not null);
        pages.ShouldBe(["gamma", "beta%", "alpha", "Beta"]);

        (await wire.TryPostAsync("experiments/search", "{}"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE",
                "Missing value for required parameter 'max_results'");
        (await wire.TryPostAsync("experiments/search", """{"max_results":50001}"""))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Invalid value 50001 for parameter");

        async Task<string[]> NamesAsync(string filter)
        {
            var found = await wire.PostAsync("experiments/search", new { max_results = 100, filter });
            return found.Has("experiments") ? [.. found["experiments"].EnumerateArray().Select(Name)] : [];
        }

        string Name(System.Text.Json.JsonElement each) => each.GetProperty("name").GetString()![(mark.Length + 1)..];
    }
}
