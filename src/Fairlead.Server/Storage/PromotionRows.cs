using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>What versions of a model must show before an alias moves to one of them.</summary>
internal sealed class PromotionPolicyRow
{
    public required string Model { get; set; }

    /// <summary>As it was written.</summary>
    public required string Request { get; set; }

    public required string Policy { get; set; }

    public long Revision { get; set; }

    public long ChangedAt { get; set; }

    public required string ChangedBy { get; set; }
}

/// <summary>A version that somebody asked to promote.</summary>
internal sealed class PromotionRow
{
    public long Id { get; set; }

    public required string Model { get; set; }

    public int Number { get; set; }

    /// <summary>The alias, or the stage.</summary>
    public required string Target { get; set; }

    public bool IsStage { get; set; }

    /// <summary>Where the target pointed; 0: nowhere.</summary>
    public int FromNumber { get; set; }

    /// <summary>The revision of the policy that its checks are of.</summary>
    public long PolicyRevision { get; set; }

    /// <summary>What it is decided by, as JSON.</summary>
    public required string State { get; set; }

    /// <summary>The status again, for lists.</summary>
    public required string Status { get; set; }

    /// <summary>Every check with what it found, as JSON.</summary>
    public required string Checks { get; set; }

    public string? Reason { get; set; }

    public long AskedAt { get; set; }

    public string? DecidedBy { get; set; }

    public long? DecidedAt { get; set; }

    public string? Why { get; set; }
}

/// <summary>The tables of promotions.</summary>
internal static class PromotionTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<PromotionPolicyRow>().ToTable("promotion_policies").HasKey(row => row.Model);
        modelBuilder.Entity<PromotionRow>(table =>
        {
            table.ToTable("promotions").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Model, row.Status });
        });
    }
}
