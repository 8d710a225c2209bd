using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>An evaluation of a version on labelled rows.</summary>
internal sealed class EvaluationRow
{
    public long Id { get; set; }

    public required string Model { get; set; }

    public int Number { get; set; }

    /// <summary>What is asked, as JSON.</summary>
    public required string Spec { get; set; }

    /// <summary>SHA-256 of the file with the rows and of what is asked, by which the same question is found.</summary>
    public required string Question { get; set; }

    /// <summary>Rows that were scored.</summary>
    public int Rows { get; set; }

    /// <summary>Times of single rows in milliseconds, as a JSON list.</summary>
    public string Times { get; set; } = "[]";

    /// <summary>What was found, as JSON; null while it runs.</summary>
    public string? Result { get; set; }

    /// <summary>The answers row by row are kept.</summary>
    public bool HasRows { get; set; }

    public long CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public long? FinishedAt { get; set; }
}

/// <summary>Answers to some rows of an evaluation.</summary>
internal sealed class EvaluationPartRow
{
    public long Evaluation { get; set; }

    /// <summary>The rows before it.</summary>
    public int First { get; set; }

    /// <summary>Labels, answers, scores and segments: JSON, compressed.</summary>
    public required byte[] Content { get; set; }
}

/// <summary>The tables of evaluations.</summary>
internal static class EvaluationTables
{
    public static void Map(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EvaluationRow>(table =>
        {
            table.ToTable("evaluations").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Model, row.Number, row.Id });
        });
        modelBuilder.Entity<EvaluationPartRow>().ToTable("evaluation_parts")
            .HasKey(row => new { row.Evaluation, row.First });
    }
}
