using Fairlead.Core.Alerts;
using Fairlead.Core.Monitors;
using Fairlead.Server.Storage;
using Fairlead.Statistics.Series;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>Looks at the newest complete step of a figure of the business.</summary>
internal sealed class SeriesWatcher(Database database)
{
    private const string OfPosted = """
        SELECT (at - @origin) / @step, COUNT(*), SUM(value), MIN(at) FROM series_points
        WHERE series = @series AND at >= @from AND at < @to
        GROUP BY 1
        """;

    private const string OfOutcomes = """
        SELECT (happened_at - @origin) / @step, COUNT(*), SUM(COALESCE(value, 1)), MIN(happened_at) FROM outcomes
        WHERE endpoint = @endpoint AND name = @series AND joined AND happened_at >= @from AND happened_at < @to
        GROUP BY 1
        """;

    public async Task<LookResult> LookAsync(MonitorLook look, SeriesWatch watch, CancellationToken cancellation)
    {
        var points = await PointsAsync(look, watch, cancellation);
        if (points.Count == 0 || points.All(point => double.IsNaN(point.Value)))
        {
            return new([MonitorFinding.Whole(new(
                AlertSign.NoData, double.NaN, $"the series '{watch.Series}' has no value in its history"))]);
        }

        var reading = SeriesJudgement.Judge(watch, points);
        return new([MonitorFinding.Whole(SeriesJudgement.Read(watch, reading, points[^1].At)) with
        {
            Low = reading.Bounds.Low,
            High = reading.Bounds.High,
        }]);
    }

    /// <summary>A point for each complete step of the history, the oldest first.</summary>
    private async Task<List<SeriesPoint>> PointsAsync(
        MonitorLook look, SeriesWatch watch, CancellationToken cancellation)
    {
        var step = (long)watch.Step.TotalMicroseconds;

        // Steps begin where days begin in the series' own zone.
        var origin = -(long)watch.Offset.TotalMicroseconds;
        var complete = (look.Now - watch.Delay).ToMicroseconds();
        var to = (complete - origin) / step * step + origin;
        var steps = (long)(watch.History / watch.Step) + 1;
        var first = (to - origin) / step - steps;
        await using var statements = await database.OpenAsync(cancellation);
        var sums = (await statements.QueryAsync(
                watch.OutcomeName is null ? OfPosted : OfOutcomes,
                row => (Step: row.GetInt64(0), Count: row.GetInt64(1), Sum: row.GetDouble(2), First: row.GetInt64(3)),
                cancellation, ("origin", origin), ("step", step), ("series", watch.OutcomeName ?? watch.Series),
                ("endpoint", look.Endpoint), ("from", to - steps * step), ("to", to)))
            .ToDictionary(each => each.Step);
        if (sums.Count == 0)
            return [];

        // What lies before the first value is no history of zeros.
        var begins = Math.Max(first, sums.Keys.Min());
        return
        [
            .. Enumerable.Range(0, (int)((to - origin) / step - begins)).Select(i => begins + i)
                .Select(at => new SeriesPoint(
                    Instants.FromMicroseconds(at * step + origin).ToOffset(watch.Offset), Value(watch, at))),
        ];

        // Nothing that happened adds up to zero; of nothing there is no mean, and a posted series has a gap.
        double Value(SeriesWatch of, long at) => !sums.TryGetValue(at, out var sum)
            ? of.OutcomeName is not null && of.Total != SeriesTotal.Mean ? 0 : double.NaN
            : of.Total switch
            {
                SeriesTotal.Mean => sum.Sum / sum.Count,
                SeriesTotal.Count => sum.Count,
                _ => sum.Sum,
            };
    }
}
