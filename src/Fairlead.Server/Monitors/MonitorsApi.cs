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

namespace Fairlead.Server.Monitors;

/// <summary><c>/api/v1/monitors</c>.</summary>
internal static class MonitorsApi
{
    private const string Tag = "monitors";
    private const string All = "/api/v1/monitors";
    private const string One = All + "/{name}";

    public static void MapMonitors(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Viewer)
            .Described("listMonitors", Tag, "Lists monitors by name",
                [new QueryParameter("endpoint", "string", "Only those of one endpoint"), .. QueryParameter.OfLists]);

        // Which endpoint it is about stands in the body.
        routes.MapPut(One, PutAsync).Demands(Role.Operator)
            .Described("putMonitor", Tag, "Makes a monitor be as written",
                new BodyDescription(typeof(MonitorRequest), "application/json"), QueryParameter.Reason);
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getMonitor", Tag, "Shows a monitor with everything that it found last");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator)
            .Described("deleteMonitor", Tag, "Deletes a monitor; its alerts end", QueryParameter.Reason);
        routes.MapGet(One + "/looks", LooksAsync).Demands(Role.Viewer)
            .Described("listMonitorLooks", Tag, "Lists what a monitor found look by look, newest first",
                [new QueryParameter("from", "string", "Only from this moment on"), .. QueryParameter.OfLists]);
    }

    private static async Task<Ok<Page<MonitorInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var endpoint = RequestQuery.Text(context, "endpoint");
        var allowed = context.Caller().Endpoints;
        var rows = await database.ReadAsync(db =>
        {
            var monitors = db.Monitors.AsQueryable();
            if (endpoint is not null)
                monitors = monitors.Where(row => row.EndpointName == endpoint);
            if (allowed.Count > 0)
            {
                var names = allowed.ToList();
                monitors = monitors.Where(row => names.Contains(row.EndpointName));
            }

            return page.ByName(monitors, row => row.Name, []).ToListAsync(cancellation);
        }, cancellation);
        return TypedResults.Ok(page.Page(rows, row => MonitorViews.Info(row, withFindings: false), row => row.Name));
    }

    private static async Task<Ok<MonitorInfo>> PutAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        var request = await RequestBody.ReadAsync<MonitorRequest>(context);
        var change = await control.WriteAsync(
            context.Caller(), RequestQuery.Text(context, "reason"),
            write => MonitorWrites.PutAsync(write, name, request), cancellation);
        return TypedResults.Ok(MonitorViews.Info(change.Row, withFindings: true));
    }

    private static async Task<Ok<MonitorInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation) =>
        TypedResults.Ok(MonitorViews.Info(await FindAsync(context, database, cancellation), withFindings: true));

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        await control.WriteAsync(
            context.Caller(), RequestQuery.Text(context, "reason"), write => MonitorWrites.DeleteAsync(write, name),
            cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<MonitorLookInfo>>> LooksAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var from = RequestQuery.Instant(context, "from")?.ToMicroseconds() ?? 0;
        var monitor = await FindAsync(context, database, cancellation);
        var rows = await database.ReadAsync(db => page.NewestFirst(
            db.MonitorLooks.Where(row => row.Monitor == monitor.Id && row.At >= from), row => row.At)
            .ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, MonitorViews.Info, row => row.At));
    }

    private static async Task<MonitorRow> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        var row = await database.ReadAsync(db => MonitorWrites.FindAsync(db, name, cancellation), cancellation);
        return row is not null && AccessPolicy.Allows(context.Caller(), new Demand(Role.Viewer, row.EndpointName))
            ? row
            : throw new RefusalException(MonitorWrites.NotFound(name));
    }
}
