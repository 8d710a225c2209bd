using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>A version that came from another environment.</summary>
internal sealed class CarriedVersionRow
{
    public required string Model { get; set; }

    public int Number { get; set; }

    /// <summary>SHA-256 of its manifest.</summary>
    public required string Digest { get; set; }

    /// <summary>The environment that it came from, in words.</summary>
    public required string Origin { get; set; }

    /// <summary>Its number there.</summary>
    public int OriginNumber { get; set; }

    /// <summary>Everything that came with it, as JSON.</summary>
    public required string Document { get; set; }

    public long At { get; set; }

    public required string Who { get; set; }
}

/// <summary>The table of carried versions.</summary>
internal static class CarriedTables
{
    public static void Map(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<CarriedVersionRow>().ToTable("carried_versions")
            .HasKey(row => new { row.Model, row.Number });
}
