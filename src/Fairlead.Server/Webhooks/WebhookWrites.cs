using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Fairlead.Core.Webhooks;
using Fairlead.Server.Alerts.Receivers;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Webhooks;

/// <summary>The changes of webhooks, each inside a write.</summary>
internal static class WebhookWrites
{
    /// <summary>Most webhooks.</summary>
    public const int MostWebhooks = 50;

    /// <summary>Most words of wanted events.</summary>
    public const int MostEvents = 50;

    public static async Task<WebhookRow> PutAsync(WriteScope write, string name, WebhookRequest request)
    {
        if (name.Length > TextRules.MaxTagName || name.Any(char.IsControl))
            throw new RefusalException(Fault("name", $"A name has up to {TextRules.MaxTagName} printable characters."));
        var row = await FindAsync(write.Db, name, write.Cancellation);
        var kept = row is null ? new ReceiverSecrets() : StoredJson.Read<ReceiverSecrets>(row.Secrets);
        var secrets = new ReceiverSecrets
        {
            Url = request.Url is null || request.Url == ReceiverRules.HostOf(kept.Url) ? kept.Url : request.Url,
            Secret = request.Secret is null ? kept.Secret : request.Secret.Length == 0 ? null : request.Secret,
        };
        TextRules.ThrowIfAny([
            ReceiverRules.WhyNotUrl("url", secrets.Url),
            secrets.Secret?.Length > ReceiverRules.MostCharacters
                ? Fault("secret", $"A secret has at most {ReceiverRules.MostCharacters} characters.")
                : null,
            request.Events.Count > MostEvents ? Fault("events", $"At most {MostEvents} events are named.") : null,
            request.Events.All(EventFilter.IsWord)
                ? null
                : Fault("events", "An event is written like 'alias.set', 'alias' for all of an alias, or '*'."),
        ]);
        var before = row is null ? null : Shown(row);
        row ??= await AddAsync(write, name);
        row.Events = StoredJson.Write(request.Events.Count == 0 ? EventFilter.ByDefault : request.Events);
        row.Secrets = StoredJson.Write(secrets);
        (row.Failures, row.NotBefore) = (0, 0);
        (row.ChangedAt, row.ChangedBy) = (write.NowMicroseconds, write.Principal.Name);
        write.Record("webhook.put", $"webhooks/{name}", before, Shown(row));
        await write.Db.SaveChangesAsync(write.Cancellation);
        return row;
    }

    public static async Task<bool> DeleteAsync(WriteScope write, string name)
    {
        var row = await FindAsync(write.Db, name, write.Cancellation) ?? throw new RefusalException(NotFound(name));
        await write.Db.Set<WebhookDeliveryRow>().Where(each => each.Webhook == name)
            .ExecuteDeleteAsync(write.Cancellation);
        write.Db.Remove(row);
        write.Record("webhook.delete", $"webhooks/{name}", Shown(row), null);
        return true;
    }

    public static Task<WebhookRow?> FindAsync(FairleadDbContext db, string name, CancellationToken cancellation) =>
        db.Set<WebhookRow>().SingleOrDefaultAsync(row => row.Name == name, cancellation);

    public static Refusal NotFound(string name) =>
        new(RefusalKind.NotFound, "webhook_not_found", $"There is no webhook '{name}'.");

    /// <summary>It is told of what happens from now on.</summary>
    private static async Task<WebhookRow> AddAsync(WriteScope write, string name)
    {
        if (await write.Db.Set<WebhookRow>().CountAsync(write.Cancellation) >= MostWebhooks)
        {
            throw new RefusalException(new Refusal(RefusalKind.Conflict, "too_many_webhooks",
                $"There are {MostWebhooks} webhooks, as many as there may be; remove one."));
        }

        var row = new WebhookRow
        {
            Name = name,
            Events = "[]",
            Secrets = "{}",
            ChangedBy = write.Principal.Name,
            AuditPosition = await write.Db.Audit.MaxAsync(each => (long?)each.Id, write.Cancellation) ?? 0,
            AlertPosition = write.NowMicroseconds,
        };
        write.Db.Add(row);
        return row;
    }

    private static object Shown(WebhookRow row)
    {
        var secrets = StoredJson.Read<ReceiverSecrets>(row.Secrets);
        return new
        {
            target = ReceiverRules.HostOf(secrets.Url),
            signed = secrets.Secret is not null,
            events = StoredJson.Read<List<string>>(row.Events),
        };
    }

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "webhook_invalid", message) { Field = field };
}
