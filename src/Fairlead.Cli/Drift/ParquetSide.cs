using System.Runtime.InteropServices;
using Fairlead.Core.Monitoring;
using ParquetSharp;

namespace Fairlead.Cli.Drift;

/// <summary>
/// A Parquet file, of which one column at a time is read: numbers in batches of the physical type, without an object
/// for each, and texts.
/// </summary>
internal sealed class ParquetSide : DriftSide
{
    /// <summary>Values that a column is asked for at once.</summary>
    private const int Batch = 16 * 1024;

    private readonly DriftMode _mode;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

    public ParquetSide(string path, DriftMode mode)
        : base(path)
    {
        _mode = mode;
        (Rows, Columns) = Reading(() =>
        {
            using var file = new ParquetFileReader(path);
            var schema = file.FileMetaData.Schema;
            return (file.FileMetaData.NumRows, Enumerable.Range(0, schema.NumColumns)
                .Select(i => Describe(schema.Column(i))).ToArray());
        });
        for (var i = 0; i < Columns.Count; i++)
        {
            if (!_places.TryAdd(Columns[i].Name, i))
                throw CliException.Usage($"{path}: two columns are named '{Columns[i].Name}'.");
        }
    }

    public override long Rows { get; }

    public override IReadOnlyList<DriftColumn> Columns { get; }

    public override ColumnEvidence Read(
        DriftColumn column, ColumnKind? kind, NumberRoom room, CancellationToken cancellation)
    {
        if (_mode == DriftMode.Exact)
            room.Clear(Rows);
        var place = _places[column.Name];
        ColumnSink sink = (_mode, column.Type) switch
        {
            (DriftMode.Sketch, _) => new SketchSink((ulong)place * 2 + (ulong)Path.Length),
            (_, ColumnType.Number) => new NumbersSink(room),
            _ => new TextsSink(room),
        };
        return Reading(() =>
        {
            // A reader serves one thread.
            using var file = new ParquetFileReader(Path);
            for (var group = 0; group < file.FileMetaData.NumRowGroups; group++)
            {
                using var rows = file.RowGroup(group);
                using var values = rows.Column(place);
                values.Apply(new Pump(sink, values.ColumnDescriptor.MaxDefinitionLevel, cancellation));
            }

            return sink.Evidence(kind);
        });
    }

    private static DriftColumn Describe(ColumnDescriptor column)
    {
        var (name, logical) = (column.Path.ToDotString(), column.LogicalType);
        var form = logical.Type == LogicalTypeEnum.None ? $"{column.PhysicalType}" : $"{logical.Type}";
        var type = column.MaxRepetitionLevel > 0 ? ColumnType.Other : (column.PhysicalType, logical.Type) switch
        {
            (PhysicalType.Double or PhysicalType.Float or PhysicalType.Boolean, LogicalTypeEnum.None) =>
                ColumnType.Number,
            (PhysicalType.Int32 or PhysicalType.Int64, LogicalTypeEnum.None or LogicalTypeEnum.Int) =>
                ColumnType.Number,
            (PhysicalType.ByteArray, LogicalTypeEnum.None or LogicalTypeEnum.String or LogicalTypeEnum.Enum) =>
                ColumnType.Text,
            _ => ColumnType.Other,
        };
        return new(name, type, column.MaxRepetitionLevel > 0 ? "list" : form);
    }

    /// <summary>The library speaks of broken files by exceptions of many types, of which some have none of their
    /// own.</summary>
    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception broken) when (broken is not (OutOfMemoryException or OperationCanceledException
            or CliException))
        {
            var reason = broken.Message.Split("(message: '")[^1].Split('\n')[0].TrimEnd('\'', ')');
            throw CliException.Usage($"{Path} cannot be read as Parquet: {reason}");
        }
    }

    /// <summary>Brings a column of a row group to its sink.</summary>
    private sealed class Pump(ColumnSink sink, short defined, CancellationToken cancellation)
        : IColumnReaderVisitor<bool>
    {
        private readonly short[] _levels = defined > 0 ? new short[Batch] : [];
        private readonly double[] _numbers = new double[Batch];

        public bool OnColumnReader<TValue>(ColumnReader<TValue> columnReader)
            where TValue : unmanaged
        {
            var buffer = new TValue[Batch];
            while (columnReader.HasNext)
            {
                cancellation.ThrowIfCancellationRequested();
                var rows = columnReader.ReadBatch(Batch, _levels, [], buffer, out var read);
                if (defined == 0)
                    rows = read;
                if (rows == 0)
                    break;
                sink.AddMissing(rows - read);
                Take(buffer.AsSpan(0, (int)read));
            }

            return true;
        }

        private void Take<TValue>(Span<TValue> values)
            where TValue : unmanaged
        {
            if (typeof(TValue) == typeof(double))
            {
                sink.Add(MemoryMarshal.Cast<TValue, double>(values));
            }
            else if (typeof(TValue) == typeof(ByteArray))
            {
                foreach (var text in MemoryMarshal.Cast<TValue, ByteArray>(values))
                {
                    // An empty text is a missing value, as an endpoint takes it.
                    if (text.Length == 0)
                        sink.AddMissing(1);
                    else
                        sink.Add(Text(text));
                }
            }
            else
            {
                if (typeof(TValue) == typeof(float))
                    Copy(MemoryMarshal.Cast<TValue, float>(values));
                else if (typeof(TValue) == typeof(long))
                    Copy(MemoryMarshal.Cast<TValue, long>(values));
                else if (typeof(TValue) == typeof(int))
                    Copy(MemoryMarshal.Cast<TValue, int>(values));
                else
                    Copy(MemoryMarshal.Cast<TValue, byte>(values));
                sink.Add(_numbers.AsSpan(0, values.Length));
            }
        }

        private void Copy<TNumber>(ReadOnlySpan<TNumber> values)
            where TNumber : System.Numerics.INumber<TNumber>
        {
            for (var i = 0; i < values.Length; i++)
                _numbers[i] = double.CreateTruncating(values[i]);
        }

        private static string Text(ByteArray bytes)
        {
            var span = new byte[bytes.Length];
            Marshal.Copy(bytes.Pointer, span, 0, span.Length);
            return System.Text.Encoding.UTF8.GetString(span);
        }
    }
}
