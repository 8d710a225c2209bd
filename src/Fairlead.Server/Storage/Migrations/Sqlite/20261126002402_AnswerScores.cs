using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AnswerScores : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "answer_scores",
                columns: table => new
                {
                    endpoint = table.Column<int>(type: "INTEGER", nullable: false),
                    time = table.Column<long>(type: "INTEGER", nullable: false),
                    randomness = table.Column<long>(type: "INTEGER", nullable: false),
                    output = table.Column<string>(type: "TEXT", nullable: false, collation: "BINARY"),
                    bin = table.Column<int>(type: "INTEGER", nullable: false),
                    loss_if_true = table.Column<double>(type: "REAL", nullable: true),
                    loss_if_false = table.Column<double>(type: "REAL", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_answer_scores", x => new { x.endpoint, x.time, x.randomness, x.output });
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "answer_scores");
        }
    }
}
