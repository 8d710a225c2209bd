using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

// What the tables hold of where versions came from and where they went. All of it is written in the transaction of the
// change that it tells of, never changed afterwards but for an end, and kept when what it is about is deleted.

/// <summary>A version as it was registered.</summary>
internal sealed class LineageRow
{
    public required string Model { get; set; }

    public int Number { get; set; }

    /// <summary>The version with its files and its sources, as the API shows it.</summary>
    public string Version { get; set; } = "{}";

    /// <summary>How the training code differed from its commit; null where it did not.</summary>
    public string? Diff { get; set; }

    public long CreatedAt { get; set; }

    public long? DeletedAt { get; set; }
}

/// <summary>By what a version is found: one row for each digest, run, commit and parent of it.</summary>
internal sealed class LineageLinkRow
{
    /// <summary>One of <see cref="Fairlead.Server.Lineage.LineageLinks"/>.</summary>
    public required string Kind { get; set; }

    public required string Value { get; set; }

    public required string Model { get; set; }

    public int Number { get; set; }
}

/// <summary>A time in which a version was behind an arm of an endpoint.</summary>
internal sealed class EndpointPeriodRow
{
    public long Id { get; set; }

    public int Endpoint { get; set; }

    /// <summary>The endpoint's name, which outlives the endpoint.</summary>
    public string Name { get; set; } = "";

    public string Arm { get; set; } = "";

    public required string Model { get; set; }

    public int Version { get; set; }

    /// <summary><c>answered</c>, <c>mirrored</c> or <c>loaded</c>.</summary>
    public string Role { get; set; } = "";

    public long FromGeneration { get; set; }

    public long FromAt { get; set; }

    public string FromWho { get; set; } = "";

    public long? UntilGeneration { get; set; }

    public long? UntilAt { get; set; }

    public string? UntilWho { get; set; }
}

/// <summary>A move of an alias.</summary>
internal sealed class AliasMoveRow
{
    public long Id { get; set; }

    public required string Model { get; set; }

    public required string Alias { get; set; }

    /// <summary>Null: it was removed.</summary>
    public int? Version { get; set; }

    public int? Before { get; set; }

    public string Who { get; set; } = "";

    public string? Reason { get; set; }

    public long At { get; set; }
}

/// <summary>A signature of a version.</summary>
internal sealed class VersionSignatureRow
{
    public long Id { get; set; }

    public required string Model { get; set; }

    public int Number { get; set; }

    /// <summary>SHA-256 of the public key's PEM text, by which bundles name a key.</summary>
    public required string KeyHint { get; set; }

    /// <summary>The public key that verified it, as PEM.</summary>
    public string PublicKey { get; set; } = "";

    /// <summary>The bundle, as it came.</summary>
    public string Bundle { get; set; } = "{}";

    public string Who { get; set; } = "";

    public long At { get; set; }
}

/// <summary>The tables of lineage.</summary>
internal static class LineageTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<LineageRow>().ToTable("lineage").HasKey(row => new { row.Model, row.Number });
        modelBuilder.Entity<LineageLinkRow>(table =>
        {
            table.ToTable("lineage_links").HasKey(row => new { row.Kind, row.Value, row.Model, row.Number });
            table.HasIndex(row => new { row.Model, row.Number });
        });
        modelBuilder.Entity<EndpointPeriodRow>(table =>
        {
            table.ToTable("endpoint_periods").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Model, row.Version, row.Id });
            table.HasIndex(row => row.Endpoint).HasFilter("until_at IS NULL");
        });
        modelBuilder.Entity<AliasMoveRow>(table =>
        {
            table.ToTable("alias_moves").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Model, row.Alias, row.Id });
        });
        modelBuilder.Entity<VersionSignatureRow>(table =>
        {
            table.ToTable("version_signatures").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Model, row.Number, row.KeyHint }).IsUnique();
        });
    }
}
