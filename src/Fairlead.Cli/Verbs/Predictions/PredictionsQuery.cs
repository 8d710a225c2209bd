using System.CommandLine;
using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>Answers a SELECT over the records of endpoints.</summary>
internal static class PredictionsQuery
{
    public static Command Create(Terminal terminal)
    {
        var words = new Argument<string[]>("endpoint... sql")
        {
            Description = "The endpoints, then one SELECT; each endpoint is a view of its name, 'predictions' is all",
            HelpName = "endpoint... sql",
            Arity = ArgumentArity.OneOrMore,
        };
        var rows = new Option<int>("--max-rows")
        {
            Description = "Most rows of the answer",
            HelpName = "n",
            DefaultValueFactory = _ => new QueryPredictionsRequest { Sql = "" }.MaxRows,
        };
        var timeout = Options.Duration("--timeout", "Longest time to the answer [default: 30s]");
        return new Command("query", "Answer a SELECT (DuckDB's SQL) over the records of requests")
        { words, rows, timeout }
            .Runs(terminal, async (call, cancellation) =>
            {
                var given = call.Value(words);
                var request = new QueryPredictionsRequest
                {
                    Sql = given[^1],
                    Endpoints = given.Length == 1 ? null : given[..^1],
                    MaxRows = call.Value(rows),
                };
                request.Timeout = call.Value(timeout) ?? request.Timeout;
                var answer = await call.Client.QueryPredictionsAsync(request, cancellation);
                call.Write(answer, to => Show(answer, to));
                if (answer.NotIncluded.Count > 0)
                {
                    call.Note($"  Not in this answer: what {string.Join(", ", answer.NotIncluded)} recorded, or "
                        + "the newest of it; ask there too.");
                }

                if (answer.Truncated)
                    call.Note($"  There are more than these {answer.Rows.GetArrayLength()} rows; see --max-rows.");
            });
    }

    /// <summary>Writes an answer as a table.</summary>
    public static void Show(QueriedPredictions answer, Terminal to)
    {
        var listing = new Listing([.. answer.Columns.Select(column => column.Name)]);
        foreach (var row in answer.Rows.EnumerateArray())
            listing.Add([.. row.EnumerateArray().Select(Cell)]);
        listing.Write(to);
    }

    /// <summary>A value as people read it.</summary>
    public static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        _ => value.GetRawText(),
    };

    /// <summary>A name as SQL writes it.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text as SQL writes it.</summary>
    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
