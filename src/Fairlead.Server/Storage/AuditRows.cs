using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>A change of the control plane: who did what to what, and why.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public long At { get; set; }

    public string Who { get; set; } = "";

    public long KeyId { get; set; }

    public string What { get; set; } = "";

    public string Subject { get; set; } = "";

    public string? Reason { get; set; }

    public string? Before { get; set; }

    public string? After { get; set; }
}

/// <summary>A link of the chain that seals the audit log: one for each entry, in the order of sealing.</summary>
internal sealed class AuditSealRow
{
    /// <summary>From 1 on, without a gap.</summary>
    public long Sequence { get; set; }

    /// <summary>The entry that it seals.</summary>
    public long Entry { get; set; }

    /// <summary>SHA-256 over the link before and the entry.</summary>
    public byte[] Hash { get; set; } = [];

    public long SealedAt { get; set; }
}

/// <summary>How long the audit log is kept, and where its chain begins and ends. One row.</summary>
internal sealed class AuditPolicyRow
{
    public int Id { get; set; } = 1;

    /// <summary>Days that an entry is kept; null: for ever.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>The last link that retention removed; 0 while none was.</summary>
    public long CutSequence { get; set; }

    /// <summary>The hash of that link, on which the rest of the chain stands.</summary>
    public byte[] CutHash { get; set; } = [];

    /// <summary>The newest link.</summary>
    public long HeadSequence { get; set; }

    public byte[] HeadHash { get; set; } = [];
}

/// <summary>A legal hold: what it covers is kept whatever the retention says.</summary>
internal sealed class AuditHoldRow
{
    public required string Name { get; set; }

    public string Reason { get; set; } = "";

    /// <summary>Entries from this instant on are held; null: all.</summary>
    public long? Since { get; set; }

    /// <summary>Only entries whose subject begins with it are held; empty: all.</summary>
    public string Subject { get; set; } = "";

    public string Who { get; set; } = "";

    public long At { get; set; }
}

/// <summary>The tables of the audit log.</summary>
internal static class AuditTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AuditRow>(table =>
        {
            table.ToTable("audit").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Subject, row.Id });
            table.HasIndex(row => row.At);
        });
        modelBuilder.Entity<AuditSealRow>(table =>
        {
            table.ToTable("audit_seals").HasKey(row => row.Sequence);
            table.Property(row => row.Sequence).ValueGeneratedNever();
            table.HasIndex(row => row.Entry).IsUnique();
        });
        modelBuilder.Entity<AuditPolicyRow>(table =>
        {
            table.ToTable("audit_policy").Property(row => row.Id).ValueGeneratedNever();
            table.HasData(new AuditPolicyRow());
        });
        modelBuilder.Entity<AuditHoldRow>().ToTable("audit_holds").HasKey(row => row.Name);
    }
}
