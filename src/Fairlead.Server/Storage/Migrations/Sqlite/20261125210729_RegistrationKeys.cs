using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RegistrationKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "registration_keys",
                columns: table => new
                {
                    model = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    key = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_registration_keys", x => new { x.model, x.key });
                });

            migrationBuilder.CreateIndex(
                name: "IX_registration_keys_at",
                table: "registration_keys",
                column: "at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "registration_keys");
        }
    }
}
