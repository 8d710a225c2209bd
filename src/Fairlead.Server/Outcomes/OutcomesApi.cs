using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary><c>/api/v1/outcomes</c>.</summary>
internal static class OutcomesApi
{
    private const string All = "/api/v1/outcomes";
    private const string Tag = "outcomes";

    public static void MapOutcomes(this IEndpointRouteBuilder routes)
    {
        // Which endpoints a key may report for is held against every outcome by itself.
        routes.MapPost(All, TakeAsync).Demands(Role.Predictor)
            .Described("reportOutcomes", Tag, "Reports what turned out for predictions or units",
                new BodyDescription(typeof(OutcomesRequest), "application/json"));
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listOutcomes", Tag, "Shows how many outcomes came, by endpoint and name");
    }

    private static async Task<Ok<OutcomesResult>> TakeAsync(
        HttpContext context, OutcomeIntake intake, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<OutcomesRequest>(context);
        return TypedResults.Ok(await intake.TakeAsync(context.Caller(), request, cancellation));
    }

    private static async Task<Ok<OutcomesInfo>> ListAsync(
        HttpContext context, Database database, OutcomeIntake intake, OutcomeMeter meter,
        CancellationToken cancellation)
    {
        var caller = context.Caller();
        var rows = await database.ReadAsync(db => (
            from outcome in db.Outcomes
            join endpoint in db.Endpoints on outcome.Endpoint equals endpoint.Number
            where endpoint.DeletedAt == null
            group outcome by new { endpoint.Name, Outcome = outcome.Name } into grouped
            orderby grouped.Key.Name, grouped.Key.Outcome
            select new
            {
                grouped.Key,
                Joined = grouped.LongCount(row => row.Joined),
                All = grouped.LongCount(),
                MeanDelay = grouped.Average(row => row.HappenedAt / 1e6 - row.Time / 1e3),
                Second = grouped.LongCount(row => row.HappenedAt - row.Time * 1000 <= 1_000_000),
                Minute = grouped.LongCount(row => row.HappenedAt - row.Time * 1000 <= 60_000_000),
                Hour = grouped.LongCount(row => row.HappenedAt - row.Time * 1000 <= 3_600_000_000),
                Day = grouped.LongCount(row => row.HappenedAt - row.Time * 1000 <= 86_400_000_000),
                Week = grouped.LongCount(row => row.HappenedAt - row.Time * 1000 <= 604_800_000_000),
            }).ToListAsync(cancellation), cancellation);
        var shown = rows.ConvertAll(row => new OutcomeSummary
        {
            Endpoint = row.Key.Name,
            Name = row.Key.Outcome,
            Joined = row.Joined,
            Unmatched = row.All - row.Joined,
            MeanDelaySeconds = row.MeanDelay,
            Delays =
            [
                new(TimeSpan.FromSeconds(1), row.Second),
                new(TimeSpan.FromMinutes(1), row.Minute - row.Second),
                new(TimeSpan.FromHours(1), row.Hour - row.Minute),
                new(TimeSpan.FromDays(1), row.Day - row.Hour),
                new(TimeSpan.FromDays(7), row.Week - row.Day),
                new(null, row.All - row.Week),
            ],
        });
        return TypedResults.Ok(new OutcomesInfo
        {
            Endpoints = [.. shown.Where(row => AccessPolicy.Allows(caller, new Demand(Role.Viewer, row.Endpoint)))],
            Results = meter.Results.ReadAll().ToDictionary(each => each.Reason, each => each.Count),
            Forged = intake.Forged,
            Foreign = intake.Foreign,
            WithoutAnswer = intake.WithoutAnswer,
        });
    }
}
