using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Tracking;

public sealed class ArtifactTests(TrackingServers servers, PostgresServer postgres)
{
    private const string Proxy = "/api/2.0/mlflow-artifacts";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task File_AsTheClientUploadsIt_IsListedFetchedInPartsAndRemoved(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var experiment = await wire.ExperimentAsync();
        var run = await wire.RunAsync(experiment);
        var root = $"{experiment}/{run}/artifacts";
        await PutAsync(wire, $"{root}/model/MLmodel", "flavors: {}");
        await PutAsync(wire, $"{root}/plots/größe 1%.txt", "Größe");
        await PutAsync(wire, $"{root}/a.bin", "0123456789");

        var listed = await wire.GetAsync($"artifacts/list?run_id={run}");
        listed.Text("root_uri").ShouldBe($"mlflow-artifacts:/{root}");
        Paths(listed).ShouldBe(["a.bin 10", "model dir", "plots dir"]);
        Paths(await wire.GetAsync($"artifacts/list?run_id={run}&path=model")).ShouldBe(["model/MLmodel 11"]);
        Paths(await wire.GetAsync($"{Proxy}/artifacts?path={root}/plots")).ShouldBe(["größe 1%.txt 7"]);
        (await wire.GetAsync($"{Proxy}/artifacts?path={root}/a.bin")).Body.ToString().ShouldBe("{}");

        using var whole = await wire.Http.GetAsync(
            $"{Proxy}/artifacts/{root}/plots/{Uri.EscapeDataString("größe 1%.txt")}", Cancel);
        (await whole.Content.ReadAsStringAsync(Cancel)).ShouldBe("Größe");
        whole.Content.Headers.ContentLength.ShouldBe(7);
        whole.Content.Headers.ContentDisposition!.FileNameStar.ShouldBe("größe 1%.txt");
        whole.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes("Größe"));
        whole.Headers.ETag!.Tag.ShouldBe($"\"{Convert.ToHexStringLower(digest)}\"");
        whole.Headers.GetValues("Repr-Digest").ShouldBe([$"sha-256=:{Convert.ToBase64String(digest)}:"]);

        using var ranged = new HttpRequestMessage(HttpMethod.Get, $"/get-artifact?run_uuid={run}&path=a.bin");
        ranged.Headers.Range = new RangeHeaderValue(3, 5);
        using var part = await wire.Http.SendAsync(ranged, Cancel);
        part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await part.Content.ReadAsStringAsync(Cancel)).ShouldBe("345");

        await wire.SendAsync("DELETE", $"{Proxy}/artifacts/{root}/plots", "{}");
        await wire.SendAsync("DELETE", $"{Proxy}/artifacts/{root}/plots", "{}");
        Paths(await wire.GetAsync($"artifacts/list?run_id={run}")).ShouldBe(["a.bin 10", "model dir"]);
        (await wire.TryGetAsync($"{Proxy}/artifacts/{root}/plots/x"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "No such artifact");
        (await wire.TryAsync(HttpMethod.Put, $"{Proxy}/artifacts/{root}/a.bin/below", "x"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "is a file");
        (await wire.TryAsync(HttpMethod.Put, $"{Proxy}/artifacts/{root}/model", "x"))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "it is a folder");
    }

    [Theory]
    [InlineData("0/%252e%252e/secret")]
    [InlineData("0/a%5c..%5cb")]
    [InlineData("%2Fetc/passwd")]
    [InlineData("0//b")]
    public async Task Path_ThatLeadsElsewhere_IsRefused(string path)
    {
        var wire = await servers.WireAsync(Engine.Sqlite, postgres);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            (await wire.TryAsync(method, $"{Proxy}/artifacts/{path}", method == HttpMethod.Get ? null : "x"))
                .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Invalid path");
        }

        var run = await wire.RunAsync("0");
        (await wire.TryGetAsync($"artifacts/list?run_id={run}&path=../.."))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "Invalid path");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Upload_InParts_BecomesOneFile_AndALinkFetchesIt(Engine engine)
    {
        var wire = await servers.WireAsync(engine, postgres);
        var folder = $"0/{await wire.RunAsync("0")}/artifacts/big";
        var begun = await wire.PostAsync(
            $"{Proxy}/mpu/create/{folder}", new { path = "weights/w.bin", num_parts = 3 });
        var upload = begun.Text("upload_id");
        string[] texts = ["first ", "second ", "third"];
        var parts = new List<object>();
        foreach (var credential in begun["credentials"].EnumerateArray().Reverse())
        {
            var number = credential.GetProperty("part_number").GetInt32();
            using var body = new StringContent(texts[number - 1]);
            using var sent = await wire.Http.PutAsync(credential.GetProperty("url").GetString(), body, Cancel);
            sent.StatusCode.ShouldBe(HttpStatusCode.OK);
            parts.Add(new { part_number = number, etag = sent.Headers.ETag!.Tag, url = "" });
        }

        (await wire.TryPostAsync($"{Proxy}/mpu/complete/{folder}", JsonSerializer.Serialize(
            new { path = "w.bin", upload_id = upload, parts = new[] { new { part_number = 1, etag = "x" } } })))
            .ShouldBe(HttpStatusCode.BadRequest, "INVALID_PARAMETER_VALUE", "is not the one that came");
        await wire.PostAsync($"{Proxy}/mpu/complete/{folder}", new { path = "w.bin", upload_id = upload, parts });

        // A client that did not hear of it ends it again.
        await wire.PostAsync($"{Proxy}/mpu/complete/{folder}", new { path = "w.bin", upload_id = upload, parts });
        await wire.PostAsync($"{Proxy}/mpu/abort/{folder}", new { path = "w.bin", upload_id = upload });
        (await wire.TryPostAsync($"{Proxy}/mpu/complete/{folder}",
            JsonSerializer.Serialize(new { path = "w.bin", upload_id = upload, parts })))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");

        var link = await wire.GetAsync($"{Proxy}/presigned/{folder}/w.bin");
        link["file_size"].GetInt64().ShouldBe(18);
        (await wire.Http.GetStringAsync(link.Text("url"), Cancel)).ShouldBe("first second third");
        var forged = new Uri(link.Text("url")).PathAndQuery.Replace("w.bin", "v.bin", StringComparison.Ordinal);
        (await wire.TryGetAsync(forged))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST", "link");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Collector_LeavesWhatRunsReferTo_AndTakesIt_OnceTheRunIsCollected(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres, options =>
            (options.GarbageGrace, options.TrashLife) = (TimeSpan.Zero, TimeSpan.Zero));
        var wire = new Wire(server.HttpWith(null));
        var experiment = await wire.ExperimentAsync();
        var (kept, dropped) = (await wire.RunAsync(experiment), await wire.RunAsync(experiment));
        await PutAsync(wire, $"{experiment}/{kept}/artifacts/a", "the same bytes");
        await PutAsync(wire, $"{experiment}/{dropped}/artifacts/a", "the same bytes");
        await PutAsync(wire, $"{experiment}/{dropped}/artifacts/b", "other bytes");
        await wire.PostAsync("runs/log-batch", $$"""
            {"run_id":"{{dropped}}","metrics":[{"key":"m","value":1,"timestamp":1}],"params":[{"key":"p","value":"v"}]}
            """);
        (await server.Client.CollectGarbageAsync(dryRun: false)).Artifacts.ShouldBe(0);

        await wire.PostAsync("runs/delete", new { run_id = dropped });
        var collected = await server.Client.CollectGarbageAsync(dryRun: false);
        collected.Digests.ShouldBe([TestServer.Digest("other bytes")]);
        (await wire.TryGetAsync($"runs/get?run_id={dropped}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        (await wire.Http.GetStringAsync($"{Proxy}/artifacts/{experiment}/{kept}/artifacts/a", Cancel))
            .ShouldBe("the same bytes");

        await wire.PostAsync("experiments/delete", new { experiment_id = experiment });
        await wire.ExperimentAsync("the next one");
        await server.Client.CollectGarbageAsync(dryRun: false);
        (await wire.TryGetAsync($"experiments/get?experiment_id={experiment}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
    }

    /// <summary>
    /// Callers choose where an experiment's artifacts lie, and may restore a run whose experiment stays deleted.
    /// </summary>
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Collector_OfAnExperiment_LeavesRestoredRunsAndWhatOthersKeepInItsFolder(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres, options =>
            (options.GarbageGrace, options.TrashLife) = (TimeSpan.Zero, TimeSpan.Zero));
        var wire = new Wire(server.HttpWith(null));
        var (gone, half, other) = (await SharedAsync("gone"), await SharedAsync("half"), await SharedAsync("other"));
        var (kept, restored) = (await wire.RunAsync(other), await wire.RunAsync(half));
        await PutAsync(wire, $"shared/{kept}/artifacts/a", "of another");
        var model = (await wire.PostAsync("logged-models", new { experiment_id = gone })).Text("model.info.model_id");
        await wire.PostAsync("experiments/delete", new { experiment_id = gone });
        await wire.PostAsync("experiments/delete", new { experiment_id = half });
        await wire.PostAsync("runs/restore", new { run_id = restored });

        await server.Client.CollectGarbageAsync(dryRun: false);

        (await wire.TryGetAsync($"experiments/get?experiment_id={gone}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        (await wire.TryGetAsync($"logged-models/{model}"))
            .ShouldBe(HttpStatusCode.NotFound, "RESOURCE_DOES_NOT_EXIST");
        (await wire.Http.GetStringAsync($"{Proxy}/artifacts/shared/{kept}/artifacts/a", Cancel)).ShouldBe("of another");
        (await wire.GetAsync($"runs/get?run_id={restored}")).Text("run.info.lifecycle_stage").ShouldBe("active");

        async Task<string> SharedAsync(string name) => (await wire.PostAsync("experiments/create",
            new { name, artifact_location = "mlflow-artifacts:/shared" })).Text("experiment_id");
    }

    internal static async Task PutAsync(Wire wire, string path, string content)
    {
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        using var answer = await wire.Http.PutAsync($"{Proxy}/artifacts/{escaped}", body, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancel));
        (await answer.Content.ReadAsStringAsync(Cancel)).ShouldBe("{}");
    }

    private static string[] Paths(Answer answer) =>
    [
        .. answer["files"].EnumerateArray().Select(file => file.GetProperty("path").GetString()
            + (file.GetProperty("is_dir").GetBoolean() ? " dir" : $" {file.GetProperty("file_size").GetInt64()}")),
    ];
}
