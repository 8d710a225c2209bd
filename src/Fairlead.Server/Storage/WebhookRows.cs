using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>A web service that is told of events.</summary>
internal sealed class WebhookRow
{
    public required string Name { get; set; }

    /// <summary>The events that it wants, as a JSON list.</summary>
    public required string Events { get; set; }

    /// <summary>Its address and what it is signed with; read where it is used and nowhere else.</summary>
    public required string Secrets { get; set; }

    /// <summary>The last change of the control plane that it was looked at for.</summary>
    public long AuditPosition { get; set; }

    /// <summary>The moment up to which changes of alerts were looked at for it.</summary>
    public long AlertPosition { get; set; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; set; }

    /// <summary>It is left in peace until then.</summary>
    public long NotBefore { get; set; }

    public long ChangedAt { get; set; }

    public required string ChangedBy { get; set; }
}

/// <summary>One event on its way to one webhook.</summary>
internal sealed class WebhookDeliveryRow
{
    public long Id { get; set; }

    public required string Webhook { get; set; }

    /// <summary>The id that is sent with every attempt, so that a receiver can tell a repeat.</summary>
    public required string Token { get; set; }

    public required string Event { get; set; }

    /// <summary>What is sent.</summary>
    public required string Body { get; set; }

    /// <summary><c>waiting</c>, <c>delivered</c> or <c>dead</c>.</summary>
    public required string Status { get; set; }

    /// <summary>Begun attempts.</summary>
    public int Attempts { get; set; }

    /// <summary>An attempt under way is made again after this: its process was killed.</summary>
    public long ClaimedUntil { get; set; }

    public long CreatedAt { get; set; }

    public long? EndedAt { get; set; }

    /// <summary>What became of the last attempt.</summary>
    public string? Why { get; set; }
}

/// <summary>The tables of webhooks.</summary>
internal static class WebhookTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<WebhookRow>().ToTable("webhooks").HasKey(row => row.Name);
        modelBuilder.Entity<WebhookDeliveryRow>(table =>
        {
            table.ToTable("webhook_deliveries").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Webhook, row.Token }).IsUnique();
            table.HasIndex(row => new { row.Webhook, row.Status, row.Id });
            table.HasIndex(row => row.EndedAt);
        });

        // Events of alerts are found by their moment.
        modelBuilder.Entity<AlertTransitionRow>().HasIndex(row => row.At);
    }
}
