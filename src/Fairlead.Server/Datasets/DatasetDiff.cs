using Fairlead.Client.Api;
using Fairlead.Core.Datasets;
using Fairlead.Core.Monitoring;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Datasets;

/// <summary>What differs between two versions of data: columns, and distributions of those that both have.</summary>
internal sealed class DatasetDiff(Database database, WindowFiles files)
{
    public async Task<DatasetDiffInfo> ReadAsync(DatasetId from, DatasetId to, CancellationToken cancellation)
    {
        var (first, second) = await database.ReadAsync(async db => (
            await DatasetViews.FindVersionAsync(db, from, cancellation),
            await DatasetViews.FindVersionAsync(db, to, cancellation)), cancellation);
        var (before, after) = (Columns(first), Columns(second));
        var report = first.Profile is { } a && second.Profile is { } b
            ? Judge(await files.GetAsync(a, cancellation), await files.GetAsync(b, cancellation))
            : null;
        return new DatasetDiffInfo
        {
            From = from.ToString(),
            To = to.ToString(),
            SameContent = first.Digest == second.Digest,
            FromRows = first.Rows,
            ToRows = second.Rows,
            Added = [.. after.ExceptBy(before.Select(column => column.Name), column => column.Name)],
            Removed = [.. before.ExceptBy(after.Select(column => column.Name), column => column.Name)],
            Changed =
            [
                .. before.Join(after, column => column.Name, column => column.Name,
                    (old, now) => new DatasetColumnChange(old.Name, old.Type, now.Type))
                    .Where(change => change.From != change.To),
            ],
            State = report is null ? null : DriftViews.Word(report.State),
            NotComparedBecause = Why(from, first) ?? Why(to, second),
            Findings = report is null ? [] : DriftViews.Findings(report),
        };
    }

    private static DriftReport Judge(WindowSketch before, WindowSketch after)
    {
        var reference = new ReferenceColumns(
            "", [.. before.Columns.Select(column => new ReferenceColumn(column.Name, null, column.Sketch))], null,
            IsData: true);
        return DriftJudgement.Judge(reference.PairsWith(after, out _), new DriftPolicy());
    }

    private static string? Why(DatasetId id, DatasetVersionRow row) =>
        row.Profile is null ? $"{id} has no statistics: {row.NoProfileBecause}" : null;

    private static List<DatasetColumnInfo> Columns(DatasetVersionRow row) =>
        StoredJson.Read<List<DatasetColumnInfo>>(row.Columns);
}
