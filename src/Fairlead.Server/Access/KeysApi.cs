using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Access;

/// <summary><c>/api/v1/keys</c>.</summary>
internal static class KeysApi
{
    private const string Tag = "keys";

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/caller", Caller).Demands(Role.Viewer)
            .Described("caller", Tag, "Tells whom the server takes its caller for, and what that one may do");
        routes.MapGet("/api/v1/keys", ListAsync).Demands(Role.Admin)
            .Described("listKeys", Tag, "Lists the keys, without their secrets", QueryParameter.OfLists);
        routes.MapPost("/api/v1/keys", CreateAsync).Demands(Role.Admin).Accepts<CreateKeyRequest>("application/json")
            .Described("createKey", Tag, "Makes a key; its secret is shown this once");
        routes.MapDelete("/api/v1/keys/{id}", RevokeAsync).Demands(Role.Admin)
            .Described("deleteKey", Tag, "Revokes a key", QueryParameter.Reason);
        routes.MapPost("/api/v1/keys/{id}/revoke", RevokeAsync).Demands(Role.Admin)
            .Described("revokeKey", Tag, "Revokes a key", QueryParameter.Reason);
    }

    private static Ok<CallerInfo> Caller(HttpContext context)
    {
        var caller = context.Caller();
        return TypedResults.Ok(new CallerInfo
        {
            Name = caller.Name,
            Role = RoleNames.Of(caller.Role),
            KeyId = caller.KeyId,
            Endpoints = [.. caller.Endpoints.Order(StringComparer.Ordinal)],
            Models = [.. caller.Models.Order(StringComparer.Ordinal)],
        });
    }

    private static async Task<Ok<Page<KeyInfo>>> ListAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var rows = await database.ReadAsync(
            db => page.OldestFirst(db.Keys, row => row.Id).ToListAsync(cancellation), cancellation);
        var now = time.MicrosecondsNow();
        return TypedResults.Ok(page.Page(rows, row => KeyViews.Of(row, now), row => row.Id));
    }

    private static async Task<Created<CreatedKey>> CreateAsync(
        HttpContext context, KeyWrites keys, CancellationToken cancellation)
    {
        var request = await RequestBody.ReadAsync<CreateKeyRequest>(context);
        TextRules.ThrowIfAny([
            .. request.Endpoints.Select(name => TextRules.WhyNot("endpoints", name, TextRules.MaxTagName)),
            .. request.Models.Select(name => TextRules.WhyNot("models", name, TextRules.MaxTagName)),
        ]);
        var wish = new KeyWish(request.Name, request.Role)
        {
            ExpiresAt = request.ExpiresAt,
            Endpoints = request.Endpoints,
            Models = request.Models,
            RequestsPerSecond = request.RequestsPerSecond,
        };
        var created = await keys.CreateAsync(context.Caller(), wish, request.Reason, cancellation);
        return TypedResults.Created($"/api/v1/keys/{created.Key.Id}", created);
    }

    private static async Task<NoContent> RevokeAsync(
        HttpContext context, KeyWrites keys, CancellationToken cancellation)
    {
        var (id, reason) = (RequestQuery.RouteNumber(context, "id"), RequestQuery.Text(context, "reason"));
        await keys.RevokeAsync(context.Caller(), id, reason, cancellation);
        return TypedResults.NoContent();
    }
}
