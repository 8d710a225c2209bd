using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using ParquetSharp;
using Encoding = ParquetSharp.Encoding;

namespace Fairlead.Serving.Records.Tables;

/// <summary>
/// Writes records into one Parquet file, a line a row of the request: the columns that all tables have, then the
/// inputs and outputs under the names that the schema gives them.
/// </summary>
internal sealed class TableWriter : IDisposable
{
    /// <summary>Rows that gather in memory before they are written out.</summary>
    private const int RowsAtOnce = 20_000;

    private static readonly string[] Doors =
        [.. Enum.GetValues<Door>().Select(door => RefusalMeter.Name(door))];

    private readonly TextColumn _id = new(IdColumn);
    private readonly ValueColumn<long> _time =
        new(new Column<DateTime>(TimeColumn, LogicalType.Timestamp(false, TimeUnit.Micros)));
    private readonly TextColumn _endpoint = new("endpoint");
    private readonly ValueColumn<long> _generation = new(new Column<long>("generation"));
    private readonly TextColumn _arm = new("arm");
    private readonly TextColumn _model = new("model");
    private readonly ValueColumn<int> _version = new(new Column<int?>("version"));
    private readonly TextColumn _door = new("door");
    private readonly TextColumn _failure = new("failure");
    private readonly TextColumn _unit = new("unit");
    private readonly TextColumn _subject = new(SubjectColumn);
    private readonly ValueColumn<int> _row = new(new Column<int>("row"));
    private readonly ValueColumn<int> _rows = new(new Column<int>("rows"));
    private readonly ValueColumn<long> _duration = new(new Column<long?>("duration_us"));
    private readonly ValueColumn<long> _queue = new(new Column<long?>("queue_us"));
    private readonly ValueColumn<long> _compute = new(new Column<long?>("compute_us"));
    private readonly List<TableColumn> _all;
    private readonly List<TableColumn> _values;
    private readonly ParquetFileWriter _file;
    private int _gathered;

    /// <summary>Begins a file; what it holds is there once the writer was closed.</summary>
    public TableWriter(string path, RecordSchema schema)
    {
        Path = path;
        _values = [.. schema.Columns.Select(Make)];
        _all =
        [
            _id, _time, _endpoint, _generation, _arm, _model, _version, _door, _failure, _unit, _subject, _row, _rows,
            _duration, _queue, _compute, .. _values,
        ];

        // No id comes twice, and times hardly do: a dictionary of them would be built only to be given up.
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy)
            .DisableDictionary(IdColumn).DisableDictionary(TimeColumn).Encoding(TimeColumn, Encoding.DeltaBinaryPacked)
            .Build();
        _file = new ParquetFileWriter(path, [.. _all.Select(column => column.Declaration)], properties);
    }

    /// <summary>The name of the column with the predictions' ids.</summary>
    public const string IdColumn = "prediction_id";

    /// <summary>The name of the column that says when requests came.</summary>
    public const string TimeColumn = "time";

    /// <summary>The name of the column with the hashes of persons.</summary>
    public const string SubjectColumn = "subject";

    public string Path { get; }

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Schemas of one layout share a table.</summary>
    public static string LayoutOf(RecordSchema schema) => string.Join('\n', schema.Columns.Select(column =>
        $"{column.Name}\t{column.Layout}\t{column.Type}\t{column.KeyType}\t{column.Treatment}"));

    /// <summary>Adds those rows of a record that are taken.</summary>
    public void Add(LoggedRecord record, ReadOnlySpan<int> kept)
    {
        var failure = record.Failure == PredictFailure.None ? null : record.Failure.Code();
        foreach (var row in kept)
        {
            if (record.IdText.IsEmpty)
                _id.AddNone();
            else
                _id.Add(record.IdText.Span);
            _time.Add(record.Microseconds);
            _endpoint.Add(record.Schema.Endpoint);
            _generation.Add(record.Schema.Generation);
            _arm.Add(record.Schema.Arm);
            _model.Add(record.Schema.Model);
            Add(_version, record.Schema.Version);
            _door.Add(Doors[(int)record.Door]);
            _failure.Add(failure);
            _unit.Add(record.Unit);
            _subject.Add(record.Subject(row));
            _row.Add(row);
            _rows.Add(record.Rows);
            Add(_duration, record.DurationMicroseconds);
            Add(_queue, record.QueueMicroseconds);
            Add(_compute, record.ComputeMicroseconds);
        }

        for (var i = 0; i < _values.Count; i++)
            ((IValueColumn)_values[i]).Add(record.Columns[i], kept);
        Rows += kept.Length;
        if ((_gathered += kept.Length) >= RowsAtOnce)
            Flush();
    }

    /// <summary>Writes everything and the end of the file.</summary>
    public void Close()
    {
        Flush();
        _file.Close();
    }

    public void Dispose() => _file.Dispose();

    private void Flush()
    {
        if (_gathered == 0)
            return;
        using var group = _file.AppendRowGroup();
        foreach (var column in _all)
            column.Flush(group);
        _gathered = 0;
    }

    private static void Add<T>(ValueColumn<T> column, T? value)
        where T : unmanaged
    {
        if (value is { } present)
            column.Add(present);
        else
            column.AddNone();
    }

    private static TableColumn Make(RecordColumn column)
    {
        if (column.Treatment is FieldTreatment.Hash or FieldTreatment.Redact)
            return new FieldTextColumn(column.Name);
        if (!column.IsScalar)
            return new JsonColumn(column.Name);
        return column.Type switch
        {
            ElementType.String => new FieldTextColumn(column.Name),
            ElementType.Bool => new ScalarColumn<bool>(new Column<bool?>(column.Name), (ref from, _) =>
                from.Byte() != 0),
            ElementType.UInt64 => new ScalarColumn<long>(new Column<ulong?>(column.Name), (ref from, _) =>
                from.Int64()),
            ElementType.Float32 => new ScalarColumn<float>(new Column<float?>(column.Name), (ref from, _) =>
                from.Single()),
            ElementType.Float64 => new ScalarColumn<double>(new Column<double?>(column.Name), (ref from, _) =>
                from.Double()),
            ElementType.Float16 or ElementType.BFloat16 => new ScalarColumn<double>(
                new Column<double?>(column.Name), (ref from, type) => (double)from.Element(type)),
            ElementType.Int64 => new ScalarColumn<long>(new Column<long?>(column.Name), (ref from, _) =>
                from.Int64()),
            _ => new ScalarColumn<long>(new Column<long?>(column.Name), (ref from, type) =>
                (long)from.Element(type)),
        };
    }
}
