using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Lineage : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.InsertData(
                table: "audit_policy",
                columns: new[] { "id", "cut_hash", "cut_sequence", "head_hash", "head_sequence", "retention_days" },
                values: new object[] { 1, new byte[0], 0L, new byte[0], 0L, null });

            migrationBuilder.CreateIndex(
                name: "IX_alias_moves_model_alias_id",
                table: "alias_moves",
                columns: new[] { "model", "alias", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_seals_entry",
                table: "audit_seals",
                column: "entry",
                unique: true);

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
                name: "IX_lineage_links_model_number",
                table: "lineage_links",
                columns: new[] { "model", "number" });

            migrationBuilder.CreateIndex(
                name: "IX_version_signatures_model_number_key_hint",
                table: "version_signatures",
                columns: new[] { "model", "number", "key_hint" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "alias_moves");

            migrationBuilder.DropTable(
                name: "audit_holds");

            migrationBuilder.DropTable(
                name: "audit_policy");

            migrationBuilder.DropTable(
                name: "audit_seals");

            migrationBuilder.DropTable(
                name: "endpoint_periods");

            migrationBuilder.DropTable(
                name: "lineage");

            migrationBuilder.DropTable(
                name: "lineage_links");

            migrationBuilder.DropTable(
                name: "version_signatures");
        }
    }
}
