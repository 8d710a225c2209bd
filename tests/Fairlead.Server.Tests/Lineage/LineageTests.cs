using System.Net;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Core.Predictions;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Tracking;
using Fairlead.Serving.Predict;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Lineage;

/// <summary>Where versions come from and where they answered, asked from every end.</summary>
public sealed class LineageTests(PostgresServer postgres)
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task FromAPredictionToTheBytes_AndFromTheDataToEveryAnswer(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var digest = $"sha256:{TestServer.Digest("rows")}";
        await server.Client.RegisterDatasetAsync("loans", new RegisterDatasetRequest
        {
            Digest = digest,
            Source = "git-lfs",
            Bytes = 4,
            NoProfileBecause = "only a pointer was registered",
        }, Cancel);
        var first = await RegisterAsync(server, "credit", "one", data: "loans/1");
        var child = await RegisterAsync(server, "credit", "two", parent: first.Number);
        await RegisterAsync(server, "other", "three");
        await PutAsync(server, "e", "credit", 1);
        await PutAsync(server, "e", "credit", 2);
        await PutAsync(server, "e", "credit", 1);
        await server.Client.DeleteEndpointAsync("e", cancellation: Cancel);

        // From a prediction, long after: the endpoint is deleted.
        var id = PredictionOf(server, generation: 2);
        var found = await server.Client.GetLineageAsync(new LineageQuestion { Prediction = id }, Cancel);
        (found.Prediction!.Endpoint, found.Prediction.Arm, found.Prediction.Version, found.Prediction.Rollout)
            .ShouldBe(("e", "a", "credit/2", null));
        var answered = found.Versions.ShouldHaveSingleItem();
        answered.Version.Files.ShouldHaveSingleItem().Digest.ShouldBe(TestServer.Digest("two"));
        (answered.Version.Lineage.Code!.Commit, answered.Version.Lineage.Code.Diff).ShouldBe(("c0ffee1234", "+ two"));
        answered.Version.Lineage.CodeCommit.ShouldBe("c0ffee1234-dirty");
        var forged = id[..^1] + (id[^1] == 'A' ? 'E' : 'A');
        await server.Client.GetLineageAsync(new LineageQuestion { Prediction = forged }, Cancel)
            .ShouldBeRefusedAsync("lineage_not_found", 404);

        // From the data: the version that it made, the one that goes on from there, and every time they answered.
        foreach (var asked in new[] { digest, digest["sha256:".Length..], "loans/1" })
        {
            var made = await server.Client.GetLineageAsync(new LineageQuestion { Dataset = asked }, Cancel);
            made.Versions.Select(each => (each.Version.Number, each.Via))
                .ShouldBe([(1, "data"), (2, "parent credit/1")], asked);
            made.Versions[0].Periods
                .Select(each => (each.Endpoint, each.Role, each.FromGeneration, each.UntilGeneration))
                .ShouldBe([("e", "answered", 1L, 2L), ("e", "answered", 3L, 4L)]);
            made.Versions[1].Periods.ShouldHaveSingleItem().UntilWho.ShouldBe("local");
        }

        // From everything else, also when the version is gone.
        await server.Client.DeleteVersionAsync("credit", child.Number, cancellation: Cancel);
        foreach (var question in new LineageQuestion[]
        {
            new() { Version = "credit/2" }, new() { Run = "r-two" }, new() { Commit = "c0ffee1" },
            new() { File = TestServer.Digest("two") }, new() { Prediction = id },
        })
        {
            var gone = (await server.Client.GetLineageAsync(question, Cancel)).Versions
                .Single(each => each.Version.Model == "credit" && each.Version.Number == 2);
            (gone.DeletedAt is not null, gone.Periods.Count).ShouldBe((true, 1), question.ToString());
        }

        (await server.Client.GetLineageAsync(new LineageQuestion { File = new string('0', 64) }, Cancel))
            .Versions.ShouldBeEmpty();
        var bytes = new LineageQuestion { File = digest["sha256:".Length..] };
        (await server.Client.GetLineageAsync(bytes, Cancel)).Versions.Select(each => each.Version.Number)
            .ShouldBe([1, 2], "the bytes are those of data");
        await server.Client.GetLineageAsync(new LineageQuestion { Version = "credit/9" }, Cancel)
            .ShouldBeRefusedAsync("lineage_not_found", 404);
        await server.Client.GetLineageAsync(new LineageQuestion { Dataset = "loans/9" }, Cancel)
            .ShouldBeRefusedAsync("lineage_not_found", 404);
        await server.Client.GetLineageAsync(new LineageQuestion { Commit = "c0ff" }, Cancel)
            .ShouldBeRefusedAsync("invalid_parameter", 400);
        await server.Client.GetLineageAsync(new LineageQuestion { Run = "a", File = "b" }, Cancel)
            .ShouldBeRefusedAsync("invalid_parameter", 400);
    }

    [Fact]
    public async Task WhoMaySeeLess_IsToldOfLess()
    {
        await using var server = await TestServer.StartAsync(options => options.AdminKey = AdminKey);
        var admin = server.ClientWith(AdminKey);
        await RegisterAsync(server, "credit", "same", client: admin);
        await RegisterAsync(server, "secret", "same", client: admin);
        await PutAsync(server, "open", "credit", 1, admin);
        await PutAsync(server, "closed", "credit", 1, admin);
        var key = await admin.CreateKeyAsync(new CreateKeyRequest
        {
            Name = "narrow",
            Role = "viewer",
            Models = ["credit"],
            Endpoints = ["open"],
        }, Cancel);
        var narrow = server.ClientWith(key.Secret);

        var found = await narrow.GetLineageAsync(
            new LineageQuestion { File = TestServer.Digest("same") }, Cancel);
        found.Versions.ShouldHaveSingleItem().Version.Model.ShouldBe("credit");
        found.Hidden.ShouldBe(1);
        found.Versions[0].Periods.ShouldHaveSingleItem().Endpoint.ShouldBe("open");
        await narrow.GetLineageAsync(new LineageQuestion { Version = "secret/1" }, Cancel)
            .ShouldBeRefusedAsync("forbidden", 403);
        var closed = PredictionOf(server, generation: 1, endpoint: 2);
        await narrow.GetLineageAsync(new LineageQuestion { Prediction = closed }, Cancel)
            .ShouldBeRefusedAsync("forbidden", 403);
        await narrow.ExportLineageAsync("secret", 1, "slsa", Cancel).ShouldBeRefusedAsync("forbidden", 403);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task WhatAnAliasAndAnEndpointWere_AtAnyInstant(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        for (var i = 0; i < 3; i++)
            await server.RegisterAsync("credit", $"{i}");
        var before = DateTimeOffset.UtcNow;
        await MoveAsync(server, "champion", 1, 0);
        await MoveAsync(server, "old", 3, 0);
        await PutAsync(server, "e", "credit", 1);
        var early = await NextInstantAsync();
        await MoveAsync(server, "champion", 2, 1);
        await PutAsync(server, "e", "credit", 2);
        var late = await NextInstantAsync();
        await server.Client.DeleteEndpointAsync("e", cancellation: Cancel);
        await server.Client.DeleteModelAsync("credit", cancellation: Cancel);

        async Task<(string, int?, string)[]> AtAsync(DateTimeOffset at) =>
            [.. (await server.Client.ListAliasHistoryAsync("credit", at: at, cancellation: Cancel)).Items
                .Select(move => (move.Alias, move.Version, move.Who)).Order()];
        (await AtAsync(before)).ShouldBeEmpty();
        (await AtAsync(early)).ShouldBe([("champion", 1, "local"), ("old", 3, "local")]);
        (await AtAsync(late)).ShouldBe([("champion", 2, "local"), ("old", 3, "local")]);
        (await AtAsync(DateTimeOffset.UtcNow)).ShouldBeEmpty();
        (await server.Client.ListAliasHistoryAsync("credit", "champion", cancellation: Cancel)).Items
            .Select(move => (move.Version, move.Before, move.Reason))
            .ShouldBe([(null, 2, null), (2, 1, "because"), (1, null, "because")]);
        await server.Client.ListAliasHistoryAsync("none", cancellation: Cancel)
            .ShouldBeRefusedAsync("model_not_found", 404);

        async Task<int?> VersionAsync(DateTimeOffset at) =>
            (await server.Client.ListEndpointHistoryAsync("e", at: at, cancellation: Cancel)).Items
                .SingleOrDefault()?.Endpoint?.Variants[0].Version;
        (await VersionAsync(before)).ShouldBeNull();
        (await VersionAsync(early)).ShouldBe(1);
        (await VersionAsync(late)).ShouldBe(2);
        (await VersionAsync(DateTimeOffset.UtcNow)).ShouldBeNull();
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task AVersionOfARun_KnowsWhatTheRunKnew(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var wire = new Wire(server.HttpWith(null));
        var experiment = await wire.ExperimentAsync();
        var run = await wire.RunAsync(experiment, "train", 1_700_000_000_000,
            ("mlflow.source.git.commit", "abcdef0123"), ("mlflow.source.name", "train.py"),
            ("mlflow.source.git.repoURL", "https://ada:secret@git.example/credit.git?token=x"),
            ("mlflow.docker.image.name", "train:7"));
        await wire.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "auc", value = (object)0.8, timestamp = 1, step = 0 },
                new { key = "bad", value = (object)"NaN", timestamp = 1, step = 0 } },
            @params = new[] { new { key = "depth", value = "3" } },
        });
        await wire.PostAsync("runs/log-inputs", new
        {
            run_id = run,
            datasets = new[]
            {
                new
                {
                    tags = new[] { new { key = "mlflow.data.context", value = "training" } },
                    dataset = new
                    {
                        name = "loans",
                        digest = "d1g3st",
                        source_type = "http",
                        source = """{"url":"https://data.example/loans.csv"}""",
                    },
                },
            },
        });
        foreach (var (file, text) in new[]
        {
            ("MLmodel", "flavors:\n  onnx:\n    data: m.onnx\n  python_function:\n    python_version: 3.11.9\n"),
            ("m.onnx", "weights"), ("requirements.txt", "onnx==1.16.0\n# why\nnumpy>=1.2\n"),
        })
        {
            using var content = new StringContent(text);
            (await wire.Http.PutAsync(
                $"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/model/{file}", content, Cancel))
                .StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        await wire.PostAsync("registered-models/create", new { name = "credit" });
        await wire.PostAsync("model-versions/create",
            new { name = "credit", source = $"runs:/{run}/model", run_id = run });

        var version = await server.Client.GetVersionAsync("credit", 1, Cancel);
        version.Metrics.ShouldBe(new Dictionary<string, double> { ["auc"] = 0.8 });
        version.Parameters.ShouldBe(new Dictionary<string, string> { ["depth"] = "3" });
        var lineage = version.Lineage;
        (lineage.Run, lineage.CodeCommit, lineage.Code!.EntryPoint, lineage.Code.Repository)
            .ShouldBe((run, "abcdef0123", "train.py", "https://git.example/credit.git"));
        lineage.Inputs.ShouldBe([new LineageInput("loans", "d1g3st", "https://data.example/loans.csv", "training")]);
        (lineage.Environment!.Container, lineage.Environment.Python, lineage.Environment.Source)
            .ShouldBe(("train:7", "3.11.9", "requirements.txt"));
        lineage.Environment.Packages.ShouldBe([new PackageInfo("onnx", "1.16.0"), new PackageInfo("numpy", null)]);
        (await server.Client.GetLineageAsync(new LineageQuestion { Dataset = "d1g3st" }, Cancel))
            .Versions.ShouldHaveSingleItem().Version.Number.ShouldBe(1);

        // A rename takes the lineage along, and leaves what happened under the old name where it happened.
        await wire.PostAsync("registered-models/rename", new { name = "credit", new_name = "loan" });
        var renamed = await server.Client.GetLineageAsync(new LineageQuestion { Run = run }, Cancel);
        renamed.Versions.Select(each => (each.Version.Model, each.DeletedAt is null))
            .ShouldBe([("credit", false), ("loan", true)], ignoreOrder: true);

        // The exports of the real thing, in every form.
        foreach (var format in new[] { "openlineage", "slsa", "cyclonedx", "card-md", "card-html" })
            (await server.Client.ExportLineageAsync("loan", 1, format, Cancel)).ShouldContain("d1g3st");
        await server.Client.ExportLineageAsync("loan", 1, "pdf", Cancel).ShouldBeRefusedAsync("unknown_format", 404);
    }

    private static async Task<VersionInfo> RegisterAsync(
        TestServer server, string model, string content, string? data = null, int? parent = null,
        FairleadClient? client = null)
    {
        var who = client ?? server.Client;
        var artifact = await server.UploadAsync(content, who);
        return await who.RegisterVersionAsync(model, new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Datasets = data is null ? [] : [data],
            Lineage = new VersionLineage
            {
                Run = $"r-{content}",
                Parent = parent,
                Code = new CodeLineage { Commit = "c0ffee1234", Dirty = true, Diff = $"+ {content}" },
            },
        }, cancellation: Cancel);
    }

    private static Task<EndpointInfo> PutAsync(
        TestServer server, string name, string model, int version, FairleadClient? client = null) =>
        (client ?? server.Client).PutEndpointAsync(name, new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = model, Version = version }],
        }, cancellation: Cancel);

    private static Task<AliasInfo> MoveAsync(TestServer server, string alias, int version, int expected) =>
        server.Client.SetAliasAsync("credit", alias, new SetAliasRequest
        {
            Version = version,
            Expected = expected == 0 ? null : expected,
            Reason = "because",
        }, Cancel);

    private static string PredictionOf(TestServer server, long generation, int endpoint = 1)
    {
        var key = server.Services.GetRequiredService<IPredictionKeys>().Current;
        var text = new byte[PredictionId.TextLength];
        new PredictionId(key.Id, endpoint, generation, 1, 1_700_000_000_000, 7).Write(key.Secret.Span, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    /// <summary>An instant that lies behind everything so far and before everything to come.</summary>
    private static async Task<DateTimeOffset> NextInstantAsync()
    {
        await Task.Delay(2, Cancel);
        var now = DateTimeOffset.UtcNow;
        await Task.Delay(2, Cancel);
        return now;
    }
}
