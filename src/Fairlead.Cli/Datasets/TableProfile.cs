using Fairlead.Client.Api;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Cli.Datasets;

/// <summary>What a table is: its rows and columns, and statistics of each column.</summary>
/// <param name="Rows">How many rows.</param>
/// <param name="Columns">The columns, in its order.</param>
/// <param name="Sketch">Their statistics, in the form that windows of an endpoint have; null where there are too many
/// columns.</param>
internal sealed record TableSummary(long Rows, IReadOnlyList<DatasetColumnInfo> Columns, WindowSketch? Sketch);

/// <summary>Two files that are no parts of one table.</summary>
internal sealed class TablesDifferException(string message) : Exception(message);

/// <summary>
/// Reads tables from their first row to their last in bounded memory, at most twice: a second time only where a column
/// turned out to be something else than its first value.
/// </summary>
internal sealed class TableProfile
{
    private readonly Dictionary<string, ColumnProfile> _columns = new(StringComparer.Ordinal);
    private readonly List<ColumnProfile> _order = [];
    private readonly IReadOnlyDictionary<string, ColumnForm> _decided;
    private (string File, HashSet<string> Names)? _heading;
    private long _rows;

    private TableProfile(IReadOnlyDictionary<string, ColumnForm> decided) => _decided = decided;

    /// <summary>Reads one table out of one file, or out of several that are parts of it.</summary>
    /// <param name="files">Where they lie; each is a table by its extension (<see cref="TableFiles.IsTable"/>).</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async Task<TableSummary> ReadAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        var first = await PassAsync(files, new Dictionary<string, ColumnForm>(), cancellation);
        var whole = first._order.Exists(column => column.NeedsAnotherPass)
            ? await PassAsync(files, first._order.ToDictionary(each => each.Name, each => each.Form), cancellation)
            : first;
        return whole.Summary(files[0]);
    }

    /// <summary>Says which columns a file has, where it says so before its rows.</summary>
    public void Heading(string file, IEnumerable<string> names)
    {
        var here = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in names)
        {
            if (!here.Add(column))
                throw CliException.Usage($"{file}: two columns are named '{column}'.");
            Column(column);
        }

        if (_heading is { } before && !before.Names.SetEquals(here))
        {
            var other = before.Names.Except(here).Concat(here.Except(before.Names)).First();
            throw new TablesDifferException(
                $"{Path.GetFileName(before.File)} and {Path.GetFileName(file)} differ in the column '{other}'");
        }

        _heading ??= (file, here);
    }

    public ColumnProfile Column(string name)
    {
        if (_columns.TryGetValue(name, out var column))
            return column;
        column = new ColumnProfile(name, _decided.GetValueOrDefault(name));
        _columns.Add(name, column);
        _order.Add(column);
        return column;
    }

    /// <summary>Counts rows whose cells were added.</summary>
    public void CountRows(long rows) => _rows += rows;

    private static async Task<TableProfile> PassAsync(
        IReadOnlyList<string> files, IReadOnlyDictionary<string, ColumnForm> decided, CancellationToken cancellation)
    {
        var profile = new TableProfile(decided);
        foreach (var file in files)
            await TableFiles.ReadAsync(file, profile, cancellation);
        return profile;
    }

    private TableSummary Summary(string file)
    {
        if (_rows == 0)
            throw CliException.Usage($"{file} holds no rows.");
        var columns = _order.SelectMany(column => column.Columns(_rows)).ToList();
        if (columns.GroupBy(each => each.Column.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw CliException.Usage(
                $"{file}: '{twice.Key}' is a column and an element of a list; rename one of them.");
        }

        if (columns.Count > WindowSketch.MostColumns)
            return new TableSummary(_rows, [.. columns.Select(each => each.Column)], null);
        var sketch = new WindowSketch(columns.Select(each => (each.Column.Name, false)), 0);
        sketch.CountRows(_rows);
        for (var i = 0; i < columns.Count; i++)
            sketch.Columns[i].Sketch.Merge(columns[i].Sketch);
        return new TableSummary(_rows, [.. columns.Select(each => each.Column)], sketch);
    }
}
