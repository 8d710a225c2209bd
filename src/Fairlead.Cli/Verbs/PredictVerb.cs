using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Asks an endpoint about rows from the command line, a file or standard input, batch by batch.</summary>
internal sealed class PredictVerb
{
    private const int DefaultBatch = 256;

    private readonly Argument<string> _endpoint = new("endpoint") { Description = "The endpoint" };

    private readonly Option<string[]> _rows = new("--row")
    {
        Description = "A row: field=value,field=value or a JSON object (repeatable)",
        HelpName = "fields",
    };

    private readonly Option<string?> _file = new("--file")
    {
        Description = "Rows from a .json, .jsonl, .csv or .parquet file; - reads standard input",
        HelpName = "file",
    };

    private readonly Option<string> _output = new("--output")
    {
        Description = "Form of the answer [default: table on a terminal, else csv; json with --json]",
        HelpName = "json|csv|table",
    };

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Most rows of one request",
        HelpName = "n",
        DefaultValueFactory = _ => DefaultBatch,
    };

    private readonly Option<string?> _unit = new("--unit")
    {
        Description = "Whom the rows are about, where the endpoint keeps a unit on its variant",
        HelpName = "unit",
    };

    public static Command Create(Terminal terminal)
    {
        var verb = new PredictVerb();
        verb._output.AcceptOnlyFromAmong("json", "csv", "table");
        return new Command("predict", "Ask an endpoint for predictions")
        {
            verb._endpoint, verb._rows, verb._file, verb._output, verb._batch, verb._unit,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Value(_batch) < 1)
            throw CliException.Usage("--batch is at least 1.");
        var endpoint = call.Value(_endpoint);
        var rows = await OpenAsync(call, cancellation);
        var (header, parameters) = await UnitAsync(call, cancellation);
        await using var answers = AnswerWriters.Create(Form(call), call.Terminal);
        var done = 0;
        try
        {
            await foreach (var batch in BatchesAsync(rows, call.Value(_batch), cancellation))
            {
                var request = new PredictRequest(batch) { Parameters = parameters };
                var answer = await call.Client.PredictAsync(endpoint, request, header, cancellation);
                answers.Add(answer, batch.Count);
                done += batch.Count;
            }
        }
        catch (Exception failure) when (done > 0 && failure is not OperationCanceledException)
        {
            Failures.Explain(failure, call.Server, call.Terminal);
            call.Note($"  The first {done} rows were answered; go on with row {done + 1}.");
            return ExitCodes.PartlyDone;
        }

        if (done == 0)
            throw CliException.Usage("there are no rows to ask about.");
        return ExitCodes.Ok;
    }

    private string Form(Call call) =>
        call.Value(_output) ?? (call.Json ? "json" : call.Terminal.OutIsTerminal ? "table" : "csv");

    private async Task<IRowSource> OpenAsync(Call call, CancellationToken cancellation)
    {
        var (arguments, file) = (call.Value(_rows) ?? [], call.Value(_file));
        if (arguments.Length > 0 == file is not null)
            throw CliException.Usage("give rows either with --row or with --file.", "--file - reads standard input.");

        Task<FieldTypes> Types() => ModelFields.ReadAsync(call.Client, call.Value(_endpoint), cancellation);
        if (arguments.Length > 0)
        {
            var types = arguments.All(row => row.StartsWith('{')) ? ModelFields.None : await Types();
            return new ArgumentRows(arguments, types);
        }

        return file == "-"
            ? await RowSources.SniffAsync(call.Terminal.OpenInput(), Types, call.Note, cancellation)
            : await RowSources.OpenFileAsync(file!, Types, call.Note, cancellation);
    }

    /// <summary>Puts the unit where the endpoint looks for it.</summary>
    private async Task<((string, string)? Header, Dictionary<string, string>? Parameters)> UnitAsync(
        Call call, CancellationToken cancellation)
    {
        if (call.Value(_unit) is not { } unit)
            return (null, null);
        var endpoint = await call.Client.GetEndpointAsync(call.Value(_endpoint), cancellation);
        var rule = endpoint.Unit.Split(':', 2);
        return rule switch
        {
            ["header", var name] => ((name, unit), null),
            ["field", var name] => (null, new Dictionary<string, string> { [name] = unit }),
            _ => throw CliException.Usage(
                $"{endpoint.Name} assigns every request by itself, so --unit says nothing to it."),
        };
    }

    private static async IAsyncEnumerable<List<JsonObject>> BatchesAsync(
        IRowSource rows, int size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var batch = new List<JsonObject>();
        await foreach (var row in rows.ReadAsync(cancellation))
        {
            batch.Add(row);
            if (batch.Count < size)
                continue;
            yield return batch;
            batch = [];
        }

        if (batch.Count > 0)
            yield return batch;
    }
}
