using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Alerts.Receivers;

/// <summary><c>/api/v1/receivers</c>.</summary>
internal static class ReceiversApi
{
    private const string Tag = "alerts";
    private const string One = "/api/v1/receivers/{name}";

    public static void MapReceivers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/receivers", ListAsync).Demands(Role.Viewer)
            .Described("listReceivers", Tag, "Lists whom alerts are told to, without secrets", QueryParameter.OfLists);
        routes.MapGet(One, GetAsync).Demands(Role.Viewer)
            .Described("getReceiver", Tag, "Shows a receiver without its secrets");
        routes.MapPut(One, PutAsync).Demands(Role.Operator).Accepts<ReceiverRequest>("application/json")
            .Described("putReceiver", Tag, "Makes or changes a receiver; secrets that are left out stay");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Operator)
            .Described("deleteReceiver", Tag, "Deletes a receiver; what waits for it is dropped",
                QueryParameter.Reason);
        routes.MapPost(One + "/test", TestAsync).Demands(Role.Operator)
            .Described("testReceiver", Tag, "Sends a message to try a receiver, and tells what became of it");
    }

    private static async Task<Ok<Page<ReceiverInfo>>> ListAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var rows = await database.ReadAsync(
            db => page.ByName(db.Receivers, row => row.Name, []).ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, ReceiverViews.Of, row => row.Name));
    }

    private static async Task<Ok<ReceiverInfo>> GetAsync(
        HttpContext context, Database database, CancellationToken cancellation) =>
        TypedResults.Ok(ReceiverViews.Of(await FindAsync(context, database, cancellation)));

    private static async Task<Ok<ReceiverInfo>> PutAsync(
        HttpContext context, ControlPlane control, Database database, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        var request = await RequestBody.ReadAsync<ReceiverRequest>(context);
        await control.WriteAsync(context.Caller(), request.Reason,
            write => ReceiverWrites.ApplyAsync(write, name, request), cancellation);
        return await GetAsync(context, database, cancellation);
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => ReceiverWrites.DeleteAsync(write, name), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<ReceiverTest>> TestAsync(
        HttpContext context, Database database, Messenger messenger, TimeProvider time,
        CancellationToken cancellation)
    {
        ReceiverWrites.DemandAll(context.Caller(), Role.Operator);
        var receiver = Receiver.Of(await FindAsync(context, database, cancellation));
        var end = await messenger.SendAsync(receiver, Notices.Test(receiver.Name, time.GetUtcNow()), cancellation);
        return TypedResults.Ok(new ReceiverTest(end.Result == SendResult.Delivered, end.Why));
    }

    private static Task<ReceiverRow> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        return database.ReadAsync(async db =>
            await db.Receivers.SingleOrDefaultAsync(row => row.Name == name, cancellation)
                ?? throw new RefusalException(ReceiverWrites.NotFound(name)), cancellation);
    }
}
