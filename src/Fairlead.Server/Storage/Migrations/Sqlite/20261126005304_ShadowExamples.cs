using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
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
