using System.Text.Json;
using Fairlead.Core.Webhooks;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Webhooks;

/// <summary>
/// Turns what happened into messages. The audit log and the changes of alerts are the outbox: each webhook remembers up
/// to where it was looked at, and message and position are stored together, so that nothing is left out and nothing is
/// told under two ids. A webhook for which enough waits is not looked at, which loses nothing.
/// </summary>
internal sealed class WebhookOutbox
{
    /// <summary>Messages that wait for one webhook; beyond them its position stands still.</summary>
    public const int MostWaiting = 1000;

    /// <summary>Changes that are looked at in one round.</summary>
    private const int MostOfRound = 200;

    /// <summary>Longest part of a change that goes along; a longer one is left out and can be asked for.</summary>
    private const int LongestPart = 100_000;

    public const string Waiting = "waiting";
    public const string Delivered = "delivered";
    public const string Dead = "dead";

    /// <summary>
    /// Changes of alerts are stored by several at once, so that an earlier one may come to be seen after a later one.
    /// </summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <summary>Stores the messages of what happened since the last look; the caller saves.</summary>
    public static async Task TakeAsync(
        FairleadDbContext db, WebhookRow webhook, DateTimeOffset now, CancellationToken cancellation)
    {
        var waiting = await db.Set<WebhookDeliveryRow>().CountAsync(
            row => row.Webhook == webhook.Name && row.Status == Waiting, cancellation);
        if (waiting >= MostWaiting)
            return;

        var wanted = StoredJson.Read<List<string>>(webhook.Events);
        var changes = await db.Audit.Where(row => row.Id > webhook.AuditPosition).OrderBy(row => row.Id)
            .Take(MostOfRound).ToListAsync(cancellation);
        foreach (var change in changes)
        {
            webhook.AuditPosition = change.Id;
            if (EventFilter.Wants(wanted, change.What))
                db.Add(Message(webhook, $"audit-{change.Id}", change.What, Body(change), now));
        }

        if (EventFilter.Wants(wanted, "alert.firing") || EventFilter.Wants(wanted, "alert.resolved"))
            await TakeAlertsAsync(db, webhook, wanted, now, cancellation);
        else
            webhook.AlertPosition = now.ToMicroseconds();
    }

    /// <summary>A message to try a webhook.</summary>
    public static string TestBody(string name, string token, DateTimeOffset now) => StoredJson.Write(new WireEvent
    {
        Id = token,
        Event = "webhook.test",
        At = now,
        Subject = $"webhooks/{name}",
    });

    private static async Task TakeAlertsAsync(
        FairleadDbContext db, WebhookRow webhook, List<string> wanted, DateTimeOffset now,
        CancellationToken cancellation)
    {
        var from = webhook.AlertPosition - (long)Overlap.TotalMicroseconds;
        var found = await db.AlertTransitions.Where(row => row.At > from).OrderBy(row => row.At).Take(MostOfRound)
            .Join(db.Alerts, change => change.Alert, alert => alert.Id, (change, alert) => new
            {
                Change = change,
                alert.Labels,
                alert.Severity,
            })
            .ToListAsync(cancellation);
        var tokens = found.ConvertAll(each => $"alert-{each.Change.Alert}-{each.Change.Number}");
        var known = await db.Set<WebhookDeliveryRow>()
            .Where(row => row.Webhook == webhook.Name && tokens.Contains(row.Token)).Select(row => row.Token)
            .ToListAsync(cancellation);
        foreach (var (each, token) in found.Zip(tokens))
        {
            webhook.AlertPosition = Math.Max(webhook.AlertPosition, each.Change.At);
            var name = $"alert.{Alerts.AlertPhases.Written(Enum.Parse<Core.Alerts.AlertPhase>(each.Change.To))}";
            if (known.Contains(token) || !EventFilter.Wants(wanted, name))
                continue;
            db.Add(Message(webhook, token, name, new WireEvent
            {
                Id = "",
                Event = name,
                At = Instants.FromMicroseconds(each.Change.At),
                Subject = $"alerts/{each.Change.Alert}",
                Reason = each.Change.Why,
                After = JsonSerializer.SerializeToElement(new
                {
                    labels = JsonSerializer.Deserialize<JsonElement>(each.Labels),
                    severity = each.Severity,
                    value = each.Change.Value is { } value ? StoredJson.Figure(value) : null,
                }),
            }, now));
        }
    }

    private static WebhookDeliveryRow Message(
        WebhookRow webhook, string token, string name, WireEvent body, DateTimeOffset now) => new()
        {
            Webhook = webhook.Name,
            Token = token,
            Event = name,
            Body = StoredJson.Write(body with { Id = token }),
            Status = Waiting,
            CreatedAt = now.ToMicroseconds(),
        };

    private static WireEvent Body(AuditRow change) => new()
    {
        Id = "",
        Event = change.What,
        At = Instants.FromMicroseconds(change.At),
        Subject = change.Subject,
        Who = change.Who,
        Reason = change.Reason,
        Before = Part(change.Before),
        After = Part(change.After),
        Truncated = change.Before?.Length > LongestPart || change.After?.Length > LongestPart,
    };

    private static JsonElement? Part(string? json) =>
        json is null || json.Length > LongestPart ? null : JsonSerializer.Deserialize<JsonElement>(json);

    /// <summary>An event as it is sent.</summary>
    private sealed record WireEvent
    {
        /// <summary>The same for every attempt.</summary>
        public required string Id { get; init; }

        public required string Event { get; init; }

        public DateTimeOffset At { get; init; }

        /// <summary>What it happened to, such as <c>models/credit/aliases/champion</c>.</summary>
        public required string Subject { get; init; }

        public string? Who { get; init; }

        public string? Reason { get; init; }

        public JsonElement? Before { get; init; }

        public JsonElement? After { get; init; }

        /// <summary>A part was too long to go along; the audit log has it.</summary>
        public bool Truncated { get; init; }
    }
}
