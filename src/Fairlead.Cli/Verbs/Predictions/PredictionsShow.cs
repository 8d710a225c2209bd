using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>Shows everything that is recorded of one request.</summary>
internal static class PredictionsShow
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("id") { Description = "The prediction's id" };
        var endpoint = Options.Of<string?>("--endpoint", "name", "The endpoint; left out: whichever it was");
        return new Command("show", "Show everything that is recorded of one prediction") { id, endpoint }
            .Runs(terminal, async (call, cancellation) =>
            {
                var name = call.Value(endpoint);
                var from = name is null ? "predictions" : PredictionsQuery.Name(name);
                var answer = await call.Client.QueryPredictionsAsync(
                    new QueryPredictionsRequest
                    {
                        Endpoints = name is null ? null : [name],
                        Sql = $"SELECT * FROM {from} WHERE prediction_id = {PredictionsQuery.Text(call.Value(id))} "
                            + "ORDER BY row",
                    }, cancellation);
                if (answer.Rows.GetArrayLength() == 0)
                {
                    call.Note($"fairlead: there is no record of the prediction '{call.Value(id)}'.");
                    return ExitCodes.NotFound;
                }

                call.Write(answer, to => Show(answer, to));
                return ExitCodes.Ok;
            });
    }

    private static void Show(QueriedPredictions answer, Terminal to)
    {
        var first = true;
        foreach (var row in answer.Rows.EnumerateArray())
        {
            if (!first)
                to.Out.WriteLine();
            first = false;
            var facts = new Facts();
            foreach (var (column, value) in answer.Columns.Zip(row.EnumerateArray()))
            {
                if (value.ValueKind != System.Text.Json.JsonValueKind.Null)
                    facts.Add(column.Name, PredictionsQuery.Cell(value));
            }

            facts.Write(to);
        }
    }
}
