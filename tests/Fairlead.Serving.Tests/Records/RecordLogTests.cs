using System.Text;
using Fairlead.Core.Endpoints;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Tests.Predict;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Serving.Tests.Records;

/// <summary>What requests leave in the append log, and what must not be there.</summary>
public sealed class RecordLogTests : IAsyncLifetime
{
    private readonly RecordingPlane _plane = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Record_OfAnAnsweredRequest_HoldsEverything()
    {
        _plane.Add(new LogSpec(), "header:x-user");
        var before = TimeProvider.System.GetUtcNow();
        var id = await _plane.AskAsync($"{{\"rows\":[{RecordingPlane.Row}]}}",
            headers: new HeaderDictionary { ["x-user"] = "anna" });

        var record = (await _plane.RecordsAsync()).ShouldHaveSingleItem();
        record.PredictionId.ShouldBe(id);
        record.Failure.ShouldBe(PredictFailure.None);
        record.Door.ShouldBe(Door.Predict);
        record.Unit.ShouldBe("anna");
        record.Rows.ShouldBe(1);
        record.DurationMicroseconds.ShouldNotBeNull();
        record.ComputeMicroseconds!.Value.ShouldBeLessThanOrEqualTo(record.DurationMicroseconds.Value);
        DateTimeOffset.UnixEpoch.AddMicroseconds(record.Microseconds).ShouldBeInRange(
            before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        var schema = record.Schema;
        (schema.Endpoint, schema.Arm, schema.Model, schema.Version, schema.Generation)
            .ShouldBe(("credit", "stable", "model", 1, 1L));
        Value(record, "input_Income").ShouldBe(129.0f);
        Value(record, "input_Home").ShouldBe("rent");
        Value(record, "input_Assets").ShouldBe(float.NaN);
        Value(record, "output_label").ShouldNotBeNull();
        record.Columns.Select(column => column.Column.Name).Where(name => name.StartsWith("input_", default))
            .Count().ShouldBe(13);
    }

    [Fact]
    public async Task Record_OfSeveralRows_HoldsThemInOrder()
    {
        _plane.Add(new LogSpec());
        var other = RecordingPlane.Row.Replace("\"Age\":30", "\"Age\":31", StringComparison.Ordinal);
        await _plane.AskAsync($"{{\"rows\":[{RecordingPlane.Row},{other}]}}");

        var record = (await _plane.RecordsAsync()).ShouldHaveSingleItem();
        record.Rows.ShouldBe(2);
        var age = record.Columns.Single(column => column.Column.Name == "input_Age");
        (age.Scalar(0), age.Scalar(1)).ShouldBe((30f, 31f));
        record.Unit.ShouldBeNull();
    }

    [Fact]
    public async Task Record_OfARefusedRequest_SaysWhyAndHoldsNothingThatWasNotUnderstood()
    {
        _plane.Add(new LogSpec());
        await _plane.AskAsync("{\"rows\":[{\"Seniority\":\"a lot\"}]}", PredictFailure.InvalidInput);

        var record = (await _plane.RecordsAsync()).ShouldHaveSingleItem();
        record.Failure.ShouldBe(PredictFailure.InvalidInput);
        record.PredictionId.ShouldBeNull();
        record.Columns.ShouldAllBe(column => column.Rows == 0);
    }

    [Fact]
    public async Task Fields_ThatShallNotBeKept_NeverReachTheFile()
    {
        _plane.Add(new LogSpec
        {
            Hash = ["Home", "Income"],
            Redact = ["Marital", "Assets"],
            Omit = ["Job", "Records"],
            Subject = "Home",
        }, "field:Home");
        await _plane.AskRowAsync();

        var record = (await _plane.RecordsAsync()).ShouldHaveSingleItem();
        Value(record, "input_Home").ShouldBe(KeyedHash.Text(DataPlane.LogKey, "rent"));
        Value(record, "input_Income").ShouldBe(KeyedHash.Text(DataPlane.LogKey, "129"));
        Value(record, "input_Marital").ShouldBe(LoggedColumn.RedactedText);
        record.Columns.ShouldNotContain(column => column.Column.Name == "input_Job");

        // The unit is a field that is hashed: it is kept no better than the field.
        record.Unit.ShouldBe(KeyedHash.Text(DataPlane.LogKey, "rent"));
        record.Subject(0).ShouldBe(KeyedHash.Text(DataPlane.LogKey, "rent"));
        var bytes = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(_plane.Log.AllFiles().Single()));
        foreach (var secret in new[] { "rent", "married", "freelance" })
            bytes.ShouldNotContain(secret);
    }

    [Fact]
    public async Task Unit_InAParameter_IsKept()
    {
        _plane.Add(new LogSpec { Subject = "unit" }, "field:customer");
        await _plane.AskAsync(
            $"{{\"rows\":[{RecordingPlane.Row}],\"parameters\":{{\"x\":1,\"customer\":\"Zoë \\\"Z\\\"\"}}}}");

        var record = (await _plane.RecordsAsync()).ShouldHaveSingleItem();
        record.Unit.ShouldBe("Zoë \"Z\"");
        record.Subject(0).ShouldBe(KeyedHash.Text(DataPlane.LogKey, "Zoë \"Z\""));
    }

    [Fact]
    public async Task Share_IsOfUnits_AndTheSameUnitsEachTime()
    {
        _plane.Add(new LogSpec { Share = 0.5 }, "header:x-user");
        for (var round = 0; round < 2; round++)
        {
            for (var user = 0; user < 200; user++)
            {
                await _plane.AskAsync($"{{\"rows\":[{RecordingPlane.Row}]}}",
                    headers: new HeaderDictionary { ["x-user"] = $"u{user}" });
            }
        }

        var units = (await _plane.RecordsAsync()).CountBy(record => record.Unit!).ToList();
        units.ShouldAllBe(unit => unit.Value == 2);
        units.Count.ShouldBeInRange(70, 130);
    }

    [Fact]
    public void Draws_OfLargerShares_LoseNoUnit()
    {
        var (small, large) = (new LogSpec { Share = 0.2 }, new LogSpec { Share = 0.6 });
        var units = Enumerable.Range(0, 20_000).Select(i => Statistics.Assignment.UnitHash.Of($"unit {i}")).ToList();

        units.Count(unit => small.Takes(unit, 1)).ShouldBeInRange(3_800, 4_200);
        units.Where(unit => small.Takes(unit, 1)).ShouldAllBe(unit => large.Takes(unit, 1));
        units.ShouldAllBe(unit => !new LogSpec { Share = 0 }.Takes(unit, 1));
    }

    [Fact]
    public async Task File_CutAnywhere_GivesEveryRecordBeforeTheCut()
    {
        _plane.Add(new LogSpec());
        for (var i = 0; i < 5; i++)
            await _plane.AskRowAsync();
        (await _plane.RecordsAsync()).Count.ShouldBe(5);
        var whole = await File.ReadAllBytesAsync(_plane.Log.AllFiles().Single());

        var counts = Enumerable.Range(0, whole.Length + 1)
            .Select(length => SegmentForm.Read(new MemoryStream(whole, 0, length)).Count()).ToList();
        counts[0].ShouldBe(0);
        counts[^2].ShouldBe(4);
        counts[^1].ShouldBe(5);
        counts.ShouldBe(counts.Order());
    }

    [Fact]
    public async Task File_WithAByteChanged_EndsBeforeIt()
    {
        _plane.Add(new LogSpec());
        for (var i = 0; i < 3; i++)
            await _plane.AskRowAsync();
        (await _plane.RecordsAsync()).Count.ShouldBe(3);
        var bytes = await File.ReadAllBytesAsync(_plane.Log.AllFiles().Single());
        bytes[^1] ^= 1;

        SegmentForm.Read(new MemoryStream(bytes)).Count().ShouldBe(2);
        bytes[8] = 9;
        Should.Throw<InvalidDataException>(() => SegmentForm.Read(new MemoryStream(bytes)).Count())
            .Message.ShouldContain("form 9");
    }

    [Fact]
    public async Task Queue_ThatIsFull_DropsAndCounts_AndAnswersOn()
    {
        _plane.Add(new LogSpec());
        var frame = new byte[SegmentForm.MaxContent];
        var schema = new RecordSchema { Endpoint = "e", Arm = "a", Columns = [] };
        for (var i = 0; i < RecordLog.QueueBytes / frame.Length; i++)
            _plane.Log.Add(schema, frame);

        await _plane.AskRowAsync();

        _plane.Log.Meter.Drops.Count(RecordMeter.QueueFull).ShouldBe(1);
    }

    [Fact]
    public async Task Disk_ThatRefuses_CostsTheRecordsAndNoAnswer()
    {
        var file = Path.GetTempFileName();
        await using var plane = new RecordingPlane(Path.Combine(file, "log"));
        plane.Add(new LogSpec());
        await plane.AskRowAsync();
        await plane.Log.CloseFileAsync(CancellationToken.None);

        plane.Log.Meter.Drops.Count(RecordMeter.NotWritten).ShouldBe(1);
        plane.Log.Meter.Written.ShouldBe(0);
        File.Delete(file);
    }

    [Fact]
    public void Checksum_IsCastagnolis() =>
        SegmentForm.Crc32C("123456789"u8).ShouldBe(0xE3069283u);

    private static object? Value(LoggedRecord record, string column) =>
        record.Columns.Single(each => each.Column.Name == column).Scalar(0);
}
