using Fairlead.Cli.Datasets;
using Fairlead.Core.Monitoring;

namespace Fairlead.Cli.Drift;

/// <summary>A file of rows (CSV, JSON, JSON lines), which is read once from its first to its last into
/// sketches.</summary>
internal sealed class SketchedSide : DriftSide
{
    private readonly TableSummary _table;

    private SketchedSide(string path, TableSummary table)
        : base(path)
    {
        if (table.Sketch is null)
        {
            throw CliException.Usage(
                $"{path} has {table.Columns.Count} columns; at most "
                + $"{Statistics.Sketches.WindowSketch.MostColumns} are compared in a file of rows.",
                "Write it as Parquet.");
        }

        _table = table;
        Columns =
        [
            .. table.Columns.Select(column => new DriftColumn(
                column.Name, column.Type is "text" ? ColumnType.Text : ColumnType.Number, column.Type)),
        ];
    }

    public override long Rows => _table.Rows;

    public override IReadOnlyList<DriftColumn> Columns { get; }

    public static async Task<DriftSide> ReadAsync(string path, CancellationToken cancellation) =>
        new SketchedSide(path, await TableProfile.ReadAsync([path], cancellation));

    public override ColumnEvidence Read(
        DriftColumn column, ColumnKind? kind, NumberRoom room, CancellationToken cancellation)
    {
        var sketch = _table.Sketch!.Columns.First(each => each.Name == column.Name).Sketch;
        return ColumnEvidence.Of(sketch, kind ?? (column.Type == ColumnType.Text
            ? ColumnEvidence.KindOf(sketch) : ColumnKind.Number));
    }
}
