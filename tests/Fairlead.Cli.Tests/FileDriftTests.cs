using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using ParquetSharp;

namespace Fairlead.Cli.Tests;

/// <summary>Two files, compared without a server.</summary>
public sealed class FileDriftTests
{
    [Theory]
    [InlineData("sketch", "parquet", "parquet")]
    [InlineData("exact", "parquet", "parquet")]
    [InlineData("sketch", "csv", "parquet")]
    [InlineData("exact", "parquet", "csv")]
    public async Task AShift_ANewName_AndMissingValues_AreFound(string mode, string before, string after)
    {
        using var scratch = new Scratch();
        var result = await RunAsync(scratch, mode, before, after);
        result["mode"]!.GetValue<string>().ShouldBe(mode);
        result["state"]!.GetValue<string>().ShouldBe("drift");
        (State(result, "moved", "distribution"), State(result, "still", "distribution")).ShouldBe(("drift", "ok"));
        (State(result, "name", "new_categories"), State(result, "holes", "missing")).ShouldBe(("drift", "drift"));
        State(result, "still", "missing").ShouldBe("ok");
        result["notCompared"]!.AsArray().Count.ShouldBe(0);
    }

    [Fact]
    public async Task SketchesAndValues_AgreeWithinTheStatedError()
    {
        using var scratch = new Scratch();
        var exact = await RunAsync(scratch, "exact", "parquet", "parquet");
        var sketch = await RunAsync(scratch, "sketch", "parquet", "parquet");
        foreach (var finding in exact["findings"]!.AsArray())
        {
            var (column, aspect) = (Text(finding!, "column"), Text(finding!, "aspect"));
            var other = Find(sketch, column, aspect);
            Text(other, "test").ShouldBe(Text(finding!, "test"));
            var (effect, about) = (finding!["effect"]!.GetValue<double>(), other["effect"]!.GetValue<double>());
            (about - other["error"]!.GetValue<double>()).ShouldBeLessThanOrEqualTo(effect + 1e-9, column);
            about.ShouldBe(effect, 0.03, column);
            finding["error"]!.GetValue<double>().ShouldBe(0, column);
        }
    }

    [Theory]
    [InlineData("domain_classifier")]
    [InlineData("reconstruction")]
    [InlineData("mmd")]
    [InlineData("energy")]
    public async Task WhatNoColumnShows_IsFoundTogether(string method)
    {
        using var scratch = new Scratch();
        var random = new Random(7);
        string Rows(bool isTied) => "a,b,c,t\n" + string.Concat(Enumerable.Range(0, 1500).Select(i =>
        {
            var a = random.NextDouble();
            return string.Create(CultureInfo.InvariantCulture,
                $"{a:R},{(isTied ? a : random.NextDouble()) + 0.05 * random.NextDouble():R},"
                + $"{random.NextDouble():R},{"xyz"[random.Next(3)]}\n");
        }));
        var (tied, again, broken) = (scratch.File("tied.csv", Rows(true)), scratch.File("again.csv", Rows(true)),
            scratch.File("broken.csv", Rows(false)));

        var same = await CompareAsync(tied, again, method);
        Text(same, "state").ShouldBe("ok", same.ToJsonString());
        var other = await CompareAsync(tied, broken, method);
        Text(other, "state").ShouldBe("drift");
        var finding = Find(other, "all columns together", "together");
        Text(finding, "state").ShouldBe("drift");
        Text(finding, "sentence").ShouldContain("no column's mean moved");
        other["findings"]!.AsArray().Count(each => Text(each!, "state") == "drift").ShouldBe(1);
    }

    [Fact]
    public async Task WhatCannotBeCompared_IsSaid()
    {
        using var scratch = new Scratch();
        var rows = string.Concat(Enumerable.Range(0, 200).Select(i => $"{i},x{i % 3}\n"));
        var reference = scratch.File("a.csv", "n,t\n" + rows);
        var swapped = scratch.File("b.csv", "t,n\n" + rows);
        var empty = scratch.File("empty.csv", "");
        var heading = scratch.File("heading.csv", "n,t\n");
        var broken = scratch.File("broken.parquet", "no parquet at all");
        foreach (var mode in (string[])["sketch", "exact"])
        {
            await Refuse(mode, "missing.csv", reference, "there is no file 'missing.csv'");
            await Refuse(mode, reference, swapped, "no column that can be compared: 'n' is");
            await Refuse(mode, reference, empty, "the CSV is empty");
            await Refuse(mode, reference, heading, "holds no rows");
            await Refuse(mode, broken, reference, "cannot be read as Parquet");
            await Refuse(mode, reference, scratch.File("c.txt", "x"), "is no .parquet, .csv");
        }

        await Refuse("near", reference, reference, "'near' is no mode");
        (await Line.RunAsync(["drift", "--reference", reference, "--current", reference, "--together", "eyes"]))
            .Error.ShouldContain("'eyes' is no method");
        (await Line.RunAsync(["drift", "credit", "--together", "mmd"])).Error.ShouldContain("are of files");
        (await Line.RunAsync(["drift", "--reference", reference, "--current", reference, "--columns", "n,q"]))
            .Error.ShouldContain("has no column 'q'");
        (await Line.RunAsync(["drift", "credit", "--reference", reference, "--current", reference]))
            .Error.ShouldContain("an endpoint and its times have no place");
        (await Line.RunAsync(["drift", "--current", reference])).Error.ShouldContain("needs --reference");
        (await Line.RunAsync(["drift"])).Error.ShouldContain("neither an endpoint nor two files");

        var shown = await Line.RunAsync(["drift", "--reference", reference, "--current", reference]);
        shown.ExitCode.ShouldBe(ExitCodes.Ok, shown.Error);
        shown.Out.ShouldContain("ShapeAndMean: a number");

        static async Task Refuse(string mode, string reference, string current, string why)
        {
            var result = await Line.RunAsync(["drift", "--reference", reference, "--current", current, "--mode", mode]);
            result.ExitCode.ShouldBe(ExitCodes.Usage, result.Out);
            result.Error.ShouldContain(why);
        }
    }

    private static async Task<JsonNode> CompareAsync(string before, string after, string method)
    {
        var result = await Line.RunAsync(
            ["drift", "--reference", before, "--current", after, "--together", method, "--json"]);
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        return JsonNode.Parse(result.Out)!;
    }

    private static async Task<JsonNode> RunAsync(Scratch scratch, string mode, string before, string after)
    {
        var reference = Write(scratch, $"reference.{before}", seed: 1, moved: 0, newName: false, holes: 100);
        var current = Write(scratch, $"current.{after}", seed: 2, moved: 0.3, newName: true, holes: 10);
        var result = await Line.RunAsync(
            ["drift", "--reference", reference, "--current", current, "--mode", mode, "--json"]);
        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        return JsonNode.Parse(result.Out)!;
    }

    private static string Write(Scratch scratch, string name, int seed, double moved, bool newName, int holes)
    {
        const int rows = 12_000;
        var random = new Random(seed);
        var (normal, still) = (new double[rows], new int[rows]);
        var (names, sparse) = (new string[rows], new double?[rows]);
        for (var i = 0; i < rows; i++)
        {
            normal[i] = moved + Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
                * Math.Cos(2 * Math.PI * random.NextDouble());
            still[i] = random.Next(1000);
            names[i] = newName && i % 50 == 0 ? "new" : "abc"[random.Next(3)].ToString();
            sparse[i] = i % holes == 0 ? null : random.NextDouble();
        }

        return Path.GetExtension(name) == ".csv"
            ? scratch.File(name, Csv(normal, still, names, sparse))
            : Parquet(Path.Combine(scratch.Folder, name), normal, still, names, sparse);
    }

    private static string Csv(double[] moved, int[] still, string[] names, double?[] holes)
    {
        var text = new StringBuilder("moved,still,name,holes\n");
        for (var i = 0; i < moved.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"{moved[i]:R},{still[i]},{names[i]},{holes[i]:R}\n");
        return text.ToString();
    }

    private static string Parquet(string path, double[] moved, int[] still, string[] names, double?[] holes)
    {
        Column[] columns =
        [
            new Column<double>("moved"), new Column<int>("still"), new Column<string>("name"),
            new Column<double?>("holes"),
        ];
        using var file = new ParquetFileWriter(path, columns);
        foreach (var part in new[] { 0..5000, 5000..moved.Length })
        {
            using var group = file.AppendRowGroup();
            using (var writer = group.NextColumn().LogicalWriter<double>())
                writer.WriteBatch(moved[part]);
            using (var writer = group.NextColumn().LogicalWriter<int>())
                writer.WriteBatch(still[part]);
            using (var writer = group.NextColumn().LogicalWriter<string>())
                writer.WriteBatch(names[part]);
            using (var writer = group.NextColumn().LogicalWriter<double?>())
                writer.WriteBatch(holes[part]);
        }

        file.Close();
        return path;
    }

    private static JsonNode Find(JsonNode report, string column, string aspect) => report["findings"]!.AsArray()
        .Single(each => Text(each!, "column") == column && Text(each!, "aspect") == aspect)!;

    private static string State(JsonNode report, string column, string aspect) =>
        Text(Find(report, column, aspect), "state");

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
