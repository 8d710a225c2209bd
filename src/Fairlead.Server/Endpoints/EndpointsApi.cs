using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Endpoints;

/// <summary><c>/api/v1/endpoints</c>.</summary>
internal static class EndpointsApi
{
    private const string Tag = "endpoints";
    private const string One = "/api/v1/endpoints/{name}";

    /// <summary>So many others are named to who asks for one that never was.</summary>
    private const int ShownOthers = 10;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    public static void MapEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/endpoints", ListAsync).Demands(Role.Viewer)
            .Described("listEndpoints", Tag, "Lists the endpoints by name", QueryParameter.OfLists);
        routes.MapGet(One, GetAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getEndpoint", Tag, "Shows an endpoint and where it is placed");
        routes.MapPut(One, PutAsync).Demands(Role.Operator, endpoint: "name")
            .Accepts<PutEndpointRequest>("application/json")
            .Described("putEndpoint", Tag, "Makes or changes an endpoint; every change is a new generation",
                new QueryParameter("wait", "string", "Answer when it is placed here, at most after this, such as 30s"))
            .Answers(StatusCodes.Status200OK, typeof(EndpointInfo))
            .Answers(StatusCodes.Status201Created, typeof(EndpointInfo));
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator, endpoint: "name")
            .Described("deleteEndpoint", Tag, "Deletes an endpoint",
                new QueryParameter("expectedGeneration", "integer", "The generation that it must have"),
                QueryParameter.Reason);
        routes.MapGet(One + "/value", ValueAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("getEndpointValue", Tag, "Tells what an endpoint is worth beside its control group",
                new QueryParameter("metric", "string", "outcome:NAME or outcome:NAME/OTHER; else as declared"),
                new QueryParameter("unit", "string", "The unit of the values, such as EUR; else as declared"),
                new QueryParameter("labelDelay", "string", "How long an outcome takes, such as 7d; else as declared"),
                new QueryParameter("against", "string", "The arm that is the control group; else the holdout"));
        routes.MapGet(One + "/history", HistoryAsync).Demands(Role.Viewer, endpoint: "name")
            .Described("listEndpointHistory", Tag, "Lists an endpoint's generations, newest first",
                [
                    new QueryParameter("at", "string", "Only the generation that it had at this instant"),
                    .. QueryParameter.OfLists,
                ]);
    }

    private static async Task<Ok<Page<EndpointInfo>>> ListAsync(
        HttpContext context, Database database, EndpointViews views, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var allowed = context.Caller().Endpoints;
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var rows = db.Endpoints.Where(row => row.DeletedAt == null);
            var found = await page.ByName(rows, row => row.Name, allowed).ToListAsync(cancellation);
            var shown = await views.ManyAsync(db, found, cancellation);
            return page.Page(shown, endpoint => endpoint, endpoint => endpoint.Name);
        }, cancellation));
    }

    private static async Task<Ok<EndpointInfo>> GetAsync(
        HttpContext context, Database database, EndpointViews views, CancellationToken cancellation) =>
        TypedResults.Ok(await ReadAsync(Name(context), database, views, cancellation));

    private static async Task<IResult> PutAsync(
        HttpContext context, ControlPlane control, Database database, EndpointViews views, LocalPlacements placements,
        TimeProvider time, CancellationToken cancellation)
    {
        var name = Name(context);
        var wait = RequestQuery.Duration(context, "wait") ?? TimeSpan.Zero;
        if (wait > LongestWait)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "invalid_parameter",
                "'wait' is at most 10m.")
            { Field = "wait" });
        }

        var request = await RequestBody.ReadAsync<PutEndpointRequest>(context);
        var change = await control.WriteAsync(
            context.Caller(), request.Reason, write => EndpointWrites.PutAsync(write, name, request), cancellation);
        await placements.WaitAsync(name, change.Row.Generation, wait, time, cancellation);

        var shown = await ReadAsync(name, database, views, cancellation);
        return change.Before is null
            ? TypedResults.Created($"/api/v1/endpoints/{Uri.EscapeDataString(shown.Name)}", shown)
            : TypedResults.Ok(shown);
    }

    private static async Task<Ok<EndpointValueInfo>> ValueAsync(
        HttpContext context, EndpointValues values, CancellationToken cancellation) =>
        TypedResults.Ok(await values.ReadAsync(Name(context), new ValueQuestion(
            RequestQuery.Text(context, "metric"), RequestQuery.Text(context, "unit"),
            RequestQuery.Duration(context, "labelDelay"), RequestQuery.Text(context, "against")), cancellation));

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = Name(context);
        var expected = RequestQuery.Number(context, "expectedGeneration");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => EndpointWrites.DeleteAsync(write, name, expected), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<Page<EndpointHistoryEntry>>> HistoryAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var (name, page) = (Name(context), PageQuery.Of(context));
        var (text, at) = (name.ToString(), RequestQuery.Instant(context, "at")?.ToMicroseconds());
        var rows = await database.ReadAsync(db =>
        {
            var history = db.EndpointHistory.Where(row => row.Name == text);
            if (at is { } instant)
                history = history.Where(row => row.At <= instant).OrderByDescending(row => row.Id).Take(1);
            return page.NewestFirst(history, row => row.Id).ToListAsync(cancellation);
        }, cancellation);
        if (rows.Count == 0 && page.After is null)
            await RefuseUnknownAsync(context.Caller(), name, database, cancellation);
        return TypedResults.Ok(page.Page(rows, Entry, row => row.Id));
    }

    /// <summary>
    /// An endpoint that had not been made yet at a moment has an empty history then; a name that none ever had is a
    /// mistake, and what there is helps to find it.
    /// </summary>
    private static async Task RefuseUnknownAsync(
        Principal caller, EndpointName name, Database database, CancellationToken cancellation)
    {
        var (text, allowed) = (name.ToString(), caller.Endpoints.ToArray());
        var (isKnown, others) = await database.ReadAsync(async db => (
            await db.EndpointHistory.AnyAsync(row => row.Name == text, cancellation),
            await db.Endpoints.Where(row => row.DeletedAt == null)
                .Where(row => allowed.Length == 0 || allowed.Contains(row.Name)).OrderBy(row => row.Name)
                .Select(row => row.Name).Take(ShownOthers + 1).ToListAsync(cancellation)), cancellation);
        if (isKnown)
            return;
        var there = others.Count == 0 ? "there is none yet"
            : $"there are {string.Join(", ", others.Take(ShownOthers))}{(others.Count > ShownOthers ? ", …" : "")}";
        throw new RefusalException(EndpointWrites.NotFound(name) with
        {
            Message = $"There is no endpoint '{name}', and there never was; {there}.",
        });
    }

    private static EndpointHistoryEntry Entry(EndpointHistoryRow row) => new()
    {
        Generation = row.Generation,
        When = Instants.FromMicroseconds(row.At),
        Who = row.Who,
        Reason = row.Reason,
        Change = row.Change,
        Endpoint = row.Spec is null
            ? null
            : EndpointViews.Spec(StoredJson.Read<EndpointSpec>(row.Spec)) with
            {
                Number = row.Endpoint,
                Generation = row.Generation,
                ChangedAt = Instants.FromMicroseconds(row.At),
                ChangedBy = row.Who,
            },
    };

    private static Task<EndpointInfo> ReadAsync(
        EndpointName name, Database database, EndpointViews views, CancellationToken cancellation) =>
        database.ReadAsync(async db => await views.OneAsync(
            db,
            await EndpointWrites.FindAsync(db, name, cancellation)
                ?? throw new RefusalException(EndpointWrites.NotFound(name)),
            cancellation), cancellation);

    private static EndpointName Name(HttpContext context) =>
        EndpointName.Parse(RequestQuery.Route(context, "name"));
}
