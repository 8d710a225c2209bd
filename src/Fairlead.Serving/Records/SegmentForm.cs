using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fairlead.Serving.Records;

/// <summary>
/// The form of a file of the append log. It begins with eight letters and a version; then follow frames: length of the
/// content and its CRC-32C (both four bytes, little-endian), then the content, whose first byte says what it is.
/// <para>
/// A process that ends in the middle of a write leaves a frame that is short or does not match its CRC. Reading ends
/// there: everything before it was written whole.
/// </para>
/// </summary>
public static class SegmentForm
{
    /// <summary>Bytes before the content of a frame.</summary>
    public const int FrameHead = 8;

    /// <summary>Bytes before the first frame.</summary>
    public const int FileHead = 12;

    /// <summary>Largest content of a frame.</summary>
    public const int MaxContent = 1 << 20;

    /// <summary>The version of the form.</summary>
    public const int Version = 1;

    /// <summary>First byte of a frame that holds a schema as JSON.</summary>
    public const byte SchemaKind = 1;

    /// <summary>First byte of a frame that holds a record.</summary>
    public const byte RecordKind = 2;

    private static readonly JsonSerializerOptions SchemaJson =
        new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private static ReadOnlySpan<byte> Magic => "FLRECORD"u8;

    /// <summary>Writes the beginning of a file.</summary>
    public static byte[] Head()
    {
        var head = new byte[FileHead];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(Magic.Length), Version);
        return head;
    }

    /// <summary>
    /// Fills in the head of a frame whose content stands behind the first <see cref="FrameHead"/> bytes.
    /// </summary>
    public static void Seal(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - FrameHead);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32C(frame[FrameHead..]));
    }

    /// <summary>The frame of a schema.</summary>
    public static byte[] Frame(RecordSchema schema)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(schema, SchemaJson);
        var frame = new byte[FrameHead + 1 + json.Length];
        frame[FrameHead] = SchemaKind;
        json.CopyTo(frame, FrameHead + 1);
        Seal(frame);
        return frame;
    }

    /// <summary>Reads a schema; throws <see cref="InvalidDataException"/>.</summary>
    internal static RecordSchema Schema(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<RecordSchema>(content[1..], SchemaJson) is { Columns: not null } schema
                && schema.Columns.All(column => column is { Name: not null }
                    && Enum.IsDefined(column.Type) && Enum.IsDefined(column.Layout) && Enum.IsDefined(column.KeyType))
                ? schema
                : throw new InvalidDataException("A schema of records is 'null' in parts.");
        }
        catch (JsonException failure)
        {
            throw new InvalidDataException("A schema of records cannot be read.", failure);
        }
    }

    /// <summary>
    /// Reads what a file holds, up to the first frame that is not whole. Throws <see cref="InvalidDataException"/>
    /// for a file of another form or of a version that this program does not know.
    /// </summary>
    /// <param name="file">Read from its position on.</param>
    public static IEnumerable<LoggedRecord> Read(Stream file)
    {
        if (!TryHead(file))
            yield break;

        var schemas = new Dictionary<int, RecordSchema>();
        foreach (var content in Frames(file))
        {
            if (content[0] == SchemaKind)
            {
                var schema = Schema(content);
                schemas[schema.Id] = schema;
            }
            else if (content[0] == RecordKind)
            {
                yield return LoggedRecord.Read(content, schemas);
            }
            else
            {
                throw new InvalidDataException("A frame of records is of a kind that this program does not know.");
            }
        }
    }

    /// <summary>False for a file whose beginning was not written whole.</summary>
    private static bool TryHead(Stream file)
    {
        Span<byte> head = stackalloc byte[FileHead];
        if (file.ReadAtLeast(head, FileHead, throwOnEndOfStream: false) < FileHead)
            return false;
        if (!head.StartsWith(Magic))
            throw new InvalidDataException("The file holds no records.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(head[Magic.Length..]);
        return version == Version
            ? true
            : throw new InvalidDataException($"The records are of form {version}; this program knows form {Version}.");
    }

    private static IEnumerable<byte[]> Frames(Stream file)
    {
        var head = new byte[FrameHead];
        while (file.ReadAtLeast(head, FrameHead, throwOnEndOfStream: false) == FrameHead)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(head);
            if (length is < 1 or > MaxContent)
                yield break;
            var content = new byte[length];
            if (file.ReadAtLeast(content, length, throwOnEndOfStream: false) < length
                || Crc32C(content) != BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)))
            {
                yield break;
            }

            yield return content;
        }
    }

    /// <summary>The checksum of Castagnoli (RFC 3720, appendix B.4), which processors compute by themselves.</summary>
    internal static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var each in bytes)
            crc = BitOperations.Crc32C(crc, each);
        return ~crc;
    }
}
