using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Proposals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "proposal",
                table: "rollouts",
                type: "TEXT",
                nullable: true,
                collation: "BINARY");

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

            migrationBuilder.CreateIndex(
                name: "IX_rollouts_proposal_id",
                table: "rollouts",
                columns: new[] { "proposal", "id" },
                filter: "proposal IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_rollout_versions_rollout",
                table: "rollout_versions",
                column: "rollout");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "rollout_versions");

            migrationBuilder.DropIndex(
                name: "IX_rollouts_proposal_id",
                table: "rollouts");

            migrationBuilder.DropColumn(
                name: "proposal",
                table: "rollouts");
        }
    }
}
