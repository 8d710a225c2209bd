using System.Globalization;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Server.CrashHost;

/// <summary>
/// CRASHHOST records FOLDER ORDER-FILE: writes records of two endpoints without end, each with its number in place of
/// an id, and rolls them, killing itself where the order says. Says on its output how many are written.
/// </summary>
internal static class RecordWrites
{
    /// <summary>Records between two rolls.</summary>
    private const int Each = 100;

    public static async Task RunAsync(string folder, CrashOrder crash)
    {
        using var log = new RecordLog(
            Path.Combine(folder, "log"), new NoKey(), TimeProvider.System, NullLogger<RecordLog>.Instance,
            new RecordMeter());
        var tables = new CrashingTables(new RecordTableFolder(Path.Combine(folder, "tables")), crash);
        await log.StartAsync(CancellationToken.None);
        RecordSchema[] schemas = [Schema(1), Schema(2)];
        for (var i = 0; ; i += Each)
        {
            for (var number = i; number < i + Each; number++)
                log.Add(schemas[number % 2], Frame(schemas[number % 2], number));
            while (log.Meter.Written < i + Each)
                await Task.Delay(1);
            Console.WriteLine(i + Each);
            if (i / Each % 3 != 2)
                continue;
            await log.CloseFileAsync(CancellationToken.None);
            foreach (var file in log.ClosedFiles())
                RecordRoll.Roll(file, tables, (_, _, _) => false);
        }
    }

    private static RecordSchema Schema(int endpoint) => new()
    {
        Id = endpoint,
        EndpointNumber = endpoint,
        Endpoint = $"e{endpoint}",
        Arm = "a",
        Columns = [],
    };

    private static byte[] Frame(RecordSchema schema, int number)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(new byte[SegmentForm.FrameHead]);
        writer.Write(SegmentForm.RecordKind);
        writer.Write(schema.Id);
        writer.Write((short)0);
        writer.Write(1_700_000_000_000_000L + number);
        for (var i = 0; i < 3; i++)
            writer.Write(uint.MaxValue);
        writer.Write((byte)1);
        writer.Write(System.Text.Encoding.ASCII.GetBytes(
            number.ToString("D43", CultureInfo.InvariantCulture)));
        writer.Write((byte)0);
        writer.Write(0);
        writer.Flush();
        var frame = bytes.ToArray();
        SegmentForm.Seal(frame);
        return frame;
    }

    private sealed class NoKey : IRecordKey
    {
        public ValueTask<byte[]> ReadAsync(CancellationToken cancellation) => throw new NotSupportedException();
    }

    /// <summary>Tables that pass every call on, and each point of interest by the order.</summary>
    private sealed class CrashingTables(IRecordTables tables, CrashOrder crash) : IRecordTables
    {
        private int _drafts;
        private int _published;

        public IReadOnlyList<RecordTable> List(int? endpoint = null) => tables.List(endpoint);

        public string Draft()
        {
            crash.At($"draft-{++_drafts % 2}");
            return tables.Draft();
        }

        public void Publish(string draft, RecordTable table)
        {
            _published++;
            crash.At($"written-{_published % 2}");
            tables.Publish(draft, table);
            crash.At($"published-{_published % 2}");
        }

        public string? Fetch(RecordTable table) => tables.Fetch(table);

        public void Delete(RecordTable table) => tables.Delete(table);
    }
}
