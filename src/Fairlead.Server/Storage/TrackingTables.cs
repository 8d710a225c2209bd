using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Storage;

/// <summary>The tables of experiments, runs and their artifacts.</summary>
internal static class TrackingTables
{
    /// <summary>
    /// Tables all of whose texts are compared and ordered by what callers ask for: by code point, in both databases.
    /// </summary>
    public static IReadOnlySet<Type> Searched { get; } = new HashSet<Type>
    {
        typeof(ExperimentRow), typeof(RunRow), typeof(RunParameterRow), typeof(RunTagRow), typeof(RunDatasetRow),
        typeof(LoggedModelRow), typeof(LoggedModelMetricRow), typeof(VersionRow),
    };

    public static void MapTracking(this ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ExperimentRow>(table =>
        {
            table.ToTable("experiments").HasKey(row => row.Number);
            table.Property(row => row.Number).ValueGeneratedNever();
            table.HasIndex(row => row.Name).IsUnique();
            table.HasData(new ExperimentRow
            {
                Number = ExperimentRow.Default,
                Name = "Default",
                ArtifactLocation = "mlflow-artifacts:/0",
            });
        });
        modelBuilder.Entity<RunRow>(table =>
        {
            table.ToTable("runs").HasKey(row => row.Number);
            table.HasIndex(row => row.Id).IsUnique();
            table.HasIndex(row => row.RequestKey).IsUnique().HasFilter("request_key IS NOT NULL");

            // The order of every list that asks for none.
            table.HasIndex(row => new { row.Experiment, row.StartTime, row.Id });
            table.HasIndex(row => row.DeletedAt).HasFilter("deleted_at IS NOT NULL");
        });
        MapPoints(modelBuilder);
        MapInputs(modelBuilder);
        modelBuilder.Entity<LoggedModelRow>(table =>
        {
            table.ToTable("logged_models").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Experiment, row.CreatedAt, row.Id });
            table.HasIndex(row => row.SourceRun);
        });
        modelBuilder.Entity<LoggedModelMetricRow>().ToTable("logged_model_metrics")
            .HasKey(row => new { row.Model, row.Key, row.Run, row.DatasetName, row.DatasetDigest });
        modelBuilder.Entity<ArtifactPathRow>(table =>
        {
            table.ToTable("artifact_paths").HasKey(row => row.Path);
            table.HasIndex(row => new { row.Parent, row.Path });
            table.HasIndex(row => row.Digest);
        });
        modelBuilder.Entity<UploadRow>().ToTable("uploads").HasKey(row => row.Id);
        modelBuilder.Entity<UploadPartRow>(table =>
        {
            table.ToTable("upload_parts").HasKey(row => new { row.Upload, row.Number });
            table.HasIndex(row => row.Digest);
        });
    }

    private static void MapPoints(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<MetricKeyRow>(table =>
        {
            table.ToTable("metric_keys").HasKey(row => row.Id);
            table.HasIndex(row => row.Name).IsUnique();
        });
        modelBuilder.Entity<MetricPointRow>().ToTable("metric_points").HasKey(row => new
        {
            row.Run,
            row.Key,
            row.Timestamp,
            row.Step,
            row.Value,
            row.Nan,
        });
        modelBuilder.Entity<LatestMetricRow>(table =>
        {
            table.ToTable("latest_metrics").HasKey(row => new { row.Run, row.Key });
            table.HasIndex(row => new { row.Experiment, row.Key, row.Value, row.Run });
        });
        modelBuilder.Entity<RunParameterRow>().ToTable("run_parameters").HasKey(row => new { row.Run, row.Key });
        modelBuilder.Entity<RunTagRow>().ToTable("run_tags").HasKey(row => new { row.Run, row.Key });
    }

    private static void MapInputs(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<RunDatasetRow>(table =>
        {
            table.ToTable("run_datasets").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Experiment, row.Name, row.Digest }).IsUnique();
        });
        modelBuilder.Entity<RunInputRow>().ToTable("run_inputs").HasKey(row => new { row.Run, row.Dataset });
        modelBuilder.Entity<RunModelRow>(table =>
        {
            table.ToTable("run_models").HasKey(row => new { row.Run, row.Output, row.Model });
            table.HasIndex(row => row.Model);
        });
    }
}
