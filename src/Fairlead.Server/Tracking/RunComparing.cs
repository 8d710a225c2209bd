using Fairlead.Client.Api;
using Fairlead.Server.Storage;

namespace Fairlead.Server.Tracking;

/// <summary>Puts runs side by side: in which parameters they differ, and what became of their metrics.</summary>
internal sealed class RunComparing(Database database, RunReads reads, MetricKeys keys)
{
    /// <summary>The tag in which MLflow keeps what people write about a run.</summary>
    public const string NoteTag = "mlflow.note.content";

    private const int CurvePoints = 200;

    public async Task<RunComparison> CompareAsync(
        IReadOnlyList<string> ids, bool curves, CancellationToken cancellation)
    {
        var runs = await reads.WholeAsync(ids, cancellation);
        var parameters = runs.SelectMany(run => run.Data.Parameters).Select(pair => pair.Key).Distinct()
            .Order(StringComparer.Ordinal)
            .Select(name => new ComparedParameter(name, [.. runs.Select(run => Value(run.Data, name))])).ToList();
        var metrics = new List<ComparedMetric>();
        foreach (var name in runs.SelectMany(run => run.Data.Metrics).Select(point => point.Key).Distinct()
            .Order(StringComparer.Ordinal))
        {
            var values = new List<MetricSummary?>();
            foreach (var (run, data) in runs)
                values.Add(await SummaryAsync(run, data, name, curves, cancellation));
            metrics.Add(new ComparedMetric(name, values));
        }

        return new RunComparison
        {
            Runs = [.. runs.Select(each => RunsApi.View(each.Run, each.Data))],
            Parameters = [.. parameters.Where(each => each.Values.Distinct().Count() > 1)],
            EqualParameters = parameters.Count(each => each.Values.Distinct().Count() == 1),
            Metrics = metrics,
        };
    }

    private static string? Value(RunData data, string name) =>
        data.Parameters.Where(pair => pair.Key == name).Select(string? (pair) => pair.Value).FirstOrDefault();

    private async Task<MetricSummary?> SummaryAsync(
        StoredRun run, RunData data, string name, bool curves, CancellationToken cancellation)
    {
        if (data.Metrics.All(point => point.Key != name) || await keys.FindAsync(name, cancellation) is not { } key)
            return null;
        await using var statements = await database.OpenAsync(cancellation);
        var found = await statements.QueryAsync(
            "SELECT MIN(CASE WHEN nan = 0 THEN value END), MAX(CASE WHEN nan = 0 THEN value END), COUNT(*) "
            + "FROM metric_points WHERE run = @run AND key = @key",
            row => new MetricSummary
            {
                Last = StoredJson.Figure(data.Metrics.First(point => point.Key == name).Value),
                Lowest = row.IsDBNull(0) ? null : row.GetDouble(0),
                Highest = row.IsDBNull(1) ? null : row.GetDouble(1),
                Count = row.GetInt64(2),
            }, cancellation, ("@run", run.Number), ("@key", key));
        return curves
            ? found[0] with { Curve = await CurveAsync(run.Id, name, cancellation) }
            : found[0];
    }

    private async Task<List<MetricValue>> CurveAsync(string run, string name, CancellationToken cancellation)
    {
        var points = await reads.HistoryAsync(run, name, null, null, cancellation);
        var steps = new StepSample();
        steps.BeginRun();
        points.ForEach(point => steps.Add(point.Step));
        var kept = steps.Kept(CurvePoints - 1);
        return [.. points.Where(point => kept.Contains(point.Step)).OrderBy(point => point.Step)
            .DistinctBy(point => point.Step).Select(RunsApi.View)];
    }
}
