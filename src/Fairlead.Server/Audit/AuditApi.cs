using System.Text.Json;
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

namespace Fairlead.Server.Audit;

/// <summary><c>/api/v1/audit</c>: every change, newest first.</summary>
internal static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/audit", ListAsync).Demands(Role.Admin)
            .Described("listAudit", "audit", "Lists the changes, newest first",
            [
                new QueryParameter("who", "string", "The name of the key"),
                new QueryParameter("what", "string", "What was done, such as endpoint.put"),
                new QueryParameter("subject", "string", "What it was done to, such as endpoints/credit"),
                new QueryParameter("since", "string", "From this instant on"),
                new QueryParameter("until", "string", "Before this instant"),
                .. QueryParameter.OfLists,
            ]);

    private static async Task<Ok<Page<AuditEntry>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var filter = new AuditFilter
        {
            Who = RequestQuery.Text(context, "who"),
            What = RequestQuery.Text(context, "what"),
            Subject = RequestQuery.Text(context, "subject"),
            Since = RequestQuery.Instant(context, "since"),
            Until = RequestQuery.Instant(context, "until"),
        };
        var rows = await database.ReadAsync(
            db => Select(db.Audit, filter, page).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, View, row => row.Id));
    }

    private static IQueryable<AuditRow> Select(IQueryable<AuditRow> rows, AuditFilter filter, PageQuery page)
    {
        if (filter.Who is { } who)
            rows = rows.Where(row => row.Who == who);
        if (filter.What is { } what)
            rows = rows.Where(row => row.What == what);
        if (filter.Subject is { } subject)
            rows = rows.Where(row => row.Subject == subject);
        if (filter.Since?.ToMicroseconds() is { } since)
            rows = rows.Where(row => row.At >= since);
        if (filter.Until?.ToMicroseconds() is { } until)
            rows = rows.Where(row => row.At < until);
        return page.NewestFirst(rows, row => row.Id);
    }

    private static AuditEntry View(AuditRow row) => new()
    {
        Id = row.Id,
        When = Instants.FromMicroseconds(row.At),
        Who = row.Who,
        KeyId = row.KeyId,
        What = row.What,
        Subject = row.Subject,
        Reason = row.Reason,
        Before = row.Before is null ? null : JsonSerializer.Deserialize<JsonElement>(row.Before),
        After = row.After is null ? null : JsonSerializer.Deserialize<JsonElement>(row.After),
    };
}
