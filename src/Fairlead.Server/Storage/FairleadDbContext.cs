using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fairlead.Server.Storage;

/// <summary>
/// The tables of the control plane. Two contexts derive from it, one a database, each with migrations of its own: what
/// differs between the databases is in them and nowhere else.
/// </summary>
internal abstract class FairleadDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>The table of the migrations that were made.</summary>
    public const string MigrationsTable = "migrations";

    public DbSet<ControlRow> Control => Set<ControlRow>();

    public DbSet<ModelRow> Models => Set<ModelRow>();

    public DbSet<VersionRow> Versions => Set<VersionRow>();

    public DbSet<VersionFileRow> VersionFiles => Set<VersionFileRow>();

    public DbSet<RegistrationKeyRow> RegistrationKeys => Set<RegistrationKeyRow>();

    public DbSet<AliasRow> Aliases => Set<AliasRow>();

    public DbSet<EndpointRow> Endpoints => Set<EndpointRow>();

    public DbSet<ArmRow> Arms => Set<ArmRow>();

    public DbSet<EndpointUseRow> EndpointUses => Set<EndpointUseRow>();

    public DbSet<EndpointHistoryRow> EndpointHistory => Set<EndpointHistoryRow>();

    public DbSet<AuditRow> Audit => Set<AuditRow>();

    public DbSet<KeyRow> Keys => Set<KeyRow>();

    public DbSet<PredictionKeyRow> PredictionKeys => Set<PredictionKeyRow>();

    public DbSet<ReplicaRow> Replicas => Set<ReplicaRow>();

    public DbSet<PlacementRow> Placements => Set<PlacementRow>();

    public DbSet<RolloutRow> Rollouts => Set<RolloutRow>();

    public DbSet<RolloutEventRow> RolloutEvents => Set<RolloutEventRow>();

    public DbSet<RolloutLookRow> RolloutLooks => Set<RolloutLookRow>();

    public DbSet<RolloutGenerationRow> RolloutGenerations => Set<RolloutGenerationRow>();

    public DbSet<RolloutUseRow> RolloutUses => Set<RolloutUseRow>();

    public DbSet<RolloutVersionRow> RolloutVersions => Set<RolloutVersionRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<FactsRow> Facts => Set<FactsRow>();

    public DbSet<AnswerRow> Answers => Set<AnswerRow>();

    public DbSet<ShadowExampleRow> ShadowExamples => Set<ShadowExampleRow>();

    public DbSet<AnswerScoreRow> AnswerScores => Set<AnswerScoreRow>();

    public DbSet<SecretRow> Secrets => Set<SecretRow>();

    public DbSet<ForgottenSubjectRow> ForgottenSubjects => Set<ForgottenSubjectRow>();

    public DbSet<OutcomeRow> Outcomes => Set<OutcomeRow>();

    public DbSet<WindowRow> Windows => Set<WindowRow>();

    public DbSet<MonitorRow> Monitors => Set<MonitorRow>();

    public DbSet<MonitorLookRow> MonitorLooks => Set<MonitorLookRow>();

    public DbSet<SeriesPointRow> SeriesPoints => Set<SeriesPointRow>();

    public DbSet<ExperimentRow> Experiments => Set<ExperimentRow>();

    public DbSet<LoggedModelRow> LoggedModels => Set<LoggedModelRow>();

    public DbSet<ArtifactPathRow> ArtifactPaths => Set<ArtifactPathRow>();

    public DbSet<UploadPartRow> UploadParts => Set<UploadPartRow>();

    public DbSet<DatasetRow> Datasets => Set<DatasetRow>();

    public DbSet<DatasetVersionRow> DatasetVersions => Set<DatasetVersionRow>();

    public DbSet<VersionDatasetRow> VersionDatasets => Set<VersionDatasetRow>();

    public DbSet<LineageRow> Lineage => Set<LineageRow>();

    public DbSet<LineageLinkRow> LineageLinks => Set<LineageLinkRow>();

    public DbSet<EndpointPeriodRow> EndpointPeriods => Set<EndpointPeriodRow>();

    public DbSet<AliasMoveRow> AliasMoves => Set<AliasMoveRow>();

    public DbSet<VersionSignatureRow> VersionSignatures => Set<VersionSignatureRow>();

    public DbSet<AuditSealRow> AuditSeals => Set<AuditSealRow>();

    public DbSet<AuditPolicyRow> AuditPolicies => Set<AuditPolicyRow>();

    public DbSet<AuditHoldRow> AuditHolds => Set<AuditHoldRow>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<AlertTransitionRow> AlertTransitions => Set<AlertTransitionRow>();

    public DbSet<ReceiverRow> Receivers => Set<ReceiverRow>();

    public DbSet<AlertGroupRow> AlertGroups => Set<AlertGroupRow>();

    public DbSet<AlertDeliveryRow> AlertDeliveries => Set<AlertDeliveryRow>();

    public DbSet<AlertToldRow> AlertsTold => Set<AlertToldRow>();

    public DbSet<SilenceRow> Silences => Set<SilenceRow>();

    public DbSet<InhibitionRow> Inhibitions => Set<InhibitionRow>();

    /// <summary>The order of names must be the same in both databases and in .NET: by code point.</summary>
    protected abstract string NameCollation { get; }

    /// <summary>The condition of the index of outcomes that wait for their answers, in the database's own words.
    /// </summary>
    protected abstract string NotJoined { get; }

    /// <summary>
    /// Begins a transaction in which every read sees the same state, and nobody is kept from writing.
    /// </summary>
    public abstract Task<IDbContextTransaction> BeginReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Begins a transaction that changes things, and reads the control row locked against every other one: writers come
    /// one after the other, each reading what the one before left.
    /// </summary>
    public abstract Task<(IDbContextTransaction Transaction, ControlRow Control)> BeginWriteAsync(
        CancellationToken cancellation);

    /// <summary>
    /// Tells other processes on the same database, once this transaction is committed, that routing or keys changed.
    /// </summary>
    public abstract Task NotifyAsync(ControlRow control, CancellationToken cancellation);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ControlRow>(table =>
        {
            table.ToTable("control").Property(row => row.Id).ValueGeneratedNever();
            table.Property(row => row.Revision).IsConcurrencyToken();
            table.HasData(new ControlRow());
        });
        MapRegistry(modelBuilder);
        MapEndpoints(modelBuilder);
        RolloutTables.Map(modelBuilder);
        MapOutcomes(modelBuilder);
        MapAccess(modelBuilder);
        MapRecords(modelBuilder);
        MonitorTables.Map(modelBuilder);
        EvaluationTables.Map(modelBuilder);
        PromotionTables.Map(modelBuilder);
        CarriedTables.Map(modelBuilder);
        WebhookTables.Map(modelBuilder);
        modelBuilder.MapTracking();
        MapDatasets(modelBuilder);
        MapAlerts(modelBuilder);
        LineageTables.Map(modelBuilder);
        AuditTables.Map(modelBuilder);
        modelBuilder.Entity<ReplicaRow>().ToTable("replicas").HasKey(row => row.Name);
        modelBuilder.Entity<PlacementRow>().ToTable("placements").HasKey(row => new { row.Replica, row.Endpoint });

        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            property.SetColumnName(ToSnakeCase(property.Name));
            var isOrdered = property.IsKey() || property.IsIndex()
                || TrackingTables.Searched.Contains(property.DeclaringType.ClrType);
            if (property.ClrType == typeof(string) && isOrdered)
                property.SetCollation(NameCollation);
        }
    }

    private static void MapRecords(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<SecretRow>().ToTable("secrets").HasKey(row => row.Name);
        modelBuilder.Entity<ForgottenSubjectRow>().ToTable("forgotten_subjects").HasKey(row => row.Id);
    }

    private static void MapAlerts(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<AlertRow>(table =>
        {
            table.ToTable("alerts").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Monitor, row.Fingerprint }).IsUnique();
            table.HasIndex(row => new { row.Phase, row.Id });
            table.HasIndex(row => new { row.Endpoint, row.Id });
        });
        modelBuilder.Entity<AlertTransitionRow>(table =>
        {
            table.ToTable("alert_transitions").HasKey(row => new { row.Alert, row.Number });
            table.HasOne(row => row.Of).WithMany().HasForeignKey(row => row.Alert);
        });
        modelBuilder.Entity<ReceiverRow>().ToTable("receivers").HasKey(row => row.Name);
        modelBuilder.Entity<AlertGroupRow>().ToTable("alert_groups").HasKey(row => new { row.Receiver, row.Key });
        modelBuilder.Entity<AlertDeliveryRow>(table =>
        {
            table.ToTable("alert_deliveries").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Status, row.DueAt });
            table.HasIndex(row => new { row.Receiver, row.Id });
        });
        modelBuilder.Entity<AlertToldRow>(table =>
        {
            table.ToTable("alerts_told").HasKey(row => new { row.Alert, row.Delivery });
            table.HasIndex(row => row.Delivery);
            table.HasOne<AlertRow>().WithMany().HasForeignKey(row => row.Alert);
            table.HasOne<AlertDeliveryRow>().WithMany().HasForeignKey(row => row.Delivery);
        });
        modelBuilder.Entity<SilenceRow>(table =>
        {
            table.ToTable("silences").HasKey(row => row.Id);
            table.HasIndex(row => row.EndsAt);
        });
        modelBuilder.Entity<InhibitionRow>().ToTable("inhibitions").HasKey(row => row.Name);
    }

    private static void MapRegistry(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<ModelRow>().ToTable("models").HasKey(row => row.Name);
        modelBuilder.Entity<VersionRow>(table =>
        {
            table.ToTable("versions").HasKey(row => new { row.Model, row.Number });
            table.HasOne<ModelRow>().WithMany().HasForeignKey(row => row.Model).OnDelete(DeleteBehavior.Restrict);

            // Finds the newest version of each stage without a look at the others.
            table.HasIndex(row => new { row.Model, row.Stage, row.Number });
            table.HasIndex(row => row.LoggedModel).HasFilter("logged_model <> ''");
        });
        modelBuilder.Entity<VersionFileRow>(table =>
        {
            table.ToTable("version_files").HasKey(row => new { row.Model, row.Number, row.Digest });
            table.HasIndex(row => row.Digest);
            table.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.Model, row.Number });
        });
        modelBuilder.Entity<RegistrationKeyRow>(table =>
        {
            table.ToTable("registration_keys").HasKey(row => new { row.Model, row.Key });
            table.HasIndex(row => row.At);
        });
        modelBuilder.Entity<AliasRow>(table =>
        {
            table.ToTable("aliases").HasKey(row => new { row.Model, row.Alias });
            table.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.Model, row.Version })
                .OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void MapDatasets(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<DatasetRow>().ToTable("datasets").HasKey(row => row.Name);
        modelBuilder.Entity<DatasetVersionRow>(table =>
        {
            table.ToTable("dataset_versions").HasKey(row => new { row.Name, row.Number });
            table.HasIndex(row => new { row.Name, row.Digest }).IsUnique();
            table.HasIndex(row => row.Profile).HasFilter("profile IS NOT NULL");
            table.HasOne<DatasetRow>().WithMany().HasForeignKey(row => row.Name).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<VersionDatasetRow>(table =>
        {
            table.ToTable("version_datasets")
                .HasKey(row => new { row.Model, row.Number, row.Dataset, row.DatasetVersion });
            table.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.Model, row.Number });
            table.HasOne<DatasetVersionRow>().WithMany().HasForeignKey(row => new { row.Dataset, row.DatasetVersion })
                .OnDelete(DeleteBehavior.Restrict);
        });
    }

    private static void MapEndpoints(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<EndpointRow>(table =>
        {
            table.ToTable("endpoints").HasKey(row => row.Number);
            table.HasIndex(row => row.Name).IsUnique().HasFilter("deleted_at IS NULL");
        });
        modelBuilder.Entity<ArmRow>(table =>
        {
            table.ToTable("arms").HasKey(row => new { row.Endpoint, row.Name });
            table.HasIndex(row => new { row.Endpoint, row.Arm }).IsUnique();
        });
        modelBuilder.Entity<EndpointUseRow>(table =>
        {
            table.ToTable("endpoint_uses").HasKey(row => new { row.Endpoint, row.Model, row.Version });
            table.HasOne<VersionRow>().WithMany().HasForeignKey(row => new { row.Model, row.Version })
                .OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<EndpointHistoryRow>(table =>
        {
            table.ToTable("endpoint_history").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Name, row.Id });
            table.HasIndex(row => new { row.Endpoint, row.Generation });
        });
    }

    private void MapOutcomes(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<FactsRow>(table =>
        {
            table.ToTable("facts").HasKey(row => new { row.Replica, row.Endpoint, row.Generation, row.Arm });
            table.HasIndex(row => new { row.Endpoint, row.Generation });
        });
        modelBuilder.Entity<AnswerRow>(table =>
        {
            table.ToTable("answers").HasKey(row => new { row.Endpoint, row.Time, row.Randomness });

            // Finds the newest answer of a unit, and counts units bucket by bucket without a look at the rows.
            table.HasIndex(row => new
            {
                row.Endpoint,
                row.Bucket,
                row.Unit,
                row.Time,
                row.Generation,
                row.Arm,
                row.Sampled,
            });
        });
        modelBuilder.Entity<ShadowExampleRow>(table =>
        {
            table.ToTable("shadow_examples").HasKey(row => row.Id);
            table.HasIndex(row => new { row.Endpoint, row.Time, row.Randomness, row.Arm }).IsUnique();
            table.HasIndex(row => new { row.Rollout, row.Arm });
            table.HasIndex(row => row.Time);
        });
        modelBuilder.Entity<WindowRow>(table =>
        {
            table.ToTable("windows").HasKey(row => new
            {
                row.Endpoint,
                row.Arm,
                row.Version,
                row.Level,
                row.Minute,
                row.Replica,
            });
            table.HasIndex(row => new { row.Level, row.Minute });
            table.HasIndex(row => row.Digest);
        });
        modelBuilder.Entity<AnswerScoreRow>().ToTable("answer_scores")
            .HasKey(row => new { row.Endpoint, row.Time, row.Randomness, row.Output });
        modelBuilder.Entity<OutcomeRow>(table =>
        {
            table.ToTable("outcomes")
                .HasKey(row => new { row.Endpoint, row.Time, row.Randomness, row.Name });
            table.HasIndex(row => new { row.Endpoint, row.Name, row.Generation });
            table.HasIndex(row => new { row.Endpoint, row.Name, row.ReceivedAt });
            table.HasIndex(row => new { row.Endpoint, row.Name, row.JoinedAt });
            table.HasIndex(row => row.ReceivedAt).HasFilter(NotJoined);
        });
    }

    private static void MapAccess(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<KeyRow>(table =>
        {
            table.ToTable("keys").HasKey(row => row.Id);
            table.HasIndex(row => row.Hash).IsUnique();
            table.HasIndex(row => row.Name).IsUnique().HasFilter("revoked_at IS NULL");
        });
        modelBuilder.Entity<PredictionKeyRow>(table =>
        {
            table.ToTable("prediction_keys").HasKey(row => row.Id);
            table.Property(row => row.Id).ValueGeneratedNever();
        });
    }

    private static string ToSnakeCase(string name) =>
        string.Concat(name.Select((c, i) =>
            char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
