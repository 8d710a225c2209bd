using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Serving.Windows;
using Fairlead.Statistics.Sketches;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Datasets;

/// <summary>Datasets: registered once, named by versions of models, compared, and held against live traffic.</summary>
public sealed class DatasetTests(PostgresServer postgres)
{
    private readonly Random _random = new(20_261_127);

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Register_TheSameContent_KeepsItsNumber(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        var first = await RegisterAsync(server, "credit", "one", Rows(200));
        var again = await RegisterAsync(server, "credit", "one", Rows(200));
        var other = await RegisterAsync(server, "credit", "two", Rows(300));

        (first.Name, first.Number, first.WasKnown, first.Rows, first.Split)
            .ShouldBe(("credit", 1, false, 200L, "train"));
        (again.Number, again.WasKnown).ShouldBe((1, true));
        other.Number.ShouldBe(2);
        var shown = await server.Client.GetDatasetVersionAsync("credit", 1);
        shown.Columns.Select(column => (column.Name, column.Type))
            .ShouldBe([("age", "number"), ("income", "number"), ("job", "text")]);
        shown.Statistics.Single(column => column.Name == "age").Rows.ShouldBe(200);
        shown.Statistics.Single(column => column.Name == "job").Role.ShouldBe("label");
        (await server.Client.ListDatasetVersionsAsync("credit")).Items.Select(each => each.Number).ShouldBe([2, 1]);
        var listed = (await server.Client.ListDatasetsAsync()).Items.ShouldHaveSingleItem();
        (listed.Name, listed.LatestVersion, listed.VersionCount).ShouldBe(("credit", 2, 2));
        (await server.Client.ListAuditAsync()).Items.Count(entry => entry.What == "dataset.register").ShouldBe(2);

        await RegisterAsync(server, "credit", "one", Rows(200), split: "test")
            .ShouldBeRefusedAsync("dataset_registered", 409);
        await server.Client.GetDatasetVersionAsync("credit", 3).ShouldBeRefusedAsync("dataset_not_found", 404);
        await server.Client.ListDatasetVersionsAsync("none").ShouldBeRefusedAsync("dataset_not_found", 404);
    }

    [Fact]
    public async Task APointer_GetsItsStatisticsWhenTheContentIsThere()
    {
        await using var server = await TestServer.StartAsync();
        var pointer = await server.Client.RegisterDatasetAsync("credit", new RegisterDatasetRequest
        {
            Digest = $"sha256:{TestServer.Digest("one")}",
            Source = "git-lfs",
            Bytes = 3,
            NoProfileBecause = "only a pointer was registered",
        });
        pointer.Profile.ShouldBeNull();
        (await server.Client.GetDatasetDiffAsync("credit", 1, "credit/1")).NotComparedBecause!
            .ShouldContain("only a pointer");

        var whole = await RegisterAsync(server, "credit", "one", Rows(200));
        (whole.Number, whole.WasKnown, whole.Rows, whole.NoProfileBecause, whole.Split)
            .ShouldBe((1, true, 200L, null, "train"));
        whole.Profile.ShouldNotBeNull();
        (await server.Client.ListAuditAsync()).Items[0].What.ShouldBe("dataset.complete");
    }

    [Fact]
    public async Task AProfile_MustBeOfTheDataset()
    {
        await using var server = await TestServer.StartAsync();
        var rows = Rows(50);
        await RegisterAsync(server, "d", "x", rows, request => request with { Rows = 51 })
            .ShouldBeRefusedAsync("invalid_profile", 400);
        (await RegisterAsync(server, "d", "x", rows, request => request with
        {
            Columns = [new DatasetColumnInfo("age", "number"), new DatasetColumnInfo("hat", "number")],
            Labels = null,
        }).ShouldBeRefusedAsync("invalid_profile", 400)).Detail!.ShouldContain("'hat'");
        await RegisterAsync(server, "d", "x", rows, request => request with { Profile = TestServer.Digest("gone") })
            .ShouldBeRefusedAsync("artifacts_missing", 409);
        var text = await server.UploadAsync("no profile");
        await RegisterAsync(server, "d", "x", rows, request => request with { Profile = text.Digest })
            .ShouldBeRefusedAsync("invalid_profile", 400);

        // A window of a later release begins as ours does and says so.
        var bytes = rows.ToBytes();
        bytes[1] = 9;
        using var compressed = new MemoryStream();
        await using (var brotli = new System.IO.Compression.BrotliStream(
            compressed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            await brotli.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }

        compressed.Position = 0;
        var later = await server.Client.PutArtifactAsync(compressed);
        (await RegisterAsync(server, "d", "x", rows, request => request with { Profile = later.Digest })
            .ShouldBeRefusedAsync("invalid_profile", 400)).Detail!.ShouldContain("format 9");
        await RegisterAsync(server, "d", "x", rows, request => request with { Source = "tape" })
            .ShouldBeRefusedAsync("invalid_source", 400);
        await RegisterAsync(server, "d", "x", rows, request => request with { Labels = "hat" })
            .ShouldBeRefusedAsync("unknown_column", 400);
        (await server.Client.ListDatasetsAsync()).Items.ShouldBeEmpty();
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task AVersion_KnowsItsDatasets_AndTheyKnowIt(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres, options =>
            options.GarbageGrace = TimeSpan.Zero);
        await RegisterAsync(server, "credit", "one", Rows(200));
        await RegisterAsync(server, "credit", "two", Rows(200));
        var version = await ModelAsync(server, "credit/1", "credit/2:evaluation");

        version.Lineage.Registered.Select(data => (data.Name, data.Version, data.Role))
            .ShouldBe([("credit", 1, "training"), ("credit", 2, "evaluation")]);
        version.Lineage.Registered[0].Digest.ShouldBe($"sha256:{TestServer.Digest("one")}");
        (await server.Client.GetVersionAsync("m", 1)).Lineage.Registered.Count.ShouldBe(2);
        (await server.Client.GetDatasetVersionAsync("credit", 1)).UsedBy
            .ShouldBe([new DatasetUseInfo("m", 1, "training")]);
        await ModelAsync(server, "credit/9").ShouldBeRefusedAsync("dataset_not_found", 404);
        await ModelAsync(server, "credit").ShouldBeRefusedAsync("invalid_dataset", 400);

        // What a dataset names is kept by the collector; what nothing names any more is not.
        await server.UploadAsync("litter");
        (await server.Client.CollectGarbageAsync()).Artifacts.ShouldBe(1);
        (await server.Client.GetDatasetVersionAsync("credit", 1)).Statistics.Count.ShouldBe(3);
        await server.Client.DeleteVersionAsync("m", 1);
        (await server.Client.GetDatasetVersionAsync("credit", 1)).UsedBy.ShouldBeEmpty();
    }

    [Fact]
    public async Task Diff_TellsColumnsAndDistributions()
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, "credit", "one", Rows(500));
        await RegisterAsync(server, "credit", "two", Rows(600, shift: 1, extra: "city"));

        var diff = await server.Client.GetDatasetDiffAsync("credit", 1, "credit/2");
        (diff.SameContent, diff.FromRows, diff.ToRows, diff.State).ShouldBe((false, 500L, 600L, "drift"));
        diff.Added.Select(column => column.Name).ShouldBe(["city"]);
        diff.Removed.ShouldBeEmpty();
        diff.Findings.Where(finding => finding.State == "drift").Select(finding => finding.Column)
            .ShouldBe(["income"]);
        diff.Findings.ShouldAllBe(finding => finding.Column != "city");
        (await server.Client.GetDatasetDiffAsync("credit", 1, "credit/1")).State.ShouldBe("ok");
        await server.Client.GetDatasetDiffAsync("credit", 1, "credit").ShouldBeRefusedAsync("invalid_dataset", 400);
    }

    [Fact]
    public async Task Drift_IsHeldAgainstADataset_AndAgainstWhatTheVersionLearntFrom()
    {
        await using var server = await TestServer.StartAsync();
        await RegisterAsync(server, "credit", "one", Rows(1000, single: false));
        await ModelAsync(server, "credit/1");
        await ModelAsync(server);
        var endpoint = await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants =
            [
                new VariantRequest { Name = "a", Model = "m", Version = 1 },
                new VariantRequest { Name = "b", Model = "m", Version = 2 },
            ],
        });
        await StoreAsync(server, endpoint, "a", "1", Rows(400, shift: 1, single: true));
        await StoreAsync(server, endpoint, "b", "2", Rows(400, single: true));

        var held = await server.Client.GetDriftAsync("e", new DriftQuestion(Reference: "dataset:credit/1"));
        (held.Reference, held.ReferenceFrom).ShouldBe(("dataset:credit/1", null));
        var (a, b) = (held.Arms.Single(arm => arm.Variant == "a"), held.Arms.Single(arm => arm.Variant == "b"));
        a.Findings.Where(finding => finding.State == "drift").Select(finding => finding.Column).ShouldBe(["income"]);

        // The file's 0.1 is not the model's 0.1f, and yet no new value.
        b.State.ShouldBe("ok", string.Join('\n', b.Findings.Select(finding => finding.Sentence)));
        b.HeldAgainst.ShouldBe("dataset credit/1, 1,000 rows");
        b.NotCompared.ShouldBe(["'y' is no column of the reference"]);

        var training = await server.Client.GetDriftAsync("e", new DriftQuestion(Reference: "training"));
        training.Arms.Single(arm => arm.Variant == "a").State.ShouldBe("drift");
        var without = training.Arms.Single(arm => arm.Variant == "b");
        without.State.ShouldBe("insufficient_data");
        without.HeldAgainst.ShouldContain("m/2 names no dataset");

        var rolling = await server.Client.GetDriftAsync("e", new DriftQuestion(Reference: "rolling:1d"));
        (rolling.ReferenceTo, rolling.ReferenceTo - rolling.ReferenceFrom)
            .ShouldBe((rolling.From, TimeSpan.FromDays(1)), rolling.ReferenceFrom.ToString());
        rolling.Arms.ShouldAllBe(arm => arm.State == "insufficient_data");
    }

    [Theory]
    [InlineData("dataset:none/1", "dataset_not_found")]
    [InlineData("dataset:none", "invalid_dataset")]
    [InlineData("rolling:1s", "invalid_reference")]
    [InlineData("rolling:", "invalid_reference")]
    [InlineData("yesterday", "invalid_reference")]
    public async Task AReference_ThatIsNone_IsRefused(string reference, string code)
    {
        await using var server = await TestServer.StartAsync();
        await ModelAsync(server);
        var endpoint = await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "a", Model = "m", Version = 1 }],
        });
        await StoreAsync(server, endpoint, "a", "1", Rows(10));

        await server.Client.GetDriftAsync("e", new DriftQuestion(Reference: reference)).ShouldBeRefusedAsync(code);
    }

    private static async Task<VersionInfo> ModelAsync(TestServer server, params string[] datasets)
    {
        var artifact = await server.UploadAsync("a model");
        return await server.Client.RegisterVersionAsync("m", new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Datasets = datasets,
        });
    }

    private static async Task<DatasetVersionInfo> RegisterAsync(
        TestServer server, string name, string content, WindowSketch rows,
        Func<RegisterDatasetRequest, RegisterDatasetRequest>? change = null, string? split = "train")
    {
        using var bytes = new MemoryStream(WindowFiles.Encode(rows));
        var profile = await server.Client.PutArtifactAsync(bytes);
        var request = new RegisterDatasetRequest
        {
            Digest = $"sha256:{TestServer.Digest(content)}",
            Source = "file",
            Bytes = content.Length,
            Files = 1,
            Rows = rows.Rows,
            Columns =
            [
                .. rows.Columns.Select(column => new DatasetColumnInfo(
                    column.Name, column.Name == "job" ? "text" : "number")),
            ],
            Labels = "job",
            Split = split,
            Profile = profile.Digest,
        };
        return await server.Client.RegisterDatasetAsync(name, change?.Invoke(request) ?? request);
    }

    private static Task StoreAsync(
        TestServer server, EndpointInfo endpoint, string arm, string version, WindowSketch rows)
    {
        rows.Merge(Output(rows.Rows));
        return server.Services.GetRequiredService<IWindowSink>().StoreAsync(
            new SealedWindow(
                EndpointName.Parse("e"), endpoint.Number, VariantName.Parse(arm),
                endpoint.Variants.Single(variant => variant.Name == arm).Arm, "m", version,
                ArmWindows.MinuteOf(DateTimeOffset.UtcNow) - 10, rows), CancellationToken.None);
    }

    private static WindowSketch Output(long rows)
    {
        var window = new WindowSketch([("y", true)], 1);
        for (var row = 0; row < rows; row++)
            window.Columns[0].Sketch.Add(row);
        return window;
    }

    /// <summary>Ages of a few values with a fraction, incomes, and jobs.</summary>
    private WindowSketch Rows(int rows, double shift = 0, string? extra = null, bool single = false)
    {
        List<(string, bool)> columns = [("age", false), ("income", false), ("job", false)];
        if (extra is not null)
            columns.Add((extra, false));
        var window = new WindowSketch(columns, (ulong)rows);
        window.CountRows(rows);
        window.Count("none", rows);
        for (var row = 0; row < rows; row++)
        {
            var (age, income) = (0.1 * (row % 7), shift + Fairlead.Statistics.Numerics.Normal.Quantile(
                _random.NextDouble()));
            window.Columns[0].Sketch.Add(single ? (float)age : age);
            window.Columns[1].Sketch.Add(single ? (float)income : income);
            window.Columns[2].Sketch.AddText(row % 3 == 0 ? "doctor" : "teacher");
            if (extra is not null)
                window.Columns[3].Sketch.Add(row);
        }

        return window;
    }
}
