using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Windows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "windows",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    arm = table.Column<int>(type: "integer", nullable: false),
                    version = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    level = table.Column<int>(type: "integer", nullable: false),
                    minute = table.Column<long>(type: "bigint", nullable: false),
                    replica = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    arm_name = table.Column<string>(type: "text", nullable: false),
                    requests = table.Column<long>(type: "bigint", nullable: false),
                    answered = table.Column<long>(type: "bigint", nullable: false),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    bytes = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_windows", x => new { x.endpoint, x.arm, x.version, x.level, x.minute, x.replica });
                });

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
                name: "windows");
        }
    }
}
