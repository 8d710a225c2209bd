using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class ShadowExamples : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "shadow_examples",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    rollout = table.Column<long>(type: "bigint", nullable: false),
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    time = table.Column<long>(type: "bigint", nullable: false),
                    randomness = table.Column<long>(type: "bigint", nullable: false),
                    generation = table.Column<long>(type: "bigint", nullable: false),
                    arm = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    prediction_id = table.Column<string>(type: "text", nullable: false),
                    share = table.Column<double>(type: "double precision", nullable: false),
                    largest = table.Column<double>(type: "double precision", nullable: false),
                    inputs = table.Column<string>(type: "text", nullable: false),
                    champion = table.Column<string>(type: "text", nullable: false),
                    challenger = table.Column<string>(type: "text", nullable: false),
                    stored_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_shadow_examples", x => x.id);
                });

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "shadow_examples");
        }
    }
}
