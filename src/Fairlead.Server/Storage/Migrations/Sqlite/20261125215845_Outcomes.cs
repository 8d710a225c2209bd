using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Outcomes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "answers",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    generation = table.Column<long>(type: "INTEGER", nullable: false),
                    arm = table.Column<int>(type: "INTEGER", nullable: false),
                    unit = table.Column<long>(type: "INTEGER", nullable: false),
                    labels = table.Column<string>(type: "TEXT", nullable: false),
                    slices = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_answers", x => new { x.endpoint, x.time, x.randomness });
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
                    predicted = table.Column<string>(type: "TEXT", nullable: true),
                    joined = table.Column<bool>(type: "INTEGER", nullable: false),
                    bucket = table.Column<int>(type: "INTEGER", nullable: false),
                    slices = table.Column<string>(type: "TEXT", nullable: false),
                    happened_at = table.Column<long>(type: "INTEGER", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_outcomes", x => new { x.endpoint, x.time, x.randomness, x.name });
                });

            migrationBuilder.CreateIndex(
                name: "IX_answers_endpoint_unit_time",
                table: "answers",
                columns: new[] { "endpoint", "unit", "time" });

            migrationBuilder.CreateIndex(
                name: "IX_facts_endpoint_generation",
                table: "facts",
                columns: new[] { "endpoint", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_generation",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "generation" });

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_received_at",
                table: "outcomes",
                column: "received_at",
                filter: "joined = 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "answers");

            migrationBuilder.DropTable(
                name: "facts");

            migrationBuilder.DropTable(
                name: "outcomes");
        }
    }
}
