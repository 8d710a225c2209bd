using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Tracking : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<string>(
                name: "tags",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "probe",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "parameters",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "metrics",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "manifest",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "lineage",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "description",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<string>(
                name: "created_by",
                table: "versions",
                type: "TEXT",
                nullable: false,
                collation: "BINARY",
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AddColumn<long>(
                name: "changed_at",
                table: "versions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "logged_model",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

            migrationBuilder.AddColumn<string>(
                name: "needs",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

            migrationBuilder.AddColumn<string>(
                name: "run",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

            migrationBuilder.AddColumn<string>(
                name: "run_link",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

            migrationBuilder.AddColumn<string>(
                name: "source",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

            migrationBuilder.AddColumn<string>(
                name: "stage",
                table: "versions",
                type: "TEXT",
                nullable: false,
                defaultValue: "",
                collation: "BINARY");

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

            migrationBuilder.InsertData(
                table: "experiments",
                columns: new[] { "number", "artifact_location", "changed_at", "created_at", "deleted_at", "name", "tags" },
                values: new object[] { 0, "mlflow-artifacts:/0", 0L, 0L, null, "Default", "{}" });

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
                name: "IX_artifact_paths_digest",
                table: "artifact_paths",
                column: "digest");

            migrationBuilder.CreateIndex(
                name: "IX_artifact_paths_parent_path",
                table: "artifact_paths",
                columns: new[] { "parent", "path" });

            migrationBuilder.CreateIndex(
                name: "IX_experiments_name",
                table: "experiments",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_latest_metrics_experiment_key_value_run",
                table: "latest_metrics",
                columns: new[] { "experiment", "key", "value", "run" });

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
                name: "IX_upload_parts_digest",
                table: "upload_parts",
                column: "digest");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "artifact_paths");

            migrationBuilder.DropTable(
                name: "experiments");

            migrationBuilder.DropTable(
                name: "latest_metrics");

            migrationBuilder.DropTable(
                name: "logged_model_metrics");

            migrationBuilder.DropTable(
                name: "logged_models");

            migrationBuilder.DropTable(
                name: "metric_keys");

            migrationBuilder.DropTable(
                name: "metric_points");

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
                name: "upload_parts");

            migrationBuilder.DropTable(
                name: "uploads");

            migrationBuilder.DropIndex(
                name: "IX_versions_logged_model",
                table: "versions");

            migrationBuilder.DropIndex(
                name: "IX_versions_model_stage_number",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "changed_at",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "logged_model",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "needs",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "run",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "run_link",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "source",
                table: "versions");

            migrationBuilder.DropColumn(
                name: "stage",
                table: "versions");

            migrationBuilder.AlterColumn<string>(
                name: "tags",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "probe",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "parameters",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "metrics",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "manifest",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "lineage",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "description",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");

            migrationBuilder.AlterColumn<string>(
                name: "created_by",
                table: "versions",
                type: "TEXT",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT",
                oldCollation: "BINARY");
        }
    }
}
