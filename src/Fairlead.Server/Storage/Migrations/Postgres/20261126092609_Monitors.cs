using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Monitors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "failed",
                table: "windows",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "features",
                table: "answers",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "score",
                table: "answer_scores",
                type: "double precision",
                nullable: false,
                defaultValue: 0.0);

            migrationBuilder.CreateTable(
                name: "monitor_looks",
                columns: table => new
                {
                    monitor = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    findings = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_monitor_looks", x => new { x.monitor, x.at });
                });

            migrationBuilder.CreateTable(
                name: "monitors",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    endpoint_name = table.Column<string>(type: "text", nullable: false),
                    request = table.Column<string>(type: "text", nullable: false),
                    spec = table.Column<string>(type: "text", nullable: false),
                    revision = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: false),
                    looked_at = table.Column<long>(type: "bigint", nullable: true),
                    memory = table.Column<string>(type: "text", nullable: true),
                    findings = table.Column<string>(type: "text", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<long>(type: "bigint", nullable: false),
                    changed_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_monitors", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "series_points",
                columns: table => new
                {
                    series = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    at = table.Column<long>(type: "bigint", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_series_points", x => new { x.series, x.at });
                });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_received_at",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "received_at" });

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "monitor_looks");

            migrationBuilder.DropTable(
                name: "monitors");

            migrationBuilder.DropTable(
                name: "series_points");

            migrationBuilder.DropIndex(
                name: "IX_outcomes_endpoint_name_received_at",
                table: "outcomes");

            migrationBuilder.DropColumn(
                name: "failed",
                table: "windows");

            migrationBuilder.DropColumn(
                name: "features",
                table: "answers");

            migrationBuilder.DropColumn(
                name: "score",
                table: "answer_scores");
        }
    }
}
