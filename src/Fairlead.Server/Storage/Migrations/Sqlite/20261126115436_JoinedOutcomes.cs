using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class JoinedOutcomes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "joined_at",
                table: "outcomes",
                type: "INTEGER",
                nullable: true);

            // What is joined already was taken in when it came.
            migrationBuilder.Sql("UPDATE outcomes SET joined_at = received_at WHERE joined");

            migrationBuilder.CreateIndex(
                name: "IX_outcomes_endpoint_name_joined_at",
                table: "outcomes",
                columns: new[] { "endpoint", "name", "joined_at" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_outcomes_endpoint_name_joined_at",
                table: "outcomes");

            migrationBuilder.DropColumn(
                name: "joined_at",
                table: "outcomes");
        }
    }
}
