using System.Security.Cryptography;
using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts.Messages;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Description;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Webhooks;

/// <summary><c>/api/v1/webhooks</c>. An admin's: events hold what the audit log holds.</summary>
internal static class WebhooksApi
{
    private const string Tag = "webhooks";
    private const string All = "/api/v1/webhooks";
    private const string One = All + "/{name}";

    /// <summary>Puts webhooks into the control plane.</summary>
    public static void AddWebhooks(this IServiceCollection services)
    {
        services.AddSingleton<WebhookMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<WebhookMeter>());
        services.AddSingleton<WebhookSender>();
    }

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).Demands(Role.Admin)
            .Described("listWebhooks", Tag, "Lists webhooks with how they do, without secrets", QueryParameter.OfLists);
        routes.MapPut(One, PutAsync).Demands(Role.Admin).Accepts<WebhookRequest>("application/json")
            .Described("putWebhook", Tag, "Makes or changes a webhook; secrets that are left out stay");
        routes.MapDelete(One, DeleteAsync).Demands(Role.Admin)
            .Described("deleteWebhook", Tag, "Removes a webhook; what waits for it is dropped", QueryParameter.Reason);
        routes.MapPost(One + "/test", TestAsync).Demands(Role.Admin)
            .Described("testWebhook", Tag, "Sends a message to try a webhook, and tells what became of it");
        routes.MapGet(One + "/deliveries", DeliveriesAsync).Demands(Role.Admin)
            .Described("listWebhookDeliveries", Tag, "Lists messages to a webhook, newest first",
                QueryParameter.OfLists);
    }

    private static async Task<Ok<Page<WebhookInfo>>> ListAsync(
        HttpContext context, Database database, TimeProvider time, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        return TypedResults.Ok(await database.ReadAsync(async db =>
        {
            var rows = await page.ByName(db.Set<WebhookRow>(), row => row.Name, []).ToListAsync(cancellation);
            var counts = await db.Set<WebhookDeliveryRow>().GroupBy(row => new { row.Webhook, row.Status })
                .Select(group => new { group.Key.Webhook, group.Key.Status, Count = group.Count() })
                .ToListAsync(cancellation);
            int Count(string name, string status) =>
                counts.SingleOrDefault(each => each.Webhook == name && each.Status == status)?.Count ?? 0;
            return page.Page(rows, row => Info(row, time.GetUtcNow()) with
            {
                Waiting = Count(row.Name, WebhookOutbox.Waiting),
                Dead = Count(row.Name, WebhookOutbox.Dead),
            }, row => row.Name);
        }, cancellation));
    }

    private static async Task<Ok<WebhookInfo>> PutAsync(
        HttpContext context, ControlPlane control, TimeProvider time, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        var request = await RequestBody.ReadAsync<WebhookRequest>(context);
        var row = await control.WriteAsync(context.Caller(), request.Reason,
            write => WebhookWrites.PutAsync(write, name, request), cancellation);
        return TypedResults.Ok(Info(row, time.GetUtcNow()));
    }

    private static async Task<NoContent> DeleteAsync(
        HttpContext context, ControlPlane control, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        await control.WriteAsync(context.Caller(), RequestQuery.Text(context, "reason"),
            write => WebhookWrites.DeleteAsync(write, name), cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Ok<WebhookTestInfo>> TestAsync(
        HttpContext context, Database database, Messenger messenger, TimeProvider time,
        CancellationToken cancellation)
    {
        var row = await FindAsync(context, database, cancellation);
        var token = $"test-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var end = await messenger.PostAsync(StoredJson.Read<ReceiverSecrets>(row.Secrets),
            Encoding.UTF8.GetBytes(WebhookOutbox.TestBody(row.Name, token, time.GetUtcNow())), token, cancellation);
        return TypedResults.Ok(new WebhookTestInfo(end.Result == SendResult.Delivered, end.Why));
    }

    private static async Task<Ok<Page<WebhookDeliveryInfo>>> DeliveriesAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var page = PageQuery.Of(context);
        var webhook = await FindAsync(context, database, cancellation);
        var rows = await database.ReadAsync(db => page.NewestFirst(
            db.Set<WebhookDeliveryRow>().Where(row => row.Webhook == webhook.Name), row => row.Id)
            .ToListAsync(cancellation), cancellation);
        return TypedResults.Ok(page.Page(rows, row => new WebhookDeliveryInfo
        {
            Id = row.Id,
            Token = row.Token,
            Event = row.Event,
            Status = row.Status,
            Attempts = row.Attempts,
            Why = row.Why,
            CreatedAt = Instants.FromMicroseconds(row.CreatedAt),
            EndedAt = Instants.FromMicroseconds(row.EndedAt),
        }, row => row.Id));
    }

    private static async Task<WebhookRow> FindAsync(
        HttpContext context, Database database, CancellationToken cancellation)
    {
        var name = RequestQuery.Route(context, "name");
        return await database.ReadAsync(db => WebhookWrites.FindAsync(db, name, cancellation), cancellation)
            ?? throw new RefusalException(WebhookWrites.NotFound(name));
    }

    private static WebhookInfo Info(WebhookRow row, DateTimeOffset now)
    {
        var secrets = StoredJson.Read<ReceiverSecrets>(row.Secrets);
        return new WebhookInfo
        {
            Name = row.Name,
            Target = ReceiverRules.HostOf(secrets.Url) ?? "",
            HasSecret = secrets.Secret is not null,
            Events = StoredJson.Read<List<string>>(row.Events),
            Failures = row.Failures,
            NotBefore = row.NotBefore > now.ToMicroseconds() ? Instants.FromMicroseconds(row.NotBefore) : null,
            ChangedAt = Instants.FromMicroseconds(row.ChangedAt),
            ChangedBy = row.ChangedBy,
        };
    }
}
