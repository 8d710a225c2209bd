using Fairlead.Core.Endpoints;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using ParquetSharp;

namespace Fairlead.Serving.Tests.Records;

/// <summary>Files of the append log become tables.</summary>
public sealed class RecordRollTests : IAsyncLifetime
{
    private readonly RecordingPlane _plane = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-tables-").FullName;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Roll_MakesTypedColumns_ALineARow_AndRemovesTheFile()
    {
        _plane.Add(new LogSpec { Hash = ["Job"], Redact = ["Records"], Omit = ["Marital"], Subject = "unit" },
            "field:Home");
        var id = await _plane.AskAsync($"{{\"rows\":[{RecordingPlane.Row},{RecordingPlane.Row}]}}");
        await _plane.AskAsync("{\"rows\":[{\"Seniority\":1}]}", PredictFailure.InvalidInput);
        await _plane.Log.CloseFileAsync(CancellationToken.None);
        var tables = new RecordTableFolder(_folder);

        var file = _plane.Log.ClosedFiles().ShouldHaveSingleItem();
        RecordRoll.Roll(file, tables, (_, _, _) => false).ShouldBe(3);

        _plane.Log.AllFiles().ShouldBeEmpty();
        var table = tables.List().ShouldHaveSingleItem();
        (table.Endpoint, table.Source, table.Part).ShouldBe((1, Path.GetFileNameWithoutExtension(file), 0));
        using var reader = new ParquetFileReader(tables.Fetch(table)!);
        Read<string?>(reader, "prediction_id").ShouldBe([id, id, null]);
        Read<string?>(reader, "failure").ShouldBe([null, null, "invalid_input"]);
        Read<int>(reader, "row").ShouldBe([0, 1, 0]);
        Read<int>(reader, "rows").ShouldBe([2, 2, 1]);
        Read<float?>(reader, "input_Income").ShouldBe([129f, 129f, null]);
        Read<string?>(reader, "input_Home").ShouldBe(["rent", "rent", null]);
        Read<string?>(reader, "input_Records").ShouldBe([LoggedColumn.RedactedText, LoggedColumn.RedactedText, null]);
        Read<string?>(reader, "input_Job")[1].ShouldBe(KeyedHash.Text(Predict.DataPlane.LogKey, "freelance"));
        Read<string?>(reader, "unit").ShouldBe(["rent", "rent", null]);
        Read<string?>(reader, "subject")[0].ShouldBe(KeyedHash.Text(Predict.DataPlane.LogKey, "rent"));
        Names(reader).ShouldNotContain("input_Marital");
        Names(reader).ShouldContain("output_label");
        Read<string?>(reader, "output_probabilities")[0]!.ShouldMatch("^[\\[{].*0\\.\\d+.*[\\]}]$");
    }

    [Fact]
    public async Task Roll_LeavesOutWhatIsForgotten_AndWhatAnInterruptedRollLeft()
    {
        _plane.Add(new LogSpec { Subject = "Home" });
        await _plane.AskRowAsync();
        await _plane.AskRowAsync(RecordingPlane.Row.Replace("rent", "owner", StringComparison.Ordinal));
        await _plane.Log.CloseFileAsync(CancellationToken.None);
        var tables = new RecordTableFolder(_folder);
        var file = _plane.Log.ClosedFiles().Single();
        var source = Path.GetFileNameWithoutExtension(file);
        var left = new RecordTable(7, new DateOnly(2020, 1, 1), source, 4);
        var draft = tables.Draft();
        await File.WriteAllTextAsync(draft, "half a table");
        tables.Publish(draft, left);

        var rent = KeyedHash.Text(Predict.DataPlane.LogKey, "rent");
        RecordRoll.Roll(file, tables, (_, subject, _) => subject == rent).ShouldBe(1);

        var table = tables.List().ShouldHaveSingleItem();
        using var reader = new ParquetFileReader(tables.Fetch(table)!);
        Read<string?>(reader, "input_Home").ShouldBe(["owner"]);
    }

    [Fact]
    public async Task Merge_MakesOneTableOfADay_AndNoRowIsLostOrTwice_WhereverItEnds()
    {
        _plane.Add(new LogSpec());
        var inner = new RecordTableFolder(_folder);
        var tables = new BreakingTables(inner);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await _plane.AskAsync($"{{\"rows\":[{RecordingPlane.Row},{RecordingPlane.Row}]}}"));
            await _plane.Log.CloseFileAsync(CancellationToken.None);
            RecordRoll.Roll(_plane.Log.ClosedFiles().Single(), inner, (_, _, _) => false);
        }

        var journal = Path.Combine(_folder, "merging");
        var (today, tomorrow) = (inner.List()[0].Day, inner.List()[^1].Day.AddDays(1));
        var newest = inner.List()[^1];
        var merge = new TableMerge(tables, journal);
        merge.MergeOnce(today, _ => true).ShouldBe(0);
        merge.MergeOnce(tomorrow, table => table.Source == newest.Source).ShouldBe(0);

        // Ended before the merged table was there: nothing happened. Ended after it: the rest is done.
        foreach (var step in (string[])["publish", "delete"])
        {
            tables.FailAt = step;
            Should.Throw<IOException>(() => merge.MergeOnce(tomorrow, _ => true));
            tables.FailAt = null;
            merge = new TableMerge(tables, journal);
            merge.Recover();
            inner.List().Count.ShouldBe(step == "publish" ? 3 : 1);
            inner.List().SelectMany(Ids).ShouldBe(ids.SelectMany(id => new[] { id, id }));
        }

        inner.List().ShouldHaveSingleItem().ShouldBe(newest);
        merge.MergeOnce(tomorrow, _ => true).ShouldBe(0);
        File.Exists(journal).ShouldBeFalse();

        IEnumerable<string?> Ids(RecordTable table)
        {
            using var reader = new ParquetFileReader(inner.Fetch(table)!);
            return Read<string?>(reader, "prediction_id");
        }
    }

    [Theory]
    [InlineData("1/2026-02-03/00000000000000007-002.parquet", true)]
    [InlineData("1/2026-02-03/7.parquet", false)]
    [InlineData("x/2026-02-03/7-1.parquet", false)]
    [InlineData("1/2026-2-3/7-1.parquet", false)]
    [InlineData("1/7-1.parquet", false)]
    public void Names_AreReadAsTheyAreWritten(string path, bool isOne)
    {
        RecordTable.TryParse(path, out var table).ShouldBe(isOne);
        if (isOne)
            table.ToString().ShouldBe(path);
    }

    private static List<string> Names(ParquetFileReader reader) =>
        [.. Enumerable.Range(0, reader.FileMetaData.NumColumns)
            .Select(i => reader.FileMetaData.Schema.Column(i).Name)];

    private static T[] Read<T>(ParquetFileReader reader, string column)
    {
        using var group = reader.RowGroup(0);
        using var values = group.Column(Names(reader).IndexOf(column)).LogicalReader<T>();
        return values.ReadAll((int)group.MetaData.NumRows);
    }

    /// <summary>Tables whose disk refuses at a step.</summary>
    private sealed class BreakingTables(IRecordTables tables) : IRecordTables
    {
        public string? FailAt { get; set; }

        public IReadOnlyList<RecordTable> List(int? endpoint = null) => tables.List(endpoint);

        public string Draft() => tables.Draft();

        public void Publish(string draft, RecordTable table)
        {
            Fail("publish");
            tables.Publish(draft, table);
        }

        public string? Fetch(RecordTable table) => tables.Fetch(table);

        public void Delete(RecordTable table)
        {
            Fail("delete");
            tables.Delete(table);
        }

        private void Fail(string step)
        {
            if (FailAt == step)
                throw new IOException("The disk is gone.");
        }
    }
}
