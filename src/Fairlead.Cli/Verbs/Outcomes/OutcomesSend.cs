using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fairlead.Cli.Rows;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Outcomes;

/// <summary>Reports one outcome from the command line, or many from a file. Sending again changes nothing.</summary>
internal sealed class OutcomesSend
{
    /// <summary>Most outcomes of one request; the server takes 1,000.</summary>
    private const int Batch = 500;

    /// <summary>Refused outcomes that are shown one by one.</summary>
    private const int ShownRefusals = 10;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    private static readonly FieldTypes Fields = new(new Dictionary<string, string>
    {
        ["predictionId"] = "BYTES",
        ["endpoint"] = "BYTES",
        ["unit"] = "BYTES",
        ["row"] = "INT64",
        ["name"] = "BYTES",
        ["label"] = "BYTES",
        ["value"] = "FP64",
        ["at"] = "BYTES",
    }, null);

    private readonly Option<string?> _prediction = Options.Of<string?>("--prediction", "id", "The prediction's id");
    private readonly Option<string?> _endpoint =
        Options.Of<string?>("--endpoint", "name", "With --unit: the endpoint that answered");
    private readonly Option<string?> _unit =
        Options.Of<string?>("--unit", "unit", "Whom the newest answer was about, in place of --prediction");
    private readonly Option<int?> _row =
        Options.Of<int?>("--row", "number", "Which row of the request, where that had several [default: 0, the first]");
    private readonly Option<string?> _name =
        Options.Of<string?>("--name", "name", "What turned out: label, click; of a file: for rows that say nothing");
    private readonly Option<double?> _value = Options.Of<double?>("--value", "number", "A number: 0 or 1, an amount");
    private readonly Option<string?> _label = Options.Of<string?>("--label", "class", "A class");
    private readonly Option<DateTimeOffset?> _at =
        Options.Of<DateTimeOffset?>("--at", "time", "When it turned out; left out: now");
    private readonly Option<string?> _file = Options.Of<string?>("--file", "file",
        "Many, from a .json, .jsonl, .csv or .parquet file with the fields predictionId (or endpoint and unit), row, "
            + "name, value, label, at; - reads standard input");

    public static Command Create(Terminal terminal)
    {
        var verb = new OutcomesSend();
        return new Command("send", "Report what turned out for predictions; sending again changes nothing")
        {
            verb._prediction, verb._endpoint, verb._unit, verb._row, verb._name, verb._value, verb._label,
            verb._at, verb._file,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task<int> RunAsync(Call call, CancellationToken cancellation)
    {
        var sum = new OutcomesResult();
        var done = 0;
        try
        {
            var told = call.Terminal.Clock.GetTimestamp();
            await foreach (var batch in BatchesAsync(call, cancellation))
            {
                var result = await call.Client.ReportOutcomesAsync(
                    new OutcomesRequest { Outcomes = batch }, cancellation);
                sum = Add(sum, result, done);
                done += batch.Count;
                if (call.Terminal.ErrorIsTerminal && call.Terminal.Clock.GetElapsedTime(told) >= ProgressInterval)
                {
                    told = call.Terminal.Clock.GetTimestamp();
                    call.Note($"  {done} outcomes sent, {sum.Refused.Count} refused");
                }
            }
        }
        catch (Exception failure) when (done > 0 && failure is not OperationCanceledException)
        {
            Failures.Explain(failure, call.Server, call.Terminal);
            call.Note($"  The first {done} outcomes were sent; send the file again: those change nothing.");
            return ExitCodes.PartlyDone;
        }

        if (done == 0)
            throw CliException.Usage("there are no outcomes to send.");
        call.Write(sum, to => Show(sum, to));
        return sum.Refused.Count == 0 ? ExitCodes.Ok
            : sum.Refused.Count == done ? ExitCodes.Refused
            : ExitCodes.PartlyDone;
    }

    private async IAsyncEnumerable<List<OutcomeItem>> BatchesAsync(
        Call call, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (call.Value(_file) is not { } file)
        {
            yield return [One(call)];
            yield break;
        }

        string?[] misplaced =
        [
            call.Value(_prediction) is null ? null : "--prediction", call.Value(_unit) is null ? null : "--unit",
            call.Value(_row) is null ? null : "--row", call.Value(_value) is null ? null : "--value",
            call.Value(_label) is null ? null : "--label", call.Value(_at) is null ? null : "--at",
        ];
        if (misplaced.FirstOrDefault(option => option is not null) is { } option)
        {
            throw CliException.Usage($"with --file, what {option} would say stands in the file.",
                "Only --name and --endpoint go with it, for rows that say nothing.");
        }

        static Task<FieldTypes> Types() => Task.FromResult(Fields);
        var rows = file == "-"
            ? await RowSources.SniffAsync(call.Terminal.OpenInput(), Types, call.Note, cancellation)
            : await RowSources.OpenFileAsync(file, Types, call.Note, cancellation);
        var (batch, number) = (new List<OutcomeItem>(), 0);
        await foreach (var row in rows.ReadAsync(cancellation))
        {
            batch.Add(Read(row, ++number, call));
            if (batch.Count < Batch)
                continue;
            yield return batch;
            batch = [];
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private OutcomeItem One(Call call) => new()
    {
        PredictionId = call.Value(_prediction),
        Endpoint = call.Value(_endpoint),
        Unit = call.Value(_unit),
        Row = call.Value(_row),
        Name = call.Value(_name) ?? throw CliException.Usage("say what turned out: --name label."),
        Value = call.Value(_value),
        Label = call.Value(_label),
        At = call.Value(_at),
    };

    /// <summary>A row of a file; what the file leaves out is as the options say.</summary>
    private OutcomeItem Read(JsonObject row, int number, Call call)
    {
        foreach (var field in row.Select(each => each.Key))
        {
            if (!Fields.Knows(field))
                throw CliException.Usage($"row {number}: there is no field '{field}'; outcomes have {Fields.Names}.");
        }

        row["endpoint"] ??= call.Value(_endpoint);
        row["name"] ??= call.Value(_name)
            ?? throw CliException.Usage($"row {number} has no name; give one to all with --name.");
        try
        {
            return row.Deserialize<OutcomeItem>(CliJson.Compact)!;
        }
        catch (JsonException failure)
        {
            throw CliException.Usage($"row {number}: {failure.Path} is not what it should be.");
        }
    }

    private static OutcomesResult Add(OutcomesResult sum, OutcomesResult part, int before) => new()
    {
        Accepted = sum.Accepted + part.Accepted,
        Pending = sum.Pending + part.Pending,
        Unchanged = sum.Unchanged + part.Unchanged,
        Corrected = sum.Corrected + part.Corrected,
        Refused = [.. sum.Refused, .. part.Refused.Select(each => each with { Index = each.Index + before })],
    };

    private static void Show(OutcomesResult sum, Terminal to)
    {
        var results = new Listing("result", "outcomes");
        results.Add("matched", sum.Accepted);
        results.Add("waiting for the record of the answer", sum.Pending);
        results.Add("known already", sum.Unchanged);
        results.Add("corrected", sum.Corrected);
        foreach (var code in sum.Refused.GroupBy(each => each.Code).OrderBy(each => each.Key, StringComparer.Ordinal))
            results.Add($"refused: {code.Key}", code.Count());
        results.Write(to);
        foreach (var refused in sum.Refused.Take(ShownRefusals))
            to.Error.WriteLine($"  row {refused.Index + 1}: {refused.Message}");
        if (sum.Refused.Count > ShownRefusals)
            to.Error.WriteLine($"  and {sum.Refused.Count - ShownRefusals} more; --json lists all of them.");
    }
}
