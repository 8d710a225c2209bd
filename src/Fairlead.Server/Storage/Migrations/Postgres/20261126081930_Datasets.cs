using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Datasets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    next_version = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    changed_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_datasets", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "dataset_versions",
                columns: table => new
                {
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    number = table.Column<int>(type: "integer", nullable: false),
                    digest = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    source = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: true),
                    bytes = table.Column<long>(type: "bigint", nullable: true),
                    files = table.Column<long>(type: "bigint", nullable: true),
                    rows = table.Column<long>(type: "bigint", nullable: true),
                    columns = table.Column<string>(type: "text", nullable: false),
                    labels = table.Column<string>(type: "text", nullable: true),
                    split = table.Column<string>(type: "text", nullable: true),
                    profile = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    no_profile_because = table.Column<string>(type: "text", nullable: true),
                    description = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_dataset_versions", x => new { x.name, x.number });
                    table.ForeignKey(
                        name: "FK_dataset_versions_datasets_name",
                        column: x => x.name,
                        principalTable: "datasets",
                        principalColumn: "name",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "version_datasets",
                columns: table => new
                {
                    model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    number = table.Column<int>(type: "integer", nullable: false),
                    dataset = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    dataset_version = table.Column<int>(type: "integer", nullable: false),
                    role = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_datasets", x => new { x.model, x.number, x.dataset, x.dataset_version });
                    table.ForeignKey(
                        name: "FK_version_datasets_dataset_versions_dataset_dataset_version",
                        columns: x => new { x.dataset, x.dataset_version },
                        principalTable: "dataset_versions",
                        principalColumns: new[] { "name", "number" },
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_version_datasets_versions_model_number",
                        columns: x => new { x.model, x.number },
                        principalTable: "versions",
                        principalColumns: new[] { "model", "number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_dataset_versions_name_digest",
                table: "dataset_versions",
                columns: new[] { "name", "digest" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_dataset_versions_profile",
                table: "dataset_versions",
                column: "profile",
                filter: "profile IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_version_datasets_dataset_dataset_version",
                table: "version_datasets",
                columns: new[] { "dataset", "dataset_version" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "version_datasets");

            migrationBuilder.DropTable(
                name: "dataset_versions");

            migrationBuilder.DropTable(
                name: "datasets");
        }
    }
}
