using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using ParquetSharp;

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

    private readonly TableColumn<string?> _id = new("prediction_id");
    private readonly TableColumn<DateTime> _time = new("time", LogicalType.Timestamp(false, TimeUnit.Micros));
    private readonly TableColumn<string> _endpoint = new("endpoint");
    private readonly TableColumn<long> _generation = new("generation");
    private readonly TableColumn<string> _arm = new("arm");
    private readonly TableColumn<string?> _model = new("model");
    private readonly TableColumn<int?> _version = new("version");
    private readonly TableColumn<string> _door = new("door");
    private readonly TableColumn<string?> _failure = new("failure");
    private readonly TableColumn<string?> _unit = new("unit");
    private readonly TableColumn<string?> _subject = new(SubjectColumn);
    private readonly TableColumn<int> _row = new("row");
    private readonly TableColumn<int> _rows = new("rows");
    private readonly TableColumn<long?> _duration = new("duration_us");
    private readonly TableColumn<long?> _queue = new("queue_us");
    private readonly TableColumn<long?> _compute = new("compute_us");
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
        using var properties = new WriterPropertiesBuilder().Compression(Compression.Snappy).Build();
        _file = new ParquetFileWriter(path, [.. _all.Select(column => column.Declaration)], properties);
    }

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
        var time = DateTime.UnixEpoch.AddTicks(record.Microseconds * TimeSpan.TicksPerMicrosecond);
        var failure = record.Failure == PredictFailure.None ? null : record.Failure.Code();
        foreach (var row in kept)
        {
            _id.Add(record.PredictionId);
            _time.Add(time);
            _endpoint.Add(record.Schema.Endpoint);
            _generation.Add(record.Schema.Generation);
            _arm.Add(record.Schema.Arm);
            _model.Add(record.Schema.Model);
            _version.Add(record.Schema.Version);
            _door.Add(Doors[(int)record.Door]);
            _failure.Add(failure);
            _unit.Add(record.Unit);
            _subject.Add(record.Subject(row));
            _row.Add(row);
            _rows.Add(record.Rows);
            _duration.Add(record.DurationMicroseconds);
            _queue.Add(record.QueueMicroseconds);
            _compute.Add(record.ComputeMicroseconds);
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

    private static TableColumn Make(RecordColumn column)
    {
        if (column.Treatment is FieldTreatment.Hash or FieldTreatment.Redact)
            return new TextColumn(column.Name);
        if (!column.IsScalar)
            return new JsonColumn(column.Name);
        return column.Type switch
        {
            ElementType.String => new TextColumn(column.Name),
            ElementType.Bool => new ScalarColumn<bool>(column.Name, (ref RecordBytes from, ElementType type) =>
                (bool)from.Element(type)),
            ElementType.UInt64 => new ScalarColumn<ulong>(column.Name, (ref RecordBytes from, ElementType type) =>
                (ulong)from.Element(type)),
            ElementType.Float32 => new ScalarColumn<float>(column.Name, (ref RecordBytes from, ElementType _) =>
                from.Single()),
            ElementType.Float64 => new ScalarColumn<double>(column.Name, (ref RecordBytes from, ElementType _) =>
                from.Double()),
            ElementType.Float16 or ElementType.BFloat16 => new ScalarColumn<double>(column.Name,
                (ref RecordBytes from, ElementType type) => (double)from.Element(type)),
            ElementType.Int64 => new ScalarColumn<long>(column.Name, (ref RecordBytes from, ElementType _) =>
                from.Int64()),
            _ => new ScalarColumn<long>(column.Name, (ref RecordBytes from, ElementType type) =>
                (long)from.Element(type)),
        };
    }
}
