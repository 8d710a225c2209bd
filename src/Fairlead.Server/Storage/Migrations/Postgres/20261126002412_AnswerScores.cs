using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Server.Storage.Migrations.Postgres
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
                    endpoint = table.Column<int>(type: "integer", nullable: false),
                    time = table.Column<long>(type: "bigint", nullable: false),
                    randomness = table.Column<long>(type: "bigint", nullable: false),
                    output = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    bin = table.Column<int>(type: "integer", nullable: false),
                    loss_if_true = table.Column<double>(type: "double precision", nullable: true),
                    loss_if_false = table.Column<double>(type: "double precision", nullable: true)
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
