using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Alerts;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts.Holding;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts;

/// <summary><c>/api/v1/alerts</c>. A key that is limited to endpoints sees the alerts of those.</summary>
internal static class AlertsApi
{
    /// <summary>Most transitions, and most messages, that one alert is shown with.</summary>
    private const int Shown = 100;

    private const string Tag = "alerts";
    private const string One = "/api/v1/alerts/{id}";

    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/alerts", ListAsync).Demands(Role.Viewer)
            .Described("listAlerts", Tag, "Lists the alerts of monitors, newest first, with what holds them back",
            [
                new QueryParameter("state", "string",
                    "inactive, pending, firing, resolved, insufficient_data or error"),
                new QueryParameter("endpoint", "string", "Only of this endpoint"),
                new QueryParameter("monitor", "string", "Only of this monitor"),
                new QueryParameter("severity", "string", "Only of this severity"),
                .. QueryParameter.OfLists,
            ]);
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getAlert", Tag, "Shows an alert, what happened to it and who was told of it");
        routes.MapPost(One + "/ack", AckAsync).Demands(Role.Operator).Accepts<AckRequest>("application/json")
            .Described("ackAlert", Tag, "Says that one looks after a firing alert: it is not told again until it ends");
    }

    private static async Task<Ok<Page<AlertInfo>>> ListAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var phase = Phase(context);
        var endpoint = RequestQuery.Text(context, "endpoint");
        var monitor = RequestQuery.Text(context, "monitor");
        var severity = RequestQuery.Text(context, "severity");
        var allowed = context.Caller().Endpoints.ToList();
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var rows = db.Alerts.AsQueryable();
            if (phase is not null)
                rows = rows.Where(row => row.Phase == phase);
            if (endpoint is not null)
                rows = rows.Where(row => row.Endpoint == endpoint);
            if (monitor is not null)
                rows = rows.Where(row => row.Name == monitor);
            if (severity is not null)
                rows = rows.Where(row => row.Severity == severity);
            if (allowed.Count > 0)
                rows = rows.Where(row => allowed.Contains(row.Endpoint));
            var found = await page.NewestFirst(rows, row => row.Id).ToListAsync(cancellation);
            var held = await HeldAsync(db, time.GetUtcNow(), cancellation);
            return page.Page(found, row => AlertViews.Of(row, held), row => row.Id);
        }, cancellation));
    }

    private static async Task<Ok<AlertDetail>> GetAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var (id, caller) = (RequestQuery.RouteNumber(context, "id"), context.Caller());
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var row = await FindAsync(db, id, caller, Role.Viewer, cancellation);
            var transitions = await db.AlertTransitions.Where(each => each.Alert == id)
                .OrderByDescending(each => each.Number).Take(Shown).ToListAsync(cancellation);
            var told = await (
                from each in db.AlertsTold
                join delivery in db.AlertDeliveries on each.Delivery equals delivery.Id
                where each.Alert == id
                orderby delivery.Id descending
                select new { delivery, each.IsFiring }).Take(Shown).ToListAsync(cancellation);
            var held = await HeldAsync(db, time.GetUtcNow(), cancellation);
            return AlertViews.Detail(
                row, held, transitions, told.Select(each => (each.delivery, each.IsFiring)));
        }, cancellation));
    }

    private static async Task<Ok<AlertDetail>> AckAsync(
        HttpContext context, ControlPlane control, Database database, TimeProvider time,
        CancellationToken cancellation)
    {
        var id = RequestQuery.RouteNumber(context, "id");
        var request = await RequestBody.ReadAsync<AckRequest>(context);
        await control.WriteAsync(
            context.Caller(), request.Comment, write => KeepAsync(write, id, request.Comment), cancellation);
        return await GetAsync(context, database, time, cancellation);
    }

    private static async Task<bool> KeepAsync(WriteScope write, long id, string comment)
    {
        var row = await FindAsync(write.Db, id, write.Principal, Role.Operator, write.Cancellation);
        if (comment.Length == 0)
        {
            throw new RefusalException(new Refusal(
                RefusalKind.Invalid, "comment_missing", "Say in the comment what is done about the alert.")
            { Field = "comment" });
        }

        if (row.Phase != nameof(AlertPhase.Firing))
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "alert_not_firing",
                $"The alert {id} is {AlertPhases.Written(row.Phase)}; only one that fires is looked after."));
        }

        var before = row.AckedAt is null ? null : new { By = row.AckedBy, Comment = row.AckComment };
        (row.AckedBy, row.AckedAt, row.AckComment) = (write.Principal.Name, write.NowMicroseconds, comment);
        await write.Db.SaveChangesAsync(write.Cancellation);
        write.Record("alert.ack", $"alerts/{id}", before, new { By = row.AckedBy, Comment = comment });
        return true;
    }

    /// <summary>What another endpoint's alert is called is nobody's business who may not see the endpoint.</summary>
    private static async Task<AlertRow> FindAsync(
        FairleadDbContext db, long id, Principal caller, Role role, CancellationToken cancellation)
    {
        var row = await db.Alerts.SingleOrDefaultAsync(each => each.Id == id, cancellation);
        return row is not null && AccessPolicy.Allows(caller, new Demand(role, row.Endpoint))
            ? row
            : throw new RefusalException(
                new Refusal(RefusalKind.NotFound, "alert_not_found", $"There is no alert with the number {id}."));
    }

    private static async Task<HeldAlerts> HeldAsync(
        FairleadDbContext db, DateTimeOffset now, CancellationToken cancellation) =>
        await HoldingRead.HeldAsync(db, await HoldingRead.FiringAsync(db, cancellation), now, cancellation);

    private static string? Phase(HttpContext context) => RequestQuery.Text(context, "state") switch
    {
        null => null,
        var text when AlertPhases.Read(text) is { } phase => phase.ToString(),
        var text => throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
            $"'{text}' is no state of an alert: inactive, pending, firing, resolved, insufficient_data or error.")
        { Field = "state" }),
    };
}
