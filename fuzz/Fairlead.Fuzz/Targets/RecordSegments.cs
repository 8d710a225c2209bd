using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Serving.Records;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// Files of the append log. Frames are sealed anew, so that what stands behind the checksum is broken as well.
/// </summary>
internal sealed class RecordSegments : IFuzzTarget
{
    public static string Name => "record-segment";

    public static IEnumerable<Type> Covers => [typeof(SegmentForm), typeof(LoggedRecord)];

    public static IEnumerable<byte[]> Seeds => [File([]), File(Record())];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        Read(data.ToArray());
        Read(File(data));
    }

    private static void Read(byte[] bytes)
    {
        try
        {
            foreach (var record in SegmentForm.Read(new MemoryStream(bytes)))
            {
                if (record.Columns.Count != record.Schema.Columns.Count || record.Rows < 1)
                    throw new InvalidOperationException("A record is not as its schema says.");
            }
        }
        catch (InvalidDataException)
        {
            // Refused, as it should be.
        }
    }

    private static byte[] File(ReadOnlySpan<byte> content)
    {
        var schema = SegmentForm.Frame(new RecordSchema
        {
            Id = 1,
            Endpoint = "e",
            Arm = "a",
            Columns =
            [
                new("input_x", false, 0, 0, RecordLayout.PerRow, ElementType.Float32, FieldTreatment.Keep),
                new("input_t", false, 1, 0, RecordLayout.PerRow, ElementType.String, FieldTreatment.Hash),
                new("output_p", true, 0, 0, RecordLayout.Scores, ElementType.Float32, FieldTreatment.Keep)
                {
                    KeyType = ElementType.String,
                },
            ],
        });
        var frame = new byte[SegmentForm.FrameHead + Math.Max(1, content.Length)];
        content.CopyTo(frame.AsSpan(SegmentForm.FrameHead));
        SegmentForm.Seal(frame);
        return [.. SegmentForm.Head(), .. schema, .. content.IsEmpty ? [] : frame];
    }

    private static byte[] Record()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(SegmentForm.RecordKind);
        writer.Write(1);
        writer.Write((byte)0);
        writer.Write((byte)0);
        writer.Write(1_700_000_000_000_000L);
        writer.Write(70u);
        writer.Write(1u);
        writer.Write(30u);
        writer.Write((byte)0);
        writer.Write((byte)1);
        writer.Write(1);
        writer.Write((byte)'u');
        writer.Write(0);
        writer.Write((byte)1);
        writer.Write(2);
        writer.Write(1);
        writer.Write(1f);
        writer.Write(2f);
        writer.Write((byte)3);
        writer.Write(1);
        writer.Write(new byte[KeyedHash.Length]);
        writer.Write((byte)1);
        writer.Write(1);
        writer.Write(1);
        writer.Write(0.5f);
        writer.Write(1);
        writer.Write((byte)'c');
        writer.Flush();
        return bytes.ToArray();
    }
}
