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
}
