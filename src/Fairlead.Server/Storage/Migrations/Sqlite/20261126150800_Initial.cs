using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "alert_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    token = table.Column<string>(type: "TEXT", nullable: false),
                    receiver = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    notice = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    claim = table.Column<long>(type: "INTEGER", nullable: true),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    why = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "alert_groups",
                columns: table => new
                {
                    receiver = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    key = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    labels = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_groups", x => new { x.receiver, x.key });
                });

            migrationBuilder.CreateTable(
                name: "alerts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    monitor = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    fingerprint = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    labels = table.Column<string>(type: "TEXT", nullable: false),
                    endpoint = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    severity = table.Column<string>(type: "TEXT", nullable: false),
                    receivers = table.Column<string>(type: "TEXT", nullable: false),
                    phase = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    seen_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    acked_by = table.Column<string>(type: "TEXT", nullable: true),
                    acked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    ack_comment = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alerts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "alias_moves",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    alias = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: true),
                    before = table.Column<int>(type: "INTEGER", nullable: true),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alias_moves", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "answer_scores",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    output = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    score = table.Column<double>(type: "REAL", nullable: false),
                    bin = table.Column<int>(type: "INTEGER", nullable: false),
                    loss_if_true = table.Column<double>(type: "REAL", nullable: true),
                    loss_if_false = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_answer_scores", x => new { x.endpoint, x.time, x.randomness, x.output });
                });

            migrationBuilder.CreateTable(
                name: "answers",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    arm = table.Column<int>(type: "INTEGER", nullable: false),
                    bucket = table.Column<int>(type: "INTEGER", nullable: false),
                    unit = table.Column<long>(type: "INTEGER", nullable: false),
                    sampled = table.Column<bool>(type: "INTEGER", nullable: false),
                    labels = table.Column<string>(type: "TEXT", nullable: false),
                    slices = table.Column<string>(type: "TEXT", nullable: false),
                    features = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_answers", x => new { x.endpoint, x.time, x.randomness });
                });

            migrationBuilder.CreateTable(
                name: "arms",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    arm = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_arms", x => new { x.endpoint, x.name });
                });

            migrationBuilder.CreateTable(
                name: "artifact_paths",
                columns: table => new
                {
                    path = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    parent = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    digest = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY"),
                    size = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_artifact_paths", x => x.path);
                });

            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    key_id = table.Column<long>(type: "INTEGER", nullable: false),
                    what = table.Column<string>(type: "TEXT", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    before = table.Column<string>(type: "TEXT", nullable: true),
                    after = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_holds",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    reason = table.Column<string>(type: "TEXT", nullable: false),
                    since = table.Column<long>(type: "INTEGER", nullable: true),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_holds", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "audit_policy",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    retention_days = table.Column<int>(type: "INTEGER", nullable: true),
                    cut_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    cut_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    head_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    head_hash = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_policy", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "audit_seals",
                columns: table => new
                {
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    entry = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sealed_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_seals", x => x.sequence);
                });

            migrationBuilder.CreateTable(
                name: "carried_versions",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false),
                    origin = table.Column<string>(type: "TEXT", nullable: false),
                    origin_number = table.Column<int>(type: "INTEGER", nullable: false),
                    document = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    who = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_carried_versions", x => new { x.model, x.number });
                });

            migrationBuilder.CreateTable(
                name: "control",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    routing_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    keys_revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_control", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    next_version = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_datasets", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "endpoint_history",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    change = table.Column<string>(type: "TEXT", nullable: false),
                    spec = table.Column<string>(type: "TEXT", nullable: true),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_history", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "endpoint_periods",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    arm = table.Column<string>(type: "TEXT", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    from_generation = table.Column<long>(type: "INTEGER", nullable: false),
                    from_at = table.Column<long>(type: "INTEGER", nullable: false),
                    from_who = table.Column<string>(type: "TEXT", nullable: false),
                    until_generation = table.Column<long>(type: "INTEGER", nullable: true),
                    until_at = table.Column<long>(type: "INTEGER", nullable: true),
                    until_who = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_periods", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "endpoints",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    spec = table.Column<string>(type: "TEXT", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    salt = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoints", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "evaluation_parts",
                columns: table => new
                {
                    evaluation = table.Column<long>(type: "INTEGER", nullable: false),
                    first = table.Column<int>(type: "INTEGER", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evaluation_parts", x => new { x.evaluation, x.first });
                });

            migrationBuilder.CreateTable(
                name: "evaluations",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    spec = table.Column<string>(type: "TEXT", nullable: false),
                    question = table.Column<string>(type: "TEXT", nullable: false),
                    rows = table.Column<int>(type: "INTEGER", nullable: false),
                    times = table.Column<string>(type: "TEXT", nullable: false),
                    result = table.Column<string>(type: "TEXT", nullable: true),
                    has_rows = table.Column<bool>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false),
                    finished_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_evaluations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "experiments",
                columns: table => new
                {
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    artifact_location = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    tags = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_experiments", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "facts",
                columns: table => new
                {
                    replica = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    arm = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    image = table.Column<byte[]>(type: "BLOB", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_facts", x => new { x.replica, x.endpoint, x.generation, x.arm });
                });

            migrationBuilder.CreateTable(
                name: "forgotten_subjects",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    subject = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_forgotten_subjects", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inhibitions",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    spec = table.Column<string>(type: "TEXT", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_inhibitions", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "keys",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false),
                    endpoints = table.Column<string>(type: "TEXT", nullable: false),
                    models = table.Column<string>(type: "TEXT", nullable: false),
                    requests_per_second = table.Column<double>(type: "REAL", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_keys", x => x.id);
                });

            // Clustered by their key, so that a row is stored once.
            migrationBuilder.Sql(
                """
                CREATE TABLE latest_metrics (
                    run INTEGER NOT NULL,
                    key INTEGER NOT NULL,
                    experiment INTEGER NOT NULL,
                    value REAL NOT NULL,
                    nan INTEGER NOT NULL,
                    step INTEGER NOT NULL,
                    timestamp INTEGER NOT NULL,
                    PRIMARY KEY (run, key)
                ) WITHOUT ROWID
                """);

            migrationBuilder.CreateTable(
                name: "leases",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    holder = table.Column<string>(type: "TEXT", nullable: false),
                    token = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leases", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "lineage",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: false),
                    diff = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lineage", x => new { x.model, x.number });
                });

            migrationBuilder.CreateTable(
                name: "lineage_links",
                columns: table => new
                {
                    kind = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    value = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_lineage_links", x => new { x.kind, x.value, x.model, x.number });
                });

            migrationBuilder.CreateTable(
                name: "logged_model_metrics",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    key = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    run = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    dataset_name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    dataset_digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    value = table.Column<double>(type: "REAL", nullable: false),
                    nan = table.Column<int>(type: "INTEGER", nullable: false),
                    step = table.Column<long>(type: "INTEGER", nullable: false),
                    timestamp = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_model_metrics", x => new { x.model, x.key, x.run, x.dataset_name, x.dataset_digest });
                });

            migrationBuilder.CreateTable(
                name: "logged_models",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    experiment = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    model_type = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    source_run = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    status = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    creator = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    tags = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    parameters = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_logged_models", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "metric_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metric_keys", x => x.id);
                });

            // Clustered by their key, so that a row is stored once.
            migrationBuilder.Sql(
                """
                CREATE TABLE metric_points (
                    run INTEGER NOT NULL,
                    key INTEGER NOT NULL,
                    timestamp INTEGER NOT NULL,
                    step INTEGER NOT NULL,
                    value REAL NOT NULL,
                    nan INTEGER NOT NULL,
                    PRIMARY KEY (run, key, timestamp, step, value, nan)
                ) WITHOUT ROWID
                """);

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    tags = table.Column<string>(type: "TEXT", nullable: false),
                    next_version = table.Column<int>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_models", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "monitor_looks",
                columns: table => new
                {
                    monitor = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    findings = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_monitor_looks", x => new { x.monitor, x.at });
                });

            migrationBuilder.CreateTable(
                name: "monitors",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    endpoint_name = table.Column<string>(type: "TEXT", nullable: false),
                    request = table.Column<string>(type: "TEXT", nullable: false),
                    spec = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: false),
                    looked_at = table.Column<long>(type: "INTEGER", nullable: true),
                    memory = table.Column<string>(type: "TEXT", nullable: true),
                    findings = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_monitors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outcomes",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    arm = table.Column<int>(type: "INTEGER", nullable: false),
                    value = table.Column<double>(type: "REAL", nullable: true),
                    label = table.Column<string>(type: "TEXT", nullable: true),
                    joined_at = table.Column<long>(type: "INTEGER", nullable: true),
                    predicted = table.Column<string>(type: "TEXT", nullable: true),
                    joined = table.Column<bool>(type: "INTEGER", nullable: false),
                    bucket = table.Column<int>(type: "INTEGER", nullable: false),
                    sampled = table.Column<bool>(type: "INTEGER", nullable: false),
                    slices = table.Column<string>(type: "TEXT", nullable: false),
                    happened_at = table.Column<long>(type: "INTEGER", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outcomes", x => new { x.endpoint, x.time, x.randomness, x.name });
                });

            migrationBuilder.CreateTable(
                name: "placements",
                columns: table => new
                {
                    replica = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    serving_generation = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    why = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_placements", x => new { x.replica, x.endpoint });
                });

            migrationBuilder.CreateTable(
                name: "prediction_keys",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    secret = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_prediction_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "promotion_policies",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    request = table.Column<string>(type: "TEXT", nullable: false),
                    policy = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_promotion_policies", x => x.model);
                });

            migrationBuilder.CreateTable(
                name: "promotions",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    target = table.Column<string>(type: "TEXT", nullable: false),
                    is_stage = table.Column<bool>(type: "INTEGER", nullable: false),
                    from_number = table.Column<int>(type: "INTEGER", nullable: false),
                    policy_revision = table.Column<long>(type: "INTEGER", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    checks = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    asked_at = table.Column<long>(type: "INTEGER", nullable: false),
                    decided_by = table.Column<string>(type: "TEXT", nullable: true),
                    decided_at = table.Column<long>(type: "INTEGER", nullable: true),
                    why = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_promotions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "receivers",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    spec = table.Column<string>(type: "TEXT", nullable: false),
                    secrets = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_receivers", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "registration_keys",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    key = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registration_keys", x => new { x.model, x.key });
                });

            migrationBuilder.CreateTable(
                name: "replicas",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<string>(type: "TEXT", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    heartbeat_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_replicas", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "rollout_generations",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    rollout = table.Column<long>(type: "INTEGER", nullable: false),
                    step = table.Column<int>(type: "INTEGER", nullable: false),
                    arms = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_generations", x => new { x.endpoint, x.generation });
                });

            migrationBuilder.CreateTable(
                name: "rollouts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    request = table.Column<string>(type: "TEXT", nullable: false),
                    plan = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    phase = table.Column<string>(type: "TEXT", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false),
                    due_at = table.Column<long>(type: "INTEGER", nullable: true),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    strategy = table.Column<string>(type: "TEXT", nullable: false),
                    proposal = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollouts", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "run_datasets",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    experiment = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    source_type = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    source = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    schema = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY"),
                    profile = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_run_datasets", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "run_inputs",
                columns: table => new
                {
                    run = table.Column<long>(type: "INTEGER", nullable: false),
                    dataset = table.Column<long>(type: "INTEGER", nullable: false),
                    tags = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_run_inputs", x => new { x.run, x.dataset });
                });

            migrationBuilder.CreateTable(
                name: "run_models",
                columns: table => new
                {
                    run = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    output = table.Column<int>(type: "INTEGER", nullable: false),
                    step = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_run_models", x => new { x.run, x.output, x.model });
                });

            // Clustered by their key, so that a row is stored once.
            migrationBuilder.Sql(
                """
                CREATE TABLE run_parameters (
                    run INTEGER NOT NULL,
                    key TEXT NOT NULL COLLATE BINARY,
                    value TEXT NOT NULL COLLATE BINARY,
                    PRIMARY KEY (run, key)
                ) WITHOUT ROWID
                """);

            // Clustered by their key, so that a row is stored once.
            migrationBuilder.Sql(
                """
                CREATE TABLE run_tags (
                    run INTEGER NOT NULL,
                    key TEXT NOT NULL COLLATE BINARY,
                    value TEXT NOT NULL COLLATE BINARY,
                    PRIMARY KEY (run, key)
                ) WITHOUT ROWID
                """);

            migrationBuilder.CreateTable(
                name: "runs",
                columns: table => new
                {
                    number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    id = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY"),
                    experiment = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    user_id = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    status = table.Column<int>(type: "INTEGER", nullable: false),
                    start_time = table.Column<long>(type: "INTEGER", nullable: false),
                    end_time = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deleted_with_experiment = table.Column<int>(type: "INTEGER", nullable: false),
                    request_key = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_runs", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "secrets",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    secret = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_secrets", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "series_points",
                columns: table => new
                {
                    series = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    value = table.Column<double>(type: "REAL", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_series_points", x => new { x.series, x.at });
                });

            migrationBuilder.CreateTable(
                name: "shadow_examples",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    rollout = table.Column<long>(type: "INTEGER", nullable: false),
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    arm = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    prediction_id = table.Column<string>(type: "TEXT", nullable: false),
                    share = table.Column<double>(type: "REAL", nullable: false),
                    largest = table.Column<double>(type: "REAL", nullable: false),
                    inputs = table.Column<string>(type: "TEXT", nullable: false),
                    champion = table.Column<string>(type: "TEXT", nullable: false),
                    challenger = table.Column<string>(type: "TEXT", nullable: false),
                    stored_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shadow_examples", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "silences",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    matchers = table.Column<string>(type: "TEXT", nullable: false),
                    starts_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ends_at = table.Column<long>(type: "INTEGER", nullable: false),
                    author = table.Column<string>(type: "TEXT", nullable: false),
                    comment = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_silences", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "upload_parts",
                columns: table => new
                {
                    upload = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    size = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_upload_parts", x => new { x.upload, x.number });
                });

            migrationBuilder.CreateTable(
                name: "uploads",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    path = table.Column<string>(type: "TEXT", nullable: false),
                    parts = table.Column<int>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_uploads", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "version_signatures",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    key_hint = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    public_key = table.Column<string>(type: "TEXT", nullable: false),
                    bundle = table.Column<string>(type: "TEXT", nullable: false),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_signatures", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    webhook = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    token = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    @event = table.Column<string>(name: "event", type: "TEXT", nullable: false),
                    body = table.Column<string>(type: "TEXT", nullable: false),
                    status = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    claimed_until = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    why = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "webhooks",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    events = table.Column<string>(type: "TEXT", nullable: false),
                    secrets = table.Column<string>(type: "TEXT", nullable: false),
                    audit_position = table.Column<long>(type: "INTEGER", nullable: false),
                    alert_position = table.Column<long>(type: "INTEGER", nullable: false),
                    failures = table.Column<int>(type: "INTEGER", nullable: false),
                    not_before = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhooks", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "windows",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    arm = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    level = table.Column<int>(type: "INTEGER", nullable: false),
                    minute = table.Column<long>(type: "INTEGER", nullable: false),
                    replica = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    arm_name = table.Column<string>(type: "TEXT", nullable: false),
                    requests = table.Column<long>(type: "INTEGER", nullable: false),
                    answered = table.Column<long>(type: "INTEGER", nullable: false),
                    failed = table.Column<long>(type: "INTEGER", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    bytes = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_windows", x => new { x.endpoint, x.arm, x.version, x.level, x.minute, x.replica });
                });

            migrationBuilder.CreateTable(
                name: "alert_transitions",
                columns: table => new
                {
                    alert = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    from = table.Column<string>(type: "TEXT", nullable: false),
                    to = table.Column<string>(type: "TEXT", nullable: false),
                    value = table.Column<double>(type: "REAL", nullable: true),
                    why = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alert_transitions", x => new { x.alert, x.number });
                    table.ForeignKey(
                        name: "FK_alert_transitions_alerts_alert",
                        column: x => x.alert,
                        principalTable: "alerts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "alerts_told",
                columns: table => new
                {
                    alert = table.Column<long>(type: "INTEGER", nullable: false),
                    delivery = table.Column<long>(type: "INTEGER", nullable: false),
                    is_firing = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_alerts_told", x => new { x.alert, x.delivery });
                    table.ForeignKey(
                        name: "FK_alerts_told_alert_deliveries_delivery",
                        column: x => x.delivery,
                        principalTable: "alert_deliveries",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_alerts_told_alerts_alert",
                        column: x => x.alert,
                        principalTable: "alerts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "dataset_versions",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    address = table.Column<string>(type: "TEXT", nullable: true),
                    bytes = table.Column<long>(type: "INTEGER", nullable: true),
                    files = table.Column<long>(type: "INTEGER", nullable: true),
                    rows = table.Column<long>(type: "INTEGER", nullable: true),
                    columns = table.Column<string>(type: "TEXT", nullable: false),
                    labels = table.Column<string>(type: "TEXT", nullable: true),
                    split = table.Column<string>(type: "TEXT", nullable: true),
                    profile = table.Column<string>(type: "TEXT", nullable: true, collation: "BINARY"),
                    no_profile_because = table.Column<string>(type: "TEXT", nullable: true),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dataset_versions", x => new { x.name, x.number });
                    table.ForeignKey(
                        name: "FK_dataset_versions_datasets_name",
                        column: x => x.name,
                        principalTable: "datasets",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "versions",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    tags = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    metrics = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    parameters = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    lineage = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    manifest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    probe = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    stage = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    source = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    run = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    run_link = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    logged_model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    needs = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_versions", x => new { x.model, x.number });
                    table.ForeignKey(
                        name: "FK_versions_models_model",
                        column: x => x.model,
                        principalTable: "models",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rollout_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    rollout = table.Column<long>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", nullable: false),
                    text = table.Column<string>(type: "TEXT", nullable: false),
                    who = table.Column<string>(type: "TEXT", nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    step = table.Column<int>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_events", x => x.id);
                    table.ForeignKey(
                        name: "FK_rollout_events_rollouts_rollout",
                        column: x => x.rollout,
                        principalTable: "rollouts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rollout_looks",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    rollout = table.Column<long>(type: "INTEGER", nullable: false),
                    step = table.Column<int>(type: "INTEGER", nullable: false),
                    check = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    verdict = table.Column<string>(type: "TEXT", nullable: false),
                    stable_units = table.Column<double>(type: "REAL", nullable: false),
                    candidate_units = table.Column<double>(type: "REAL", nullable: false),
                    stable_value = table.Column<double>(type: "REAL", nullable: true),
                    candidate_value = table.Column<double>(type: "REAL", nullable: true),
                    estimate = table.Column<double>(type: "REAL", nullable: true),
                    low = table.Column<double>(type: "REAL", nullable: true),
                    high = table.Column<double>(type: "REAL", nullable: true),
                    boundary = table.Column<double>(type: "REAL", nullable: true),
                    slice = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_looks", x => x.id);
                    table.ForeignKey(
                        name: "FK_rollout_looks_rollouts_rollout",
                        column: x => x.rollout,
                        principalTable: "rollouts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rollout_versions",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    rollout = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_versions", x => new { x.model, x.version, x.rollout });
                    table.ForeignKey(
                        name: "FK_rollout_versions_rollouts_rollout",
                        column: x => x.rollout,
                        principalTable: "rollouts",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "aliases",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    alias = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_aliases", x => new { x.model, x.alias });
                    table.ForeignKey(
                        name: "FK_aliases_versions_model_version",
                        columns: x => new { x.model, x.version },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "endpoint_uses",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endpoint_uses", x => new { x.endpoint, x.model, x.version });
                    table.ForeignKey(
                        name: "FK_endpoint_uses_versions_model_version",
                        columns: x => new { x.model, x.version },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "rollout_uses",
                columns: table => new
                {
                    rollout = table.Column<long>(type: "INTEGER", nullable: false),
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    version = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_rollout_uses", x => new { x.rollout, x.model, x.version });
                    table.ForeignKey(
                        name: "FK_rollout_uses_versions_model_version",
                        columns: x => new { x.model, x.version },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "version_datasets",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    dataset = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    dataset_version = table.Column<int>(type: "INTEGER", nullable: false),
                    role = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_datasets", x => new { x.model, x.number, x.dataset, x.dataset_version });
                    table.ForeignKey(
                        name: "FK_version_datasets_dataset_versions_dataset_dataset_version",
                        columns: x => new { x.dataset, x.dataset_version },
                        principalTable: "dataset_versions",
                        principalColumns: new[] { "name", "number" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_version_datasets_versions_model_number",
                        columns: x => new { x.model, x.number },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "version_files",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    digest = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_files", x => new { x.model, x.number, x.digest });
                    table.ForeignKey(
                        name: "FK_version_files_versions_model_number",
                        columns: x => new { x.model, x.number },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.InsertData(
                table: "audit_policy",
                columns: new[] { "id", "cut_hash", "cut_sequence", "head_hash", "head_sequence", "retention_days" },
                values: new object[] { 1, new byte[0], 0L, new byte[0], 0L, null });

            migrationBuilder.InsertData(
                table: "control",
                columns: new[] { "id", "keys_revision", "revision", "routing_revision" },
                values: new object[] { 1, 0L, 0L, 0L });

            migrationBuilder.InsertData(
                table: "experiments",
                columns: new[] { "number", "artifact_location", "changed_at", "created_at", "deleted_at", "name", "tags" },
                values: new object[] { 0, "mlflow-artifacts:/0", 0L, 0L, null, "Default", "{}" });

            migrationBuilder.CreateIndex(
                name: "IX_alert_deliveries_receiver_id",
                table: "alert_deliveries",
                columns: new[] { "receiver", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_alert_deliveries_status_due_at",
                table: "alert_deliveries",
                columns: new[] { "status", "due_at" });

            migrationBuilder.CreateIndex(
                name: "IX_alert_transitions_at",
                table: "alert_transitions",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_alerts_endpoint_id",
                table: "alerts",
                columns: new[] { "endpoint", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_alerts_monitor_fingerprint",
                table: "alerts",
                columns: new[] { "monitor", "fingerprint" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_alerts_phase_id",
                table: "alerts",
                columns: new[] { "phase", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_alerts_told_delivery",
                table: "alerts_told",
                column: "delivery");

            migrationBuilder.CreateIndex(
                name: "IX_alias_moves_model_alias_id",
                table: "alias_moves",
                columns: new[] { "model", "alias", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_aliases_model_version",
                table: "aliases",
                columns: new[] { "model", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_answers_endpoint_bucket_unit_time_generation_arm_sampled",
                table: "answers",
                columns: new[] { "endpoint", "bucket", "unit", "time", "generation", "arm", "sampled" });

            migrationBuilder.CreateIndex(
                name: "IX_arms_endpoint_arm",
                table: "arms",
                columns: new[] { "endpoint", "arm" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_artifact_paths_digest",
                table: "artifact_paths",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "IX_artifact_paths_parent_path",
                table: "artifact_paths",
                columns: new[] { "parent", "path" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_at",
                table: "audit",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_audit_subject_id",
                table: "audit",
                columns: new[] { "subject", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_seals_entry",
                table: "audit_seals",
                column: "entry",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_dataset_versions_name_digest",
                table: "dataset_versions",
                columns: new[] { "name", "digest" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_dataset_versions_profile",
                table: "dataset_versions",
                column: "profile",
                filter: "profile IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_history_endpoint_generation",
                table: "endpoint_history",
                columns: new[] { "endpoint", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_history_name_id",
                table: "endpoint_history",
                columns: new[] { "name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_periods_endpoint",
                table: "endpoint_periods",
                column: "endpoint",
                filter: "until_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_periods_model_version_id",
                table: "endpoint_periods",
                columns: new[] { "model", "version", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_uses_model_version",
                table: "endpoint_uses",
                columns: new[] { "model", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoints_name",
                table: "endpoints",
                column: "name",
                unique: true,
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_evaluations_model_number_id",
                table: "evaluations",
                columns: new[] { "model", "number", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_experiments_name",
                table: "experiments",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_facts_endpoint_generation",
                table: "facts",
                columns: new[] { "endpoint", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_keys_hash",
                table: "keys",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_keys_name",
                table: "keys",
                column: "name",
                unique: true,
                filter: "revoked_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_latest_metrics_experiment_key_value_run",
                table: "latest_metrics",
                columns: new[] { "experiment", "key", "value", "run" });

            migrationBuilder.CreateIndex(
                name: "IX_lineage_links_model_number",
                table: "lineage_links",
                columns: new[] { "model", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_logged_models_experiment_created_at_id",
                table: "logged_models",
                columns: new[] { "experiment", "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_logged_models_source_run",
                table: "logged_models",
                column: "source_run");

            migrationBuilder.CreateIndex(
                name: "IX_metric_keys_name",
                table: "metric_keys",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_monitor_looks_at",
                table: "monitor_looks",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_monitors_due_at",
                table: "monitors",
                column: "due_at");

            migrationBuilder.CreateIndex(
                name: "IX_monitors_endpoint",
                table: "monitors",
                column: "endpoint");

            migrationBuilder.CreateIndex(
                name: "IX_monitors_name",
                table: "monitors",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_generation",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_joined_at",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "joined_at" });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_received_at",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "received_at" });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_received_at",
                table: "outcomes",
                column: "received_at",
                filter: "joined = 0");

            migrationBuilder.CreateIndex(
                name: "IX_promotions_model_status",
                table: "promotions",
                columns: new[] { "model", "status" });

            migrationBuilder.CreateIndex(
                name: "IX_registration_keys_at",
                table: "registration_keys",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_rollout_events_rollout_id",
                table: "rollout_events",
                columns: new[] { "rollout", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_rollout_generations_rollout",
                table: "rollout_generations",
                column: "rollout");

            migrationBuilder.CreateIndex(
                name: "IX_rollout_looks_rollout_step_check_id",
                table: "rollout_looks",
                columns: new[] { "rollout", "step", "check", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_rollout_uses_model_version",
                table: "rollout_uses",
                columns: new[] { "model", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_rollout_versions_rollout",
                table: "rollout_versions",
                column: "rollout");

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_due_at",
                table: "rollouts",
                column: "due_at",
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_name_id",
                table: "rollouts",
                columns: new[] { "name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_proposal_id",
                table: "rollouts",
                columns: new[] { "proposal", "id" },
                filter: "proposal IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "one_active_rollout",
                table: "rollouts",
                column: "endpoint",
                unique: true,
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_run_datasets_experiment_name_digest",
                table: "run_datasets",
                columns: new[] { "experiment", "name", "digest" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_run_models_model",
                table: "run_models",
                column: "model");

            migrationBuilder.CreateIndex(
                name: "IX_runs_deleted_at",
                table: "runs",
                column: "deleted_at",
                filter: "deleted_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_runs_experiment_start_time_id",
                table: "runs",
                columns: new[] { "experiment", "start_time", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_runs_id",
                table: "runs",
                column: "id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_runs_request_key",
                table: "runs",
                column: "request_key",
                unique: true,
                filter: "request_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_shadow_examples_endpoint_time_randomness_arm",
                table: "shadow_examples",
                columns: new[] { "endpoint", "time", "randomness", "arm" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_shadow_examples_rollout_arm",
                table: "shadow_examples",
                columns: new[] { "rollout", "arm" });

            migrationBuilder.CreateIndex(
                name: "IX_shadow_examples_time",
                table: "shadow_examples",
                column: "time");

            migrationBuilder.CreateIndex(
                name: "IX_silences_ends_at",
                table: "silences",
                column: "ends_at");

            migrationBuilder.CreateIndex(
                name: "IX_upload_parts_digest",
                table: "upload_parts",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "IX_version_datasets_dataset_dataset_version",
                table: "version_datasets",
                columns: new[] { "dataset", "dataset_version" });

            migrationBuilder.CreateIndex(
                name: "IX_version_files_digest",
                table: "version_files",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "IX_version_signatures_model_number_key_hint",
                table: "version_signatures",
                columns: new[] { "model", "number", "key_hint" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_versions_logged_model",
                table: "versions",
                column: "logged_model",
                filter: "logged_model <> ''");

            migrationBuilder.CreateIndex(
                name: "IX_versions_model_stage_number",
                table: "versions",
                columns: new[] { "model", "stage", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_ended_at",
                table: "webhook_deliveries",
                column: "ended_at");

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_webhook_status_id",
                table: "webhook_deliveries",
                columns: new[] { "webhook", "status", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_webhook_deliveries_webhook_token",
                table: "webhook_deliveries",
                columns: new[] { "webhook", "token" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_windows_digest",
                table: "windows",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "IX_windows_level_minute",
                table: "windows",
                columns: new[] { "level", "minute" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alert_groups");

            migrationBuilder.DropTable(
                name: "alert_transitions");

            migrationBuilder.DropTable(
                name: "alerts_told");

            migrationBuilder.DropTable(
                name: "alias_moves");

            migrationBuilder.DropTable(
                name: "aliases");

            migrationBuilder.DropTable(
                name: "answer_scores");

            migrationBuilder.DropTable(
                name: "answers");

            migrationBuilder.DropTable(
                name: "arms");

            migrationBuilder.DropTable(
                name: "artifact_paths");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "audit_holds");

            migrationBuilder.DropTable(
                name: "audit_policy");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "carried_versions");

            migrationBuilder.DropTable(
                name: "control");

            migrationBuilder.DropTable(
                name: "endpoint_history");

            migrationBuilder.DropTable(
                name: "endpoint_periods");

            migrationBuilder.DropTable(
                name: "endpoint_uses");

            migrationBuilder.DropTable(
                name: "endpoints");

            migrationBuilder.DropTable(
                name: "evaluation_parts");

            migrationBuilder.DropTable(
                name: "evaluations");

            migrationBuilder.DropTable(
                name: "experiments");

            migrationBuilder.DropTable(
                name: "facts");

            migrationBuilder.DropTable(
                name: "forgotten_subjects");

            migrationBuilder.DropTable(
                name: "inhibitions");

            migrationBuilder.DropTable(
                name: "keys");

            migrationBuilder.DropTable(
                name: "latest_metrics");

            migrationBuilder.DropTable(
                name: "leases");

            migrationBuilder.DropTable(
                name: "lineage");

            migrationBuilder.DropTable(
                name: "lineage_links");

            migrationBuilder.DropTable(
                name: "logged_model_metrics");

            migrationBuilder.DropTable(
                name: "logged_models");

            migrationBuilder.DropTable(
                name: "metric_keys");

            migrationBuilder.DropTable(
                name: "metric_points");

            migrationBuilder.DropTable(
                name: "monitor_looks");

            migrationBuilder.DropTable(
                name: "monitors");

            migrationBuilder.DropTable(
                name: "outcomes");

            migrationBuilder.DropTable(
                name: "placements");

            migrationBuilder.DropTable(
                name: "prediction_keys");

            migrationBuilder.DropTable(
                name: "promotion_policies");

            migrationBuilder.DropTable(
                name: "promotions");

            migrationBuilder.DropTable(
                name: "receivers");

            migrationBuilder.DropTable(
                name: "registration_keys");

            migrationBuilder.DropTable(
                name: "replicas");

            migrationBuilder.DropTable(
                name: "rollout_events");

            migrationBuilder.DropTable(
                name: "rollout_generations");

            migrationBuilder.DropTable(
                name: "rollout_looks");

            migrationBuilder.DropTable(
                name: "rollout_uses");

            migrationBuilder.DropTable(
                name: "rollout_versions");

            migrationBuilder.DropTable(
                name: "run_datasets");

            migrationBuilder.DropTable(
                name: "run_inputs");

            migrationBuilder.DropTable(
                name: "run_models");

            migrationBuilder.DropTable(
                name: "run_parameters");

            migrationBuilder.DropTable(
                name: "run_tags");

            migrationBuilder.DropTable(
                name: "runs");

            migrationBuilder.DropTable(
                name: "secrets");

            migrationBuilder.DropTable(
                name: "series_points");

            migrationBuilder.DropTable(
                name: "shadow_examples");

            migrationBuilder.DropTable(
                name: "silences");

            migrationBuilder.DropTable(
                name: "upload_parts");

            migrationBuilder.DropTable(
                name: "uploads");

            migrationBuilder.DropTable(
                name: "version_datasets");

            migrationBuilder.DropTable(
                name: "version_files");

            migrationBuilder.DropTable(
                name: "version_signatures");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "webhooks");

            migrationBuilder.DropTable(
                name: "windows");

            migrationBuilder.DropTable(
                name: "alert_deliveries");

            migrationBuilder.DropTable(
                name: "alerts");

            migrationBuilder.DropTable(
                name: "rollouts");

            migrationBuilder.DropTable(
                name: "dataset_versions");

            migrationBuilder.DropTable(
                name: "versions");

            migrationBuilder.DropTable(
                name: "datasets");

            migrationBuilder.DropTable(
                name: "models");
        }
    }
}
