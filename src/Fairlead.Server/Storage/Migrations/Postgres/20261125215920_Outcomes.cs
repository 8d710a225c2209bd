using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
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
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    time = table.Column<long>(type: "bigint", nullable: false),
                    randomness = table.Column<long>(type: "bigint", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    arm = table.Column<int>(type: "integer", nullable: false),
                    unit = table.Column<long>(type: "bigint", nullable: false),
                    labels = table.Column<string>(type: "text", nullable: false),
                    slices = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_answers", x => new { x.endpoint, x.time, x.randomness });
                });

            migrationBuilder.CreateTable(
                name: "facts",
                columns: table => new
                {
                    replica = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    arm = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    image = table.Column<byte[]>(type: "bytea", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_facts", x => new { x.replica, x.endpoint, x.generation, x.arm });
                });

            migrationBuilder.CreateTable(
                name: "outcomes",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    time = table.Column<long>(type: "bigint", nullable: false),
                    randomness = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    arm = table.Column<int>(type: "integer", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: true),
                    label = table.Column<string>(type: "text", nullable: true),
                    predicted = table.Column<string>(type: "text", nullable: true),
                    joined = table.Column<bool>(type: "boolean", nullable: false),
                    bucket = table.Column<int>(type: "integer", nullable: false),
                    slices = table.Column<string>(type: "text", nullable: false),
                    happened_at = table.Column<long>(type: "bigint", nullable: false),
                    received_at = table.Column<long>(type: "bigint", nullable: false)
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
                filter: "NOT joined");
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
