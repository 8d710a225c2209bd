using System.Text.Json;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Writes the answers of an endpoint as they come, in one of the forms that <c>predict</c> knows.</summary>
internal interface IAnswerWriter : IAsyncDisposable
{
    /// <param name="answer">The answer to one request.</param>
    /// <param name="rows">The rows of the request.</param>
    void Add(PredictAnswer answer, int rows);
}

/// <summary>The forms of an answer.</summary>
internal static class AnswerWriters
{
    public static IAnswerWriter Create(string form, Terminal terminal) => form switch
    {
        "json" => new JsonAnswers(terminal.Out),
        "csv" => new CsvAnswers(terminal),
        _ => new TableAnswers(terminal),
    };

    /// <summary>The outputs of one row, as text; one that this arm does not have is empty.</summary>
    private static IEnumerable<string> Cells(IEnumerable<string> columns, PredictAnswer answer, int row, int rows) =>
        columns.Select(column =>
        {
            if (!answer.Outputs.TryGetValue(column, out var output))
                return "";

            // An output that has not one entry a row is told whole, with the first row.
            if (output.ValueKind != JsonValueKind.Array || output.GetArrayLength() != rows)
                return row == 0 ? Text(output) : "";
            return Text(output[row]);
        });

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    /// <summary>
    /// One document, <c>{"answers": [...]}</c>, with one answer a request; closed even when a later one fails.
    /// </summary>
    private sealed class JsonAnswers(TextWriter to) : IAnswerWriter
    {
        private int _count;

        public void Add(PredictAnswer answer, int rows)
        {
            to.WriteLine(_count++ == 0 ? "{\"answers\": [" : ",");
            to.Write(CliJson.Write(answer, CliJson.Compact));
            to.Flush();
        }

        public ValueTask DisposeAsync()
        {
            if (_count > 0)
                to.WriteLine("\n]}");
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>
    /// One line a row: the outputs, then who gave them. An output that the heading does not name is told, once.
    /// </summary>
    private sealed class CsvAnswers(Terminal terminal) : IAnswerWriter
    {
        private readonly TextWriter _to = terminal.Out;
        private readonly Columns _columns = new();
        private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);

        public void Add(PredictAnswer answer, int rows)
        {
            foreach (var output in answer.Outputs.Keys.Except(_columns.Names ?? answer.Outputs.Keys))
            {
                if (_leftOut.Add(output))
                {
                    terminal.Error.WriteLine($"  The output '{output}' of the arm '{answer.Arm}' is left out, since "
                        + "the first answers had none; --output json tells all.");
                }
            }

            var isHead = _columns.Names is null;
            var ready = _columns.Take(answer, rows);
            if (ready.Count > 0 && isHead)
                Line(_columns.Names!.Concat(["model", "version", "arm", "predictionId"]));
            Write(ready);
        }

        public ValueTask DisposeAsync()
        {
            var left = _columns.TakeRest();
            if (left.Count > 0)
                Line(["model", "version", "arm", "predictionId"]);
            Write(left);
            return ValueTask.CompletedTask;
        }

        private void Write(List<(PredictAnswer Answer, int Rows)> answers)
        {
            foreach (var (answer, rows) in answers)
            {
                for (var row = 0; row < rows; row++)
                {
                    Line(Cells(_columns.Names ?? [], answer, row, rows).Concat(
                    [
                        answer.Model ?? "", answer.Answer ?? Listing.Cell(answer.Version), answer.Arm,
                        answer.PredictionId,
                    ]));
                }
            }

            _to.Flush();
        }

        private void Line(IEnumerable<string> cells) => _to.WriteLine(string.Join(',', cells.Select(Quote)));

        private static string Quote(string cell) =>
            cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
    }

    /// <summary>A table at the end, as its columns are as wide as their widest cell.</summary>
    private sealed class TableAnswers(Terminal terminal) : IAnswerWriter
    {
        private readonly List<(PredictAnswer Answer, int Rows)> _answers = [];

        public void Add(PredictAnswer answer, int rows) => _answers.Add((answer, rows));

        public ValueTask DisposeAsync()
        {
            if (_answers.Count == 0)
                return ValueTask.CompletedTask;

            List<string> columns = [.. _answers.SelectMany(each => each.Answer.Outputs.Keys)
                .Distinct(StringComparer.Ordinal)];
            var list = new Listing([.. columns, "version", "arm", "prediction id"]);
            foreach (var (answer, rows) in _answers)
            {
                for (var row = 0; row < rows; row++)
                {
                    list.Add(
                    [
                        .. Cells(columns, answer, row, rows), answer.Answer ?? $"{answer.Model}/{answer.Version}",
                        answer.Arm, answer.PredictionId,
                    ]);
                }
            }

            list.Write(terminal);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>
    /// The columns of a stream: the outputs of the first answer that has any. Answers of arms without outputs wait for
    /// it, so that every line has the same columns.
    /// </summary>
    private sealed class Columns
    {
        private readonly List<(PredictAnswer Answer, int Rows)> _waiting = [];

        public IReadOnlyList<string>? Names { get; private set; }

        /// <summary>The answers that can be written now.</summary>
        public List<(PredictAnswer Answer, int Rows)> Take(PredictAnswer answer, int rows)
        {
            _waiting.Add((answer, rows));
            if (Names is null && answer.Outputs.Count > 0)
                Names = [.. answer.Outputs.Keys];
            return Names is null ? [] : TakeRest();
        }

        public List<(PredictAnswer Answer, int Rows)> TakeRest()
        {
            List<(PredictAnswer, int)> ready = [.. _waiting];
            _waiting.Clear();
            return ready;
        }
    }
}
