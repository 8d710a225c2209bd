using System.Buffers.Binary;
using System.Text;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;

namespace Fairlead.Serving.Records;

/// <summary>One request as the append log holds it.</summary>
public sealed class LoggedRecord
{
    /// <summary>A duration that is not known.</summary>
    internal const uint NoDuration = uint.MaxValue;

    private LoggedRecord(RecordSchema schema, LoggedColumn[] columns)
    {
        Schema = schema;
        Columns = columns;
    }

    /// <summary>What it has in common with others.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Microseconds since 1970 UTC at which the request came.</summary>
    public long Microseconds { get; private init; }

    /// <summary>The prediction's id; null for a request that was not answered.</summary>
    public string? PredictionId => IdText.IsEmpty ? null : Encoding.ASCII.GetString(IdText.Span);

    /// <summary>The id as ASCII; empty for a request that was not answered.</summary>
    internal ReadOnlyMemory<byte> IdText { get; private init; }

    /// <summary>How it ended.</summary>
    public PredictFailure Failure { get; private init; }

    /// <summary>Where it came in.</summary>
    public Door Door { get; private init; }

    /// <summary>From arrival to the answer, in microseconds.</summary>
    public long? DurationMicroseconds { get; private init; }

    /// <summary>Before the model's run, in microseconds; null: it did not run.</summary>
    public long? QueueMicroseconds { get; private init; }

    /// <summary>The model's run, in microseconds; null: it did not run.</summary>
    public long? ComputeMicroseconds { get; private init; }

    /// <summary>The unit, or its keyed hash; null: there was none, or it is not kept.</summary>
    public string? Unit { get; private init; }

    /// <summary>Keyed hashes of the persons that it is about: none, one, or one a row.</summary>
    public IReadOnlyList<string> Subjects { get; private init; } = [];

    /// <summary>Aligned with the schema's columns.</summary>
    public IReadOnlyList<LoggedColumn> Columns { get; }

    /// <summary>Rows of the request, at least 1.</summary>
    public int Rows { get; private init; }

    /// <summary>The person that a row is about; null: not known.</summary>
    public string? Subject(int row) =>
        Subjects.Count == 0 ? null : Subjects[Subjects.Count == 1 ? 0 : Math.Min(row, Subjects.Count - 1)];

    /// <summary>
    /// Reads the content of a frame; throws <see cref="InvalidDataException"/> when it is none of ours.
    /// </summary>
    internal static LoggedRecord Read(byte[] content, IReadOnlyDictionary<int, RecordSchema> schemas)
    {
        try
        {
            var from = new RecordBytes(content, 1);
            if (!schemas.TryGetValue(from.Int32(), out var schema))
                throw new InvalidDataException("A record stands before its schema.");
            var failure = (PredictFailure)from.Byte();
            var door = (Door)from.Byte();
            if (!Enum.IsDefined(failure) || !Enum.IsDefined(door))
                throw new InvalidDataException("A record ended in a way that this program does not know.");
            var (time, total, queue, compute) = (from.Int64(), from.UInt32(), from.UInt32(), from.UInt32());
            var idLength = from.Byte() == 0 ? 0 : Core.Predictions.PredictionId.TextLength;
            var idAt = content.Length - from.Left;
            from.Take(idLength);
            var unit = from.Byte() switch
            {
                0 => null,
                1 => Encoding.UTF8.GetString(from.Take(from.Int32())),
                _ => Convert.ToHexStringLower(from.Take(KeyedHash.Length)),
            };
            var subjects = new string[from.Count(KeyedHash.Length)];
            for (var i = 0; i < subjects.Length; i++)
                subjects[i] = Convert.ToHexStringLower(from.Take(KeyedHash.Length));
            var columns = new LoggedColumn[schema.Columns.Count];
            for (var i = 0; i < columns.Length; i++)
                columns[i] = LoggedColumn.Read(ref from, content, schema.Columns[i]);
            return new LoggedRecord(schema, columns)
            {
                Microseconds = time,
                IdText = content.AsMemory(idAt, idLength),
                Failure = failure,
                Door = door,
                DurationMicroseconds = Known(total),
                QueueMicroseconds = Known(queue),
                ComputeMicroseconds = Known(compute),
                Unit = unit,
                Subjects = subjects,
                Rows = RowsOf(columns, subjects.Length),
            };
        }
        catch (ArgumentOutOfRangeException end)
        {
            throw new InvalidDataException("A record ends before its end.", end);
        }
    }

    private static int RowsOf(LoggedColumn[] columns, int subjects)
    {
        var rows = Math.Max(1, subjects);
        foreach (var column in columns)
            rows = Math.Max(rows, column.Rows);
        return rows;
    }

    private static long? Known(uint duration) => duration == NoDuration ? null : duration;
}

/// <summary>The values of one column in one record; read where they lie, when they are asked for.</summary>
public readonly struct LoggedColumn
{
    /// <summary>First byte of a column that was not there.</summary>
    internal const byte Absent = 0;

    /// <summary>First byte of a column that is kept as it was.</summary>
    internal const byte Kept = 1;

    /// <summary>First byte of a column of which only is kept that it was there.</summary>
    internal const byte Redacted = 2;

    /// <summary>First byte of a column that is kept as hashes, one a row.</summary>
    internal const byte Hashed = 3;

    /// <summary>What stands in tables for a value that is not kept.</summary>
    public const string RedactedText = "[redacted]";

    private readonly ReadOnlyMemory<byte> _data;
    private readonly byte _state;

    private LoggedColumn(RecordColumn column, byte state, ReadOnlyMemory<byte> data, int rows, int width)
    {
        (Column, _state, _data, Rows, Width) = (column, state, data, rows, width);
    }

    public RecordColumn Column { get; }

    /// <summary>Rows that it has values for; 0: it was not there.</summary>
    public int Rows { get; }

    /// <summary>Values a row.</summary>
    public int Width { get; }

    /// <summary>Its values are what the request or the answer held, and no hashes.</summary>
    internal bool IsKept => _state == Kept;

    /// <summary>The elements, from the first on; behind those of scores stand the labels.</summary>
    internal RecordBytes Elements => new(_data.Span, 0);

    /// <summary>The text in place of a row's value, of a column that is hashed or redacted.</summary>
    internal string? Stand(int row) =>
        row >= Rows ? null
        : _state == Redacted ? RedactedText
        : Convert.ToHexStringLower(_data.Span.Slice(row * KeyedHash.Length, KeyedHash.Length));

    /// <summary>
    /// The value of a column that has one a row or one a request, as long, ulong, float, double, bool or text; null: it
    /// was not there.
    /// </summary>
    public object? Scalar(int row)
    {
        var index = Column.Layout == RecordLayout.Single ? 0 : row;
        if (!IsKept || index >= Rows)
            return Stand(index);
        var elements = Elements;
        for (var i = 0; i < index; i++)
            elements.Skip(Column.Type);
        return elements.Element(Column.Type);
    }

    internal static LoggedColumn Read(ref RecordBytes from, ReadOnlyMemory<byte> content, RecordColumn column)
    {
        var state = from.Byte();
        switch (state)
        {
            case Absent:
                return new LoggedColumn(column, Absent, default, 0, 0);
            case Redacted:
                return new LoggedColumn(column, Redacted, default, from.Count(0), 1);
            case Hashed:
                var hashes = from.Count(KeyedHash.Length);
                var at = content.Length - from.Left;
                from.Take(hashes * KeyedHash.Length);
                return new LoggedColumn(
                    column, Hashed, content.Slice(at, hashes * KeyedHash.Length), hashes, 1);
            case Kept:
                return ReadKept(ref from, content, column);
            default:
                throw new InvalidDataException("A column of a record is kept in a way that is not known here.");
        }
    }

    private static LoggedColumn ReadKept(ref RecordBytes from, ReadOnlyMemory<byte> content, RecordColumn column)
    {
        var (rows, width) = (from.Count(0), from.Count(0));
        var least = Math.Max(1, column.Type == ElementType.String ? sizeof(int) : column.Type.Size());
        if ((long)rows * width * least > from.Left || (column.IsScalar && width != 1))
            throw new InvalidDataException("A column of a record is longer than the record.");
        var at = content.Length - from.Left;
        for (var i = 0; i < rows * width; i++)
            from.Skip(column.Type);
        for (var i = 0; column.Layout == RecordLayout.Scores && i < width; i++)
            from.Skip(column.KeyType);
        return new LoggedColumn(column, Kept, content[at..(content.Length - from.Left)], rows, width);
    }
}

/// <summary>Reads a record's bytes in order; throws <see cref="ArgumentOutOfRangeException"/> past their end.</summary>
internal ref struct RecordBytes(ReadOnlySpan<byte> bytes, int at)
{
    /// <summary>Most rows of a request, and most elements of a row, that a record holds.</summary>
    private const int MaxCount = SegmentForm.MaxContent;

    private ReadOnlySpan<byte> _rest = bytes[at..];

    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1)[0];

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    public float Single() => BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>A count of things, each of which takes at least so many bytes.</summary>
    public int Count(int each)
    {
        var count = Int32();
        return count is >= 0 and <= MaxCount && (long)count * each <= Left
            ? count
            : throw new InvalidDataException($"A record holds {count} of something.");
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _rest.Length);
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    /// <summary>Passes an element over.</summary>
    public void Skip(ElementType type) => Take(type == ElementType.String ? Int32() : type.Size());

    /// <summary>An element: a number as long, ulong, float or double, else bool or text.</summary>
    public object Element(ElementType type)
    {
        if (type == ElementType.String)
            return Encoding.UTF8.GetString(Take(Int32()));
        var bytes = Take(type.Size());
        return type switch
        {
            ElementType.Bool => bytes[0] != 0,
            ElementType.UInt8 => (long)bytes[0],
            ElementType.Int8 => (long)(sbyte)bytes[0],
            ElementType.UInt16 => (long)BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            ElementType.Int16 => (long)BinaryPrimitives.ReadInt16LittleEndian(bytes),
            ElementType.UInt32 => (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            ElementType.Int32 => (long)BinaryPrimitives.ReadInt32LittleEndian(bytes),
            ElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            ElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            ElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ElementType.BFloat16 =>
                (double)BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
            ElementType.Float32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        };
    }
}
