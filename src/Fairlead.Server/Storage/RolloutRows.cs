using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

// What the tables hold of rollouts, in the forms that Rows.cs tells of.

/// <summary>A rollout. It is kept for ever; at most one of an endpoint has no end.</summary>
internal sealed class RolloutRow
{
    public long Id { get; set; }

    public int Endpoint { get; set; }

    /// <summary>The endpoint's name, which outlives the endpoint.</summary>
    public required string Name { get; set; }

    /// <summary>The plan as its author wrote it.</summary>
    public string Request { get; set; } = "{}";

    /// <summary>The compiled plan.</summary>
    public string Plan { get; set; } = "{}";

    public string State { get; set; } = "{}";

    public string Phase { get; set; } = "";

    /// <summary>Grows with every write of the row, so that nobody overwrites what he has not seen.</summary>
    public long Revision { get; set; }

    /// <summary>When it is looked at next; null once it is over.</summary>
    public long? DueAt { get; set; }

    public long StartedAt { get; set; }

    public long? EndedAt { get; set; }

    public string Author { get; set; } = "";

    public string Strategy { get; set; } = "";

    /// <summary>What became of the newest proposal; null where none was made.</summary>
    public string? Proposal { get; set; }
}

/// <summary>Something that happened in a rollout.</summary>
internal sealed class RolloutEventRow
{
    public long Id { get; set; }

    public long Rollout { get; set; }

    public long At { get; set; }

    public string Kind { get; set; } = "";

    public string Text { get; set; } = "";

    public string Who { get; set; } = "";

    public string? Reason { get; set; }

    public int Step { get; set; }

    public long Generation { get; set; }
}

/// <summary>
/// What one look at a check found. Bounded: the older the looks of a check and step, the fewer of them are kept.
/// </summary>
internal sealed class RolloutLookRow
{
    public long Id { get; set; }

    public long Rollout { get; set; }

    /// <summary>The step at which the look was taken; a guard is looked at in many.</summary>
    public int Step { get; set; }

    /// <summary>Which check of which candidate, as the rollout's state names it.</summary>
    public string Check { get; set; } = "";

    public long At { get; set; }

    public string Verdict { get; set; } = "";

    public double StableUnits { get; set; }

    public double CandidateUnits { get; set; }

    // Null where the number is unknown or unbounded.
    public double? StableValue { get; set; }

    public double? CandidateValue { get; set; }

    public double? Estimate { get; set; }

    public double? Low { get; set; }

    public double? High { get; set; }

    public double? Boundary { get; set; }

    public string? Slice { get; set; }
}

/// <summary>
/// What a generation of an endpoint was to a rollout; kept for ever, so that a prediction id tells by itself which
/// step and version answered.
/// </summary>
internal sealed class RolloutGenerationRow
{
    public int Endpoint { get; set; }

    public long Generation { get; set; }

    public long Rollout { get; set; }

    public int Step { get; set; }

    /// <summary>The arms with their numbers, roles, versions and shares.</summary>
    public string Arms { get; set; } = "[]";
}

/// <summary>Says that an active rollout names a version, which therefore stays.</summary>
internal sealed class RolloutUseRow
{
    public long Rollout { get; set; }

    public required string Model { get; set; }

    public int Version { get; set; }
}

/// <summary>Says that a rollout is about a version; kept for ever, also when the version is deleted.</summary>
internal sealed class RolloutVersionRow
{
    public required string Model { get; set; }

    public int Version { get; set; }

    public long Rollout { get; set; }
}

/// <summary>Who may do what only one process does at a time.</summary>
internal sealed class LeaseRow
{
    public required string Name { get; set; }

    public string Holder { get; set; } = "";

    /// <summary>Grows with every take-over: who has an older one has lost the lease, whatever he believes.</summary>
    public long Token { get; set; }

    public long ExpiresAt { get; set; }
}

/// <summary>The tables of rollouts.</summary>
internal static class RolloutTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RolloutRow>(table =>
        {
            table.ToTable("rollouts").HasKey(row => row.Id);
            table.Property(row => row.Revision).IsConcurrencyToken();
            table.HasIndex(row => row.Endpoint, "one_active_rollout").IsUnique().HasFilter("ended_at IS NULL");
            table.HasIndex(row => row.DueAt).HasFilter("ended_at IS NULL");
            table.HasIndex(row => new { row.Name, row.Id });
            table.HasIndex(row => new { row.Proposal, row.Id }).HasFilter("proposal IS NOT NULL");
        });
        modelBuilder.Entity<RolloutEventRow>(table =>
        {
            table.ToTable("rollout_events").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Rollout, row.Id });
            table.HasOne<RolloutRow>().WithMany().HasForeignKey(row => row.Rollout);
        });
        modelBuilder.Entity<RolloutLookRow>(table =>
        {
            table.ToTable("rollout_looks").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Rollout, row.Step, row.Check, row.Id });
            table.HasOne<RolloutRow>().WithMany().HasForeignKey(row => row.Rollout);
        });
        modelBuilder.Entity<RolloutGenerationRow>(table =>
        {
            table.ToTable("rollout_generations").HasKey(row => new { row.Endpoint, row.Generation });
            table.HasIndex(row => row.Rollout);
        });
        modelBuilder.Entity<RolloutUseRow>(table =>
        {
            table.ToTable("rollout_uses").HasKey(row => new { row.Rollout, row.Model, row.Version });
            table.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.Model, row.Version })
                .OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<RolloutVersionRow>(table =>
        {
            table.ToTable("rollout_versions").HasKey(row => new { row.Model, row.Version, row.Rollout });
            table.HasOne<RolloutRow>().WithMany().HasForeignKey(row => row.Rollout);
        });
        modelBuilder.Entity<LeaseRow>().ToTable("leases").HasKey(row => row.Name);
    }
}
