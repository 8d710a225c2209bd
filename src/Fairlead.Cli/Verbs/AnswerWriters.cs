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
        "csv" => new CsvAnswers(terminal.Out),
        _ => new TableAnswers(terminal),
    };

    /// <summary>The outputs of one row, as text.</summary>
    private static IEnumerable<string> Cells(PredictAnswer answer, int row, int rows) =>
        answer.Outputs.Values.Select(output =>
        {
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

    /// <summary>One line a row: the outputs, then who gave them.</summary>
    private sealed class CsvAnswers(TextWriter to) : IAnswerWriter
    {
        private bool _headed;

        public void Add(PredictAnswer answer, int rows)
        {
            if (!_headed)
                Line(answer.Outputs.Keys.Concat(["model", "version", "arm", "predictionId"]));
            _headed = true;
            for (var row = 0; row < rows; row++)
            {
                Line(Cells(answer, row, rows).Concat(
                    [answer.Model, Listing.Cell(answer.Version), answer.Arm, answer.PredictionId]));
            }

            to.Flush();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Line(IEnumerable<string> cells) => to.WriteLine(string.Join(',', cells.Select(Quote)));

        private static string Quote(string cell) =>
            cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;
    }

    /// <summary>A table at the end, as its columns are as wide as their widest cell.</summary>
    private sealed class TableAnswers(Terminal terminal) : IAnswerWriter
    {
        private Listing? _list;

        public void Add(PredictAnswer answer, int rows)
        {
            _list ??= new Listing([.. answer.Outputs.Keys, "version", "arm", "prediction id"]);
            for (var row = 0; row < rows; row++)
            {
                _list.Add(
                    [.. Cells(answer, row, rows), $"{answer.Model}/{answer.Version}", answer.Arm, answer.PredictionId]);
            }
        }

        public ValueTask DisposeAsync()
        {
            _list?.Write(terminal);
            return ValueTask.CompletedTask;
        }
    }
}
