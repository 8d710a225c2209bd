using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Series;

/// <summary><c>/api/v1/series</c>: figures of the business that callers post, for monitors to watch.</summary>
internal static class SeriesApi
{
    /// <summary>Most points of one request.</summary>
    public const int MaxPoints = 10_000;

    /// <summary>Longest name of a series.</summary>
    public const int MaxName = 200;

    private const string Tag = "series";
    private const string All = "/api/v1/series";

    public static void MapSeries(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listSeries", Tag, "Lists the series that callers post", QueryParameter.OfLists);
        routes.MapPost(All + "/{name}/points", PostAsync).Demands(Role.Predictor)
            .Described("postSeriesPoints", Tag, "Takes in points of a series; sent again they change nothing",
                new BodyDescription(typeof(SeriesPointsRequest), "application/json"));
        routes.MapGet(All + "/{name}/points", PointsAsync).Demands(Role.Viewer)
            .Described("listSeriesPoints", Tag, "Lists the points of a series, newest first",
                [new QueryParameter("from", "string", "Only from this moment on"), .. QueryParameter.OfLists]);
    }

    private static async Task<Ok<Page<SeriesInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var rows = await database.ReadAsync(db => page.ByName(
            db.SeriesPoints.GroupBy(row => row.Series).Select(series => new SeriesSummary
            {
                Name = series.Key,
                Points = series.LongCount(),
                First = series.Min(row => row.At),
                Last = series.Max(row => row.At),
            }), row => row.Name, []).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, row => new SeriesInfo
        {
            Name = row.Name,
            Points = row.Points,
            First = Instants.FromMicroseconds(row.First),
            Last = Instants.FromMicroseconds(row.Last),
        }, row => row.Name));
    }

    private static async Task<Ok<SeriesPointsResult>> PostAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = Name(context);
        var points = (await RequestBody.ReadAsync<SeriesPointsRequest>(context)).Points;
        if (points.Count is 0 or > MaxPoints)
            throw Fault("points", $"A request brings 1 to {MaxPoints} points.");
        if (points.Any(point => point is null))
            throw Fault("points", "A point is an object with 'at' and 'value'.");
        if (points.GroupBy(point => point.At.ToMicroseconds()).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Fault("points", $"The moment {Instants.FromMicroseconds(twice.Key):O} stands twice; send one value.");

        var (added, changed) = (0, 0);
        await database.OperateAsync(async db =>
        {
            (added, changed) = (0, 0);
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            foreach (var point in points)
            {
                var at = point.At.ToMicroseconds();
                var row = await db.SeriesPoints.FindAsync([name, at], cancellation);
                if (row is null)
                {
                    db.SeriesPoints.Add(new SeriesPointRow { Series = name, At = at, Value = point.Value });
                    added++;
                }
                else if (!row.Value.Equals(point.Value))
                {
                    row.Value = point.Value;
                    changed++;
                }
            }

            await db.SaveChangesAsync(cancellation);
            await transaction.CommitAsync(CancellationToken.None);
        }, cancellation);
        return TypedResults.Ok(new SeriesPointsResult(added, changed, points.Count - added - changed));
    }

    private static async Task<Ok<Page<SeriesPointRequest>>> PointsAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (page, name) = (PageQuery.Of(context), Name(context));
        var from = RequestQuery.Instant(context, "from")?.ToMicroseconds() ?? long.MinValue;
        var rows = await database.ReadAsync(db => page.NewestFirst(
            db.SeriesPoints.Where(row => row.Series == name && row.At >= from), row => row.At)
            .ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(
            rows, row => new SeriesPointRequest { At = Instants.FromMicroseconds(row.At), Value = row.Value },
            row => row.At));
    }

    private static string Name(HttpContext context)
    {
        var name = RequestQuery.Route(context, "name");
        return name.Length <= MaxName && !name.Any(char.IsControl)
            && !name.StartsWith(Core.Monitors.SeriesWatch.OutcomePrefix, StringComparison.Ordinal)
            ? name
            : throw Fault("name", $"The name of a series has 1 to {MaxName} printable characters and does not begin "
                + $"with '{Core.Monitors.SeriesWatch.OutcomePrefix}'.");
    }

    private static RefusalException Fault(string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_series", message) { Field = field });

    private sealed class SeriesSummary
    {
        public required string Name { get; init; }

        public long Points { get; init; }

        public long First { get; init; }

        public long Last { get; init; }
    }
}
