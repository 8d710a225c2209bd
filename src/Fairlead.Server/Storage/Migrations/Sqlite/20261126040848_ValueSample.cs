using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class ValueSample : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_answers_endpoint_unit_time",
                table: "answers");

            migrationBuilder.AddColumn<bool>(
                name: "sampled",
                table: "outcomes",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "bucket",
                table: "answers",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<bool>(
                name: "sampled",
                table: "answers",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "IX_answers_endpoint_bucket_unit_time_generation_arm_sampled",
                table: "answers",
                columns: new[] { "endpoint", "bucket", "unit", "time", "generation", "arm", "sampled" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_answers_endpoint_bucket_unit_time_generation_arm_sampled",
                table: "answers");

            migrationBuilder.DropColumn(
                name: "sampled",
                table: "outcomes");

            migrationBuilder.DropColumn(
                name: "bucket",
                table: "answers");

            migrationBuilder.DropColumn(
                name: "sampled",
                table: "answers");

            migrationBuilder.CreateIndex(
                name: "IX_answers_endpoint_unit_time",
                table: "answers",
                columns: new[] { "endpoint", "unit", "time" });
        }
    }
}
