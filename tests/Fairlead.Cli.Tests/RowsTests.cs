using System.Text.Json.Nodes;
using CsCheck;
using Fairlead.Cli.Rows;
using Fairlead.Cli.Tests.Wire;
using ParquetSharp;

namespace Fairlead.Cli.Tests;

public sealed class RowsTests
{
    private static readonly string[] Special = [",", "\"", "\n", "\r\n"];

    [Fact]
    public void Csv_ReadsWhatAnyWriterQuoted() =>
        Gen.OneOf(Gen.Int[0, 3].Select(i => Special[i]), Gen.String[Gen.Char.AlphaNumeric, 0, 4])
            .Array[0, 6].Select(string.Concat).Array[1, 5].Array[1, 6]
            .Sample(records =>
            {
                var text = string.Join("\r\n", records.Select(record => string.Join(',', record.Select(Quote))));
                var csv = new CsvReader(new StringReader(text));

                foreach (var record in records)
                    csv.Read().ShouldBe(record);
                csv.Read().ShouldBeNull();
            });

    [Theory]
    [InlineData("FP32", "1", "1")]
    [InlineData("FP32", " -0.5e-3 ", "-0.5e-3")]
    [InlineData("FP64", "+1.5", "1.5")]
    [InlineData("FP64", ".5", "0.5")]
    [InlineData("FP64", "007", "7")]
    [InlineData("FP64", "nan", "\"NaN\"")]
    [InlineData("FP32", "-Infinity", "\"-Infinity\"")]
    [InlineData("INT64", "9223372036854775807", "9223372036854775807")]
    [InlineData("INT32", "12.0", "12")]
    [InlineData("UINT64", "18446744073709551615", "18446744073709551615")]
    [InlineData("BOOL", "TRUE", "true")]
    [InlineData("BOOL", "0", "false")]
    [InlineData("BYTES", "007", "\"007\"")]
    [InlineData("BYTES", "[x", "\"[x\"")]
    [InlineData("FP32", "[1, 2]", "[1,2]")]
    [InlineData("FP32", "", null)]
    public void Text_GetsTheTypeOfItsField(string type, string text, string? expected)
    {
        var types = new FieldTypes(new Dictionary<string, string> { ["f"] = type }, null);

        types.Read("f", text, "here")?.ToJsonString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("FP32", "1,5")]
    [InlineData("FP32", "one")]
    [InlineData("INT64", "1.5")]
    [InlineData("INT64", "NaN")]
    [InlineData("INT8", "--1")]
    [InlineData("BOOL", "yes")]
    [InlineData("FP32", "[1,")]
    [InlineData("FP32", "1.5\0")]
    public void Text_ThatIsNoValueOfItsField_IsRefused(string type, string text)
    {
        var types = new FieldTypes(new Dictionary<string, string> { ["f"] = type }, null);

        Should.Throw<CliException>(() => types.Read("f", text, "line 3")).Message.ShouldStartWith("line 3");
    }

    [Theory]
    [InlineData("{\"b\":\"\\ud83d[\"}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"rows\":[{\"b\":\"\\ud83d[\"}]}")]
    public async Task Json_ThatCouldNotBeSent_IsRefusedWithItsRow(string text)
    {
        var rows = new JsonRows(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text)), isArray: false);

        var refused = await Should.ThrowAsync<CliException>(async () =>
        {
            await foreach (var row in rows.ReadAsync(TestContext.Current.CancellationToken))
                row.Count.ShouldBeGreaterThan(0);
        });
        refused.Message.ShouldStartWith("row 1");
    }

    [Fact]
    public async Task Parquet_IsReadOverRowGroupsWithNullsTextAndLists()
    {
        using var scratch = new Scratch();
        var path = Path.Combine(scratch.Folder, "rows.parquet");
        Column[] columns =
        [
            new Column<float?>("amount"), new Column<long>("months"), new Column<string>("purpose"),
            new Column<bool>("foreign"), new Column<double[]>("image"),
        ];
        using (var file = new ParquetFileWriter(path, columns))
        {
            foreach (var group in Enumerable.Range(0, 2))
                WriteGroup(file, group);
            file.Close();
        }

        var rows = new List<JsonObject>();
        await foreach (var row in new ParquetRows(path).ReadAsync(TestContext.Current.CancellationToken))
            rows.Add(row);

        rows.Count.ShouldBe(4000);
        rows[0].ToJsonString().ShouldBe("""{"amount":null,"months":0,"purpose":"p","foreign":true,"image":[0.5,1]}""");
        rows[2001].ToJsonString().ShouldBe(
            """{"amount":1.5,"months":1001,"purpose":null,"foreign":false,"image":[]}""");
    }

    [Fact]
    public async Task Parquet_ThatIsNone_IsRefusedByName()
    {
        using var scratch = new Scratch();
        var rows = new ParquetRows(scratch.File("rows.parquet", "not parquet"));

        var failure = await Should.ThrowAsync<CliException>(async () =>
            await rows.ReadAsync(default).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());

        failure.ExitCode.ShouldBe(ExitCodes.Usage);
        failure.Message.ShouldContain("rows.parquet");
    }

    [Fact]
    public async Task Parquet_BrokenInAPage_IsRefusedByName()
    {
        using var scratch = new Scratch();
        var path = Path.Combine(scratch.Folder, "rows.parquet");
        using (var file = new ParquetFileWriter(path, [new Column<long>("a")]))
        {
            using (var group = file.AppendRowGroup())
            using (var column = group.NextColumn().LogicalWriter<long>())
                column.WriteBatch([1, 2, 3]);
            file.Close();
        }

        // Behind the mark at the beginning comes the header of the first page.
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes.AsSpan(4, 8).Fill(0xFF);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        var failure = await Should.ThrowAsync<CliException>(async () =>
            await new ParquetRows(path).ReadAsync(default).GetAsyncEnumerator(TestContext.Current.CancellationToken)
                .MoveNextAsync());

        failure.ExitCode.ShouldBe(ExitCodes.Usage);
        failure.Message.ShouldContain("rows.parquet cannot be read as Parquet");
    }

    /// <summary>2,000 rows, more than the reader's buffer; odd and even rows differ.</summary>
    private static void WriteGroup(ParquetFileWriter file, int group)
    {
        var rows = Enumerable.Range(0, 2000).ToArray();
        using var writer = file.AppendRowGroup();
        Write(writer, rows.Select(row => row % 2 == 0 ? (float?)null : 1.5f));
        Write(writer, rows.Select(row => (long)row + group * 1000));
        Write(writer, rows.Select(row => row % 2 == 0 ? "p" : null!));
        Write(writer, rows.Select(row => row % 2 == 0));
        Write(writer, rows.Select(row => row % 2 == 0 ? new[] { 0.5, 1 } : []));
    }

    private static void Write<T>(RowGroupWriter writer, IEnumerable<T> values)
    {
        using var column = writer.NextColumn().LogicalWriter<T>();
        column.WriteBatch(values.ToArray());
    }

    private static string Quote(string field) =>
        field.Length == 0 || field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"")}\"" : field;
}
