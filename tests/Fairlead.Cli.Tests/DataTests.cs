using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Fairlead.Cli.Datasets;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using Fairlead.Statistics.Sketches;
using Microsoft.AspNetCore.Http;
using ParquetSharp;

namespace Fairlead.Cli.Tests;

/// <summary>Data where it lies: what is read of it, and what is sent.</summary>
public sealed class DataTests
{
    private const string Csv = "age,job,ok,zip\n30,doctor,true,1\n41.5,teacher,false,2\n,doctor,true,x3\n";
    private const string Lfs = "version https://git-lfs.github.com/spec/v1\n"
        + "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    [Fact]
    public async Task ACsv_IsReadWithTypesAndMissingValues()
    {
        using var scratch = new Scratch();
        var table = await ReadAsync(scratch.File("rows.csv", Csv));

        table.Rows.ShouldBe(3);
        table.Columns.Select(column => (column.Name, column.Type))
            .ShouldBe([("age", "number"), ("job", "text"), ("ok", "boolean"), ("zip", "text")]);
        var sketch = table.Sketch.ShouldNotBeNull();
        (sketch.Columns[0].Sketch.Missing, sketch.Columns[0].Sketch.Moments.Mean).ShouldBe((1, 35.75));
        sketch.Columns[1].Sketch.Frequent.Items()[0].ShouldBe(new FrequentItem("doctor", double.NaN, 2));

        // A column that turned out to be text has its numbers as texts too.
        sketch.Columns[3].Sketch.Frequent.Items().Select(item => item.Text).Order().ShouldBe(["1", "2", "x3"]);
        sketch.Columns.ShouldAllBe(column => column.Sketch.Rows == 3);
    }

    [Fact]
    public async Task TheSameRows_AreTheSame_AsCsvJsonAndParquet()
    {
        using var scratch = new Scratch();
        var parquet = Path.Combine(scratch.Folder, "rows.parquet");
        Column[] columns =
            [new Column<double?>("age"), new Column<string>("job"), new Column<bool>("ok"), new Column<string>("zip")];
        using (var file = new ParquetFileWriter(parquet, columns))
        {
            using (var group = file.AppendRowGroup())
            {
                using (var age = group.NextColumn().LogicalWriter<double?>())
                    age.WriteBatch([30, 41.5, null]);
                using (var job = group.NextColumn().LogicalWriter<string>())
                    job.WriteBatch(["doctor", "teacher", "doctor"]);
                using (var ok = group.NextColumn().LogicalWriter<bool>())
                    ok.WriteBatch([true, false, true]);
                using (var zip = group.NextColumn().LogicalWriter<string>())
                    zip.WriteBatch(["1", "2", "x3"]);
            }

            file.Close();
        }

        var json = scratch.File("rows.jsonl", """
            {"age": 30, "job": "doctor", "ok": true, "zip": 1}
            {"age": 41.5, "job": "teacher", "ok": false, "zip": 2}
            {"age": null, "job": "doctor", "ok": true, "zip": "x3"}
            """);
        var expected = await ReadAsync(scratch.File("rows.csv", Csv));

        foreach (var path in new[] { parquet, json })
        {
            var table = await ReadAsync(path);
            table.Columns.ShouldBe(expected.Columns, path);
            table.Sketch!.ToBytes().ShouldBe(expected.Sketch!.ToBytes(), path);
        }
    }

    [Fact]
    public async Task Lists_AreColumnsOfTheirOwn_OrTheirMean()
    {
        using var scratch = new Scratch();
        var table = await ReadAsync(scratch.File("rows.json", """
            [{"even": [1, 2], "odd": [1], "late": 1}, {"even": [3, 4], "odd": [1, 3], "late": 2.5, "more": true}]
            """));

        table.Columns.Select(column => (column.Name, column.Type)).ShouldBe(
            [("even[0]", "number"), ("even[1]", "number"), ("odd", "list"), ("late", "number"), ("more", "boolean")]);
        table.Sketch!.Columns[1].Sketch.Moments.Mean.ShouldBe(3);
        table.Sketch.Columns[2].Sketch.Moments.Mean.ShouldBe(1.5);
        table.Sketch.Columns[4].Sketch.Missing.ShouldBe(1);
    }

    [Theory]
    [InlineData("rows.csv", "a,b\n1,2\n3\n", "line 3 has 1 fields, the heading has 2")]
    [InlineData("rows.csv", "", "the CSV is empty")]
    [InlineData("rows.csv", "a,b\n", "holds no rows")]
    [InlineData("rows.csv", "a,a\n1,2\n", "two columns are named 'a'")]
    [InlineData("rows.csv", "a\n\"1\n", "a quoted field is not closed")]
    [InlineData("rows.jsonl", "", "there are no rows")]
    [InlineData("rows.jsonl", "{\"a\":1}\n{\"a\":", "the JSON is broken after row 1")]
    [InlineData("rows.json", "[1]", "row 1 is no JSON object")]
    [InlineData("rows.parquet", "no", "cannot be read as Parquet")]
    public async Task ABrokenTable_IsToldWithItsPlace(string name, string text, string expected)
    {
        using var scratch = new Scratch();
        await using var server = await FakeServer.StartAsync();

        var result = await Line.RunAsync(server, "data", "register", "d", scratch.File(name, text));

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain(expected);
        result.Error.ShouldContain(name);
        server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Register_SendsTheProfileAndNotTheData()
    {
        using var scratch = new Scratch();
        byte[] sent = [];
        await using var server = (await Ready()).On("PUT /api/v1/artifacts", async (context, body) =>
        {
            sent = System.Text.Encoding.Latin1.GetBytes(body);
            await context.Response.WriteAsJsonAsync(new ArtifactInfo(new string('b', 64), sent.Length));
        });

        var result = await Line.RunAsync(server, "data", "register", "credit", scratch.File("rows.csv", Csv),
            "--labels", "ok", "--split", "train", "--address", "s3://here", "--description", "first",
            "--reason", "why");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldBe("credit/3\n");
        sent.Length.ShouldBeGreaterThan(10);
        server.Seen.Count.ShouldBe(2);
        JsonNode.DeepEquals(JsonNode.Parse(server.Seen[^1].Body), JsonNode.Parse($$"""
            {
              "digest": "sha256:{{Digest(Csv)}}", "source": "file", "address": "s3://here", "bytes": {{Csv.Length}},
              "files": 1, "rows": 3, "columns": [
                {"name": "age", "type": "number"}, {"name": "job", "type": "text"},
                {"name": "ok", "type": "boolean"}, {"name": "zip", "type": "text"}],
              "labels": "ok", "split": "train", "profile": "{{new string('b', 64)}}", "description": "first",
              "reason": "why"
            }
            """)).ShouldBeTrue(server.Seen[^1].Body);
    }

    [Fact]
    public async Task Register_OfALabelThatIsNoColumn_IsAUsageError()
    {
        using var scratch = new Scratch();
        await using var server = await Ready();

        var result = await Line.RunAsync(
            server, "data", "register", "credit", scratch.File("rows.csv", Csv), "--labels", "default");

        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain("no column 'default'");
        result.Error.ShouldContain("age, job, ok, zip");
        server.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Pointers_AreRecordedWithoutTheirContent()
    {
        using var scratch = new Scratch();
        var lfs = scratch.File("rows.csv", Lfs);
        var dvc = scratch.File("images.dvc", """
            outs:
            - md5: 22a1a2931c8370d3aeedd7183606fd7f.dir
              size: 14445097
              nfiles: 70000
              hash: md5
              path: images
            """);
        var locked = scratch.File("dvc.lock", """
            schema: '2.0'
            stages:
              prepare:
                cmd: python prepare.py
                outs:
                - path: data/train.csv
                  hash: md5
                  md5: 153aad06d376b6595932470e459ef42a
                  size: 8437363
                - path: data/test.csv
                  md5: 253aad06d376b6595932470e459ef42b
                  size: 5
            """);

        await ShouldSend(lfs, "git-lfs", "sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393",
            12345, 1);
        await ShouldSend(dvc, "dvc", "md5:22a1a2931c8370d3aeedd7183606fd7f.dir", 14445097, 70000);
        await ShouldSend(locked, "dvc", "md5:253aad06d376b6595932470e459ef42b", 5, 1, "--output", "data/test.csv");

        await using var server = await Ready();
        var result = await Line.RunAsync(server, "data", "register", "d", locked);
        result.ExitCode.ShouldBe(ExitCodes.Usage);
        result.Error.ShouldContain("has 2 outputs; name one with --output");
        result.Error.ShouldContain("data/train.csv, data/test.csv");
    }

    [Fact]
    public async Task AFolder_IsKnownByTheListOfItsFiles_AndIsATableWhereItsFilesAreOne()
    {
        using var scratch = new Scratch();
        scratch.File("parts/b.csv", "x,y\n3,c\n");
        scratch.File("parts/a.csv", "x,y\n1,a\n2,b\n");
        scratch.File("mixed/a.csv", "x,y\n1,a\n");
        scratch.File("mixed/b.csv", "x,z\n1,a\n");
        scratch.File("pictures/one.png", "…");
        scratch.File("pictures/two.png", Lfs);
        var list = $"{Digest("x,y\n1,a\n2,b\n")}  a.csv\n{Digest("x,y\n3,c\n")}  b.csv\n";

        var parts = await LocalAsync(Path.Combine(scratch.Folder, "parts"));
        (parts.Source, parts.Digest, parts.Rows, parts.Files).ShouldBe(("folder", $"sha256:{Digest(list)}", 3L, 2L));
        parts.Profile!.Columns[0].Sketch.Moments.Mean.ShouldBe(2);

        var mixed = await LocalAsync(Path.Combine(scratch.Folder, "mixed"));
        mixed.Profile.ShouldBeNull();
        mixed.NoProfileBecause!.ShouldContain("a.csv and b.csv differ in the column 'y'");

        var pictures = await LocalAsync(Path.Combine(scratch.Folder, "pictures"));
        pictures.Bytes.ShouldBe(12345 + 3);
        pictures.NoProfileBecause!.ShouldContain("pointers of Git LFS");
        File.Delete(Path.Combine(scratch.Folder, "pictures", "two.png"));
        (await LocalAsync(Path.Combine(scratch.Folder, "pictures"))).NoProfileBecause!
            .ShouldContain("'one.png' is no table");
    }

    [Fact]
    public async Task Diff_ShowsWhatChanged()
    {
        await using var server = (await FakeServer.StartAsync()).On(
            "GET /api/v1/datasets/credit/versions/1/diff", new DatasetDiffInfo
            {
                From = "credit/1",
                To = "credit/2",
                FromRows = 5,
                ToRows = 6,
                Added = [new DatasetColumnInfo("city", "text")],
                Changed = [new DatasetColumnChange("age", "integer", "text")],
                State = "drift",
                Findings =
                [
                    new DriftFindingInfo
                    {
                        Column = "income",
                        Aspect = "distribution",
                        State = "drift",
                        Test = "KolmogorovSmirnov",
                        Effect = 0.5,
                        P = 0.0001,
                        Sentence = "income: drift; it moved.",
                    },
                ],
            });

        var result = await Line.RunAsync(server, "data", "diff", "credit/1", "credit/2");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[0].Line.ShouldEndWith("?to=credit/2");
        result.Out.ShouldContain("added          city (text)");
        result.Out.ShouldContain("age (integer to text)");
        result.Out.ShouldContain("income: drift; it moved.");
        (await Line.RunAsync(server, "data", "diff", "credit/x", "credit/2")).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    private static async Task ShouldSend(
        string path, string source, string digest, long bytes, long files, params string[] options)
    {
        await using var server = await Ready();
        var result = await Line.RunAsync(server, ["data", "register", "credit", path, .. options]);
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen.ShouldHaveSingleItem().Body)!;
        ((string?)sent["source"], (string?)sent["digest"], (long?)sent["bytes"], (long?)sent["files"])
            .ShouldBe((source, digest, bytes, files));
        ((string?)sent["noProfileBecause"])!.ShouldContain("only a pointer");
        sent["profile"].ShouldBeNull();
        result.Error.ShouldContain("There are no statistics of it");
    }

    private static Task<TableSummary> ReadAsync(string path) =>
        TableProfile.ReadAsync([path], TestContext.Current.CancellationToken);

    private static Task<LocalDataset> LocalAsync(string path) => LocalDataset.ReadAsync(
        path, null, profiled: true, new Shell.Terminal
        {
            Out = TextWriter.Null,
            Error = TextWriter.Null,
            OpenInput = () => Stream.Null,
        }, TestContext.Current.CancellationToken);

    private static async Task<FakeServer> Ready() => (await FakeServer.StartAsync()).On(
        "POST /api/v1/datasets/credit/versions", async (context, body) =>
        {
            var request = JsonNode.Parse(body)!;
            await context.Response.WriteAsJsonAsync(new DatasetVersionInfo
            {
                Name = "credit",
                Number = 3,
                Digest = (string)request["digest"]!,
                Source = (string)request["source"]!,
                NoProfileBecause = (string?)request["noProfileBecause"],
            });
        });

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
