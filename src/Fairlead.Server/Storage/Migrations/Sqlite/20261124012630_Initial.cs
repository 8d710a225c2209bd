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
                name: "versions",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    tags = table.Column<string>(type: "TEXT", nullable: false),
                    metrics = table.Column<string>(type: "TEXT", nullable: false),
                    parameters = table.Column<string>(type: "TEXT", nullable: false),
                    lineage = table.Column<string>(type: "TEXT", nullable: false),
                    manifest = table.Column<string>(type: "TEXT", nullable: false),
                    probe = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_by = table.Column<string>(type: "TEXT", nullable: false)
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
                table: "control",
                columns: new[] { "id", "keys_revision", "revision", "routing_revision" },
                values: new object[] { 1, 0L, 0L, 0L });

            migrationBuilder.CreateIndex(
                name: "IX_aliases_model_version",
                table: "aliases",
                columns: new[] { "model", "version" });

            migrationBuilder.CreateIndex(
                name: "IX_arms_endpoint_arm",
                table: "arms",
                columns: new[] { "endpoint", "arm" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_audit_at",
                table: "audit",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_audit_subject_id",
                table: "audit",
                columns: new[] { "subject", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_history_endpoint_generation",
                table: "endpoint_history",
                columns: new[] { "endpoint", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_endpoint_history_name_id",
                table: "endpoint_history",
                columns: new[] { "name", "id" });

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
                name: "IX_version_files_digest",
                table: "version_files",
                column: "digest");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "aliases");

            migrationBuilder.DropTable(
                name: "arms");

            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "control");

            migrationBuilder.DropTable(
                name: "endpoint_history");

            migrationBuilder.DropTable(
                name: "endpoint_uses");

            migrationBuilder.DropTable(
                name: "endpoints");

            migrationBuilder.DropTable(
                name: "keys");

            migrationBuilder.DropTable(
                name: "placements");

            migrationBuilder.DropTable(
                name: "prediction_keys");

            migrationBuilder.DropTable(
                name: "replicas");

            migrationBuilder.DropTable(
                name: "version_files");

            migrationBuilder.DropTable(
                name: "versions");

            migrationBuilder.DropTable(
                name: "models");
        }
    }
}
