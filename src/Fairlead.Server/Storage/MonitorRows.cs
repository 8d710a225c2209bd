using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>A standing check of an endpoint, with what it remembers and what it found last.</summary>
internal sealed class MonitorRow
{
    public long Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The endpoint's number.</summary>
    public int Endpoint { get; set; }

    public required string EndpointName { get; set; }

    /// <summary>As it was written.</summary>
    public required string Request { get; set; }

    public required string Spec { get; set; }

    public long Revision { get; set; }

    public long DueAt { get; set; }

    public long? LookedAt { get; set; }

    /// <summary>What the next look needs of the ones before; null: nothing.</summary>
    public string? Memory { get; set; }

    /// <summary>What was found last, as JSON.</summary>
    public string Findings { get; set; } = "[]";

    public required string State { get; set; }

    public long ChangedAt { get; set; }

    public required string ChangedBy { get; set; }
}

/// <summary>One look of a monitor.</summary>
internal sealed class MonitorLookRow
{
    public long Monitor { get; set; }

    public long At { get; set; }

    public required string State { get; set; }

    public required string Findings { get; set; }
}

/// <summary>A value of a series of the business.</summary>
internal sealed class SeriesPointRow
{
    public required string Series { get; set; }

    /// <summary>In microseconds.</summary>
    public long At { get; set; }

    public double Value { get; set; }
}

/// <summary>The tables of monitors and of the series that they watch.</summary>
internal static class MonitorTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MonitorRow>(table =>
        {
            table.ToTable("monitors").HasKey(row => row.Id);
            table.HasIndex(row => row.Name).IsUnique();
            table.HasIndex(row => row.Endpoint);
            table.HasIndex(row => row.DueAt);
        });
        modelBuilder.Entity<MonitorLookRow>(table =>
        {
            table.ToTable("monitor_looks").HasKey(row => new { row.Monitor, row.At });
            table.HasIndex(row => row.At);
        });
        modelBuilder.Entity<SeriesPointRow>().ToTable("series_points").HasKey(row => new { row.Series, row.At });
    }
}
