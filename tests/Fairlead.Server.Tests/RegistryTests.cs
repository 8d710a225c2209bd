using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests;

public sealed class RegistryTests(PostgresServer postgres)
{
    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_AFile_MakesTheModelAndItsFirstVersion(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);

        var artifact = await server.UploadAsync("weights");
        var version = await server.Client.RegisterVersionAsync("Kredit-Prüfung", new RegisterVersionRequest
        {
            Files = [new VersionFile("sub/m.onnx", artifact.Digest, artifact.Size)],
            Description = "first",
            Tags = new Dictionary<string, string> { ["team"] = "risk" },
            Metrics = new Dictionary<string, double> { ["auc"] = 0.75 },
            Parameters = new Dictionary<string, string> { ["depth"] = "3" },
            Lineage = new VersionLineage
            {
                CodeCommit = "abc",
                Datasets = new Dictionary<string, string> { ["train"] = "d1" },
            },
            Reason = "trial",
        });

        version.Number.ShouldBe(1);
        version.Entry.ShouldBe("sub/m.onnx");
        version.CreatedBy.ShouldBe("local");
        version.Inputs.ShouldHaveSingleItem().Datatype.ShouldBe("FP32");
        version.Inputs[0].Fields.ShouldBe(["age", "income"]);
        version.Probe.Batchable.ShouldBeTrue();

        var found = await server.Client.GetVersionAsync("Kredit-Prüfung", 1);
        found.Metrics["auc"].ShouldBe(0.75);
        found.Lineage.Datasets["train"].ShouldBe("d1");
        (await server.Client.GetModelAsync("Kredit-Prüfung")).LatestVersion.ShouldBe(1);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_AfterDeletion_NeverUsesANumberAgain(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);

        await server.RegisterAsync("m");
        await server.RegisterAsync("m");
        await server.Client.DeleteVersionAsync("m", 2);
        (await server.RegisterAsync("m")).Number.ShouldBe(3);
        await server.Client.DeleteModelAsync("m");
        await server.Client.GetModelAsync("m").ShouldBeRefusedAsync("model_not_found", 404);
        (await server.RegisterAsync("m")).Number.ShouldBe(4);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_FromManyAtOnce_NumbersEachOnce(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.UploadAsync("a model");

        var versions = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => server.RegisterAsync("m")));

        versions.Select(version => version.Number).Order().ShouldBe(Enumerable.Range(1, 12));
    }

    [Fact]
    public async Task Register_MissingFiles_NamesThem()
    {
        await using var server = await TestServer.StartAsync();
        var there = await server.UploadAsync("there");

        var problem = await server.Client.RegisterVersionAsync("m", new RegisterVersionRequest
        {
            Files = [new("model.onnx", there.Digest, there.Size), new("data.bin", TestServer.Digest("gone"), 4)],
        }).ShouldBeRefusedAsync("artifacts_missing", 409);

        problem.Detail!.ShouldContain("'data.bin'");
        problem.Detail!.ShouldNotContain("'model.onnx'");
        await server.Client.GetModelAsync("m").ShouldBeRefusedAsync("model_not_found");
    }

    [Theory]
    [InlineData("refuse", "model_refused", "the operator Foo is not known")]
    [InlineData("crash", "model_crashed", "signal 11")]
    [InlineData("hang", "probe_timeout", "00:00:01")]
    [InlineData("hungry", "model_too_large", "64 MiB")]
    [InlineData("garbage", "probe_failed", "report")]
    public async Task Register_AnUnfitModel_IsRefusedWithTheReasonAndLeavesNothing(
        string content, string code, string why)
    {
        await using var server = await TestServer.StartAsync(options =>
        {
            options.ProbeTimeout = TimeSpan.FromSeconds(content == "hang" ? 1 : 20);
            options.ProbeMemoryBytes = 64 << 20;
        });

        var problem = await server.RegisterAsync("m", content)
            .ShouldBeRefusedAsync(code, code == "probe_failed" ? 503 : 400);

        problem.Detail!.ShouldContain(why);
        (await server.Client.ListModelsAsync()).Items.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(server.Options.DataFolder, "probe")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Register_ACorruptArtifact_IsRefusedByName_AndUploadingAgainHeals()
    {
        await using var server = await TestServer.StartAsync();
        await server.UploadAsync("a model");
        var digest = TestServer.Digest("a model");
        File.WriteAllText(
            Path.Combine(server.Options.DataFolder, "artifacts", "sha256", digest[..2], digest), "b model");
        var request = new RegisterVersionRequest { Files = [new("model.onnx", digest, 7)] };

        (await server.Client.RegisterVersionAsync("m", request).ShouldBeRefusedAsync("artifact_corrupt"))
            .Detail!.ShouldContain("'model.onnx'");
        await server.UploadAsync("a model");
        (await server.Client.RegisterVersionAsync("m", request)).Number.ShouldBe(1);
    }

    [Fact]
    public async Task Put_WithTheWrongDigest_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        using var content = new MemoryStream([1, 2, 3]);

        await server.Client.PutArtifactAsync(content, TestServer.Digest("x")).ShouldBeRefusedAsync("digest_mismatch");
    }

    [Fact]
    public async Task Put_MoreThanAllowed_IsRefusedWithoutBeingKept()
    {
        await using var server = await TestServer.StartAsync(options => options.MaxArtifactBytes = 10);

        await server.UploadAsync("12345678901").ShouldBeRefusedAsync("body_too_large", 413);
        (await server.Client.HasArtifactAsync(TestServer.Digest("12345678901"))).ShouldBeFalse();
    }

    [Fact]
    public async Task ReadArtifact_GivesTheBytes()
    {
        await using var server = await TestServer.StartAsync();
        var artifact = await server.UploadAsync("the bytes");
        using var read = new MemoryStream();

        await server.Client.ReadArtifactAsync(artifact.Digest, read);

        System.Text.Encoding.UTF8.GetString(read.ToArray()).ShouldBe("the bytes");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Alias_MovesByCompareAndSwap(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");
        await server.RegisterAsync("m");

        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 1 });
        var problem = await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 2 })
            .ShouldBeRefusedAsync("alias_moved", 409);
        problem.Present!.Value.GetInt32().ShouldBe(1);
        await server.Client.SetAliasAsync("m", "champion", new SetAliasRequest { Version = 2, Expected = 1 });

        (await server.Client.GetVersionAsync("m", 2)).Aliases.ShouldBe(["champion"]);
        (await server.Client.DeleteVersionAsync("m", 2).ShouldBeRefusedAsync("version_has_alias"))
            .Detail!.ShouldContain("'champion'");
        await server.Client.DeleteAliasAsync("m", "champion", expected: 1).ShouldBeRefusedAsync("alias_moved");
        await server.Client.DeleteAliasAsync("m", "champion", expected: 2);
        await server.Client.DeleteVersionAsync("m", 2);
        await server.Client.SetAliasAsync("m", "x", new SetAliasRequest { Version = 2 })
            .ShouldBeRefusedAsync("version_not_found");
        await server.Client.SetAliasAsync("m", "latest", new SetAliasRequest { Version = 1 })
            .ShouldBeRefusedAsync("invalid_name");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Alias_RacedFor_IsWonByExactlyOne(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        var moves = Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                await server.Client.SetAliasAsync("m", "a", new SetAliasRequest { Version = 1, Reason = $"{i}" });
                return 1;
            }
            catch (Client.FairleadApiException e) when (e.Code == "alias_moved")
            {
                return 0;
            }
        });

        (await Task.WhenAll(moves)).Sum().ShouldBe(1);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task List_PageByPage_GivesEveryModelOnce(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        string[] names = ["a", "B", "ä", "Z", "zz", "0", "日本", "a-b", "a b"];
        foreach (var name in names)
            await server.Client.CreateModelAsync(new CreateModelRequest { Name = name });

        var seen = new List<string>();
        string? token = null;
        do
        {
            var page = await server.Client.ListModelsAsync(new PageRequest(2, token));
            page.Items.Count.ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.Items.Select(model => model.Name));
            token = page.NextPageToken;
        }
        while (token is not null);

        seen.ShouldBe(names.Order(StringComparer.Ordinal));
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Describe_ChangesOnlyWhatIsGiven(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.Client.CreateModelAsync(new CreateModelRequest
        {
            Name = "m",
            Description = "d",
            Tags = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
        });

        var changed = await server.Client.DescribeModelAsync("m", new DescribeRequest
        {
            Tags = new Dictionary<string, string?> { ["a"] = null, ["c"] = "3" },
        });

        changed.Description.ShouldBe("d");
        changed.Tags.ShouldBe(new Dictionary<string, string> { ["b"] = "2", ["c"] = "3" }, ignoreOrder: true);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task CollectGarbage_RemovesWhatNobodyRefersTo(Engine engine)
    {
        await using var server = await TestServer.StartAsync(
            engine, postgres, options => options.GarbageGrace = TimeSpan.Zero);
        var version = await server.RegisterAsync("m", "kept");
        await server.UploadAsync("stray");

        (await server.Client.CollectGarbageAsync(dryRun: true)).Digests.ShouldBe([TestServer.Digest("stray")]);
        (await server.Client.HasArtifactAsync(TestServer.Digest("stray"))).ShouldBeTrue();
        (await server.Client.CollectGarbageAsync()).Artifacts.ShouldBe(1);
        (await server.Client.HasArtifactAsync(TestServer.Digest("stray"))).ShouldBeFalse();
        (await server.Client.HasArtifactAsync(version.Files[0].Digest)).ShouldBeTrue();
        await server.Client.DeleteVersionAsync("m", 1);
        (await server.Client.CollectGarbageAsync()).Artifacts.ShouldBe(1);
    }

    [Fact]
    public async Task CollectGarbage_WithinTheGrace_KeepsUploads()
    {
        await using var server = await TestServer.StartAsync();
        await server.UploadAsync("on its way");

        (await server.Client.CollectGarbageAsync()).Artifacts.ShouldBe(0);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task CollectGarbage_BesideRegistrations_NeverTakesAFileOfAVersion(Engine engine)
    {
        await using var server = await TestServer.StartAsync(
            engine, postgres, options => options.GarbageGrace = TimeSpan.Zero);
        using var done = new CancellationTokenSource();
        var collecting = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await server.Client.CollectGarbageAsync();
        }, TestContext.Current.CancellationToken);

        for (var i = 0; i < 15; i++)
        {
            try
            {
                await server.RegisterAsync("m", $"content {i}");
            }
            catch (Client.FairleadApiException e) when (e.Code == "artifacts_missing")
            {
                // Told, not broken.
            }
        }

        await done.CancelAsync();
        await collecting;
        if ((await server.Client.ListModelsAsync()).Items.Count == 0)
            return;
        foreach (var version in (await server.Client.ListVersionsAsync("m")).Items)
            (await server.Client.HasArtifactAsync(version.Files[0].Digest)).ShouldBeTrue();
    }
}
