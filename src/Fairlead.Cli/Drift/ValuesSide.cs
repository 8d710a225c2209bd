using Fairlead.Cli.Datasets;
using Fairlead.Cli.Rows;
using Fairlead.Core.Monitoring;

namespace Fairlead.Cli.Drift;

/// <summary>A CSV file with all of its cells in memory, for the exact mode: what the file says cannot be read by
/// column.</summary>
internal sealed class ValuesSide : DriftSide
{
    /// <summary>Cells that are held; about two gigabytes of numbers would be eight times as many.</summary>
    public const int MostCells = 32_000_000;

    private readonly Dictionary<string, List<Cell>> _cells;

    private ValuesSide(string path, IReadOnlyList<(string Name, List<Cell> Cells)> columns)
        : base(path)
    {
        _cells = columns.ToDictionary(column => column.Name, column => column.Cells, StringComparer.Ordinal);
        Rows = columns[0].Cells.Count;
        Columns =
        [
            .. columns.Select(column => column.Cells.Exists(cell => cell.Kind == CellKind.Text)
                ? new DriftColumn(column.Name, ColumnType.Text, "text")
                : new DriftColumn(column.Name, ColumnType.Number, "number")),
        ];
    }

    public override long Rows { get; }

    public override IReadOnlyList<DriftColumn> Columns { get; }

    public static DriftSide Read(string path, CancellationToken cancellation)
    {
        using var text = new StreamReader(path);
        var csv = new CsvReader(text);
        var heading = csv.Read()
            ?? throw CliException.Usage($"{path}: the CSV is empty; its first line names the columns.");
        if (heading.Distinct(StringComparer.Ordinal).Count() != heading.Count)
            throw CliException.Usage($"{path}: two columns have one name.");
        var columns = heading.Select(name => (name, new List<Cell>())).ToList();
        for (var held = 0L; csv.Read() is { } record; held += record.Count)
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Count != columns.Count)
            {
                throw CliException.Usage($"{path}: line {csv.RecordLine} has {record.Count} fields, the heading has "
                    + $"{columns.Count}.");
            }

            if (held > MostCells)
            {
                throw CliException.Usage(
                    $"{path} has more than the {MostCells} cells that the exact mode holds of a CSV.",
                    "Write it as Parquet, or leave --mode exact out.");
            }

            for (var i = 0; i < record.Count; i++)
                columns[i].Item2.Add(Cell.OfUntyped(record[i]));
        }

        return new ValuesSide(path, columns);
    }

    public override ColumnEvidence Read(
        DriftColumn column, ColumnKind? kind, NumberRoom room, CancellationToken cancellation)
    {
        room.Clear(Rows);
        var texts = column.Type == ColumnType.Text;
        ColumnSink sink = texts ? new TextsSink(room) : new NumbersSink(room);
        foreach (var cell in _cells[column.Name])
        {
            if (cell.Kind == CellKind.Missing)
                sink.AddMissing(1);
            else if (texts)
                sink.Add(cell.Text);
            else
                sink.Add([cell.Number]);
        }

        return sink.Evidence(kind);
    }
}
