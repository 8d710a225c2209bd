using System.CommandLine;
using Fairlead.Cli.Evaluating;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Scores a version on labelled rows, keeps the figures with it, and holds it against another one.</summary>
internal sealed class EvaluateVerb
{
    private const int DefaultBatch = 5_000;

    private readonly Argument<VersionReference> _version = Options.Version("The version");

    private readonly Option<string> _data = new("--data")
    {
        Description = "A .csv, .parquet, .json or .jsonl file, or a registered dataset as NAME[/N]",
        HelpName = "file|dataset",
        Required = true,
    };

    private readonly Option<string> _label = new("--label")
    {
        Description = "The column that holds what it was",
        HelpName = "column",
        Required = true,
    };

    private readonly Option<string?> _task = Options.Of<string?>(
        "--task", "task", "classification, regression or ranking [default: classification]");

    private readonly Option<string?> _positive = Options.Of<string?>(
        "--positive", "class", "The class that counts as positive");

    private readonly Option<string?> _output = Options.Of<string?>(
        "--output", "output", "The output that is held against the label [default: of the label's name, or the first]");

    private readonly Option<string?> _score = Options.Of<string?>(
        "--score", "output", "The output with its probability, such as probabilities[1]");

    private readonly Option<string?> _by = Options.Of<string?>(
        "--by", "column", "The column by whose values it is told too; of a ranking: which names the lists");

    private readonly Option<VersionReference?> _against = new("--against")
    {
        Description = "Another version, to be held against on the same rows",
        HelpName = "model[/n|@alias]",
        CustomParser = result =>
        {
            if (VersionReference.TryParse(result.Tokens[0].Value, out var reference))
                return reference;
            result.AddError($"--against '{result.Tokens[0].Value}': write NAME, NAME/3 or NAME@champion.");
            return null;
        },
    };

    private readonly Option<int?> _limit = Options.Of<int?>("--limit", "n", "Only the first rows");

    private readonly Option<int> _batch = new("--batch")
    {
        Description = "Most rows of one request",
        HelpName = "n",
        DefaultValueFactory = _ => DefaultBatch,
    };

    private readonly Option<bool> _again = new("--again")
    {
        Description = "Evaluate even where the same was evaluated before",
    };

    private readonly Option<string?> _reason = Options.Reason();

    public static Command Create(Terminal terminal)
    {
        var verb = new EvaluateVerb();
        return new Command("evaluate", "Score a version on labelled rows, alone or against another one")
        {
            verb._version, verb._data, verb._label, verb._task, verb._positive, verb._output, verb._score, verb._by,
            verb._against, verb._limit, verb._batch, verb._again, verb._reason,
        }.Runs(terminal, verb.RunAsync);
    }

    private async Task RunAsync(Call call, CancellationToken cancellation)
    {
        if (call.Value(_batch) < 1)
            throw CliException.Usage("--batch is at least 1.");
        var version = await FindAsync(call, call.Value(_version), cancellation);
        var other = call.Value(_against) is { } against ? await FindAsync(call, against, cancellation) : null;
        var data = await EvaluationData.FindAsync(call.Client, call.Value(_data)!, cancellation);
        var run = new EvaluationRun(call.Client, data, call.Value(_batch), call.Note);

        var evaluation = await run.RunAsync(version, Request(call, data), cancellation);
        if (other is null)
        {
            call.Write(evaluation, to => EvaluationText.Show(evaluation, to));
            return;
        }

        var first = await run.RunAsync(other, Request(call, data), cancellation);
        var comparison = await call.Client.CompareEvaluationsAsync(evaluation.Id, first.Id, cancellation);
        call.Write(new { evaluation, comparison }, to =>
        {
            EvaluationText.Show(evaluation, to);
            EvaluationText.Show(comparison, to);
        });
    }

    private static async Task<VersionInfo> FindAsync(
        Call call, VersionReference reference, CancellationToken cancellation) =>
        await call.Client.GetVersionAsync(
            reference.Model, await reference.ResolveAsync(call.Client, cancellation), cancellation);

    private EvaluationRequest Request(Call call, EvaluationData data) => new()
    {
        Label = call.Value(_label)!,
        Task = call.Value(_task) ?? "classification",
        Positive = call.Value(_positive),
        Output = call.Value(_output),
        Score = call.Value(_score),
        By = call.Value(_by),
        Digest = data.Digest,
        Dataset = data.Dataset,
        Source = data.Path,
        Limit = call.Value(_limit),
        Again = call.Value(_again),
        Reason = call.Value(_reason),
    };
}
