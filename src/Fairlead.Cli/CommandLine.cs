using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs;
using Fairlead.Cli.Verbs.Data;
using Fairlead.Cli.Verbs.Alerts;
using Fairlead.Cli.Verbs.Demo;
using Fairlead.Cli.Verbs.Endpoints;
using Fairlead.Cli.Verbs.Import;
using Fairlead.Cli.Verbs.Keys;
using Fairlead.Cli.Verbs.Lineage;
using Fairlead.Cli.Verbs.Models;
using Fairlead.Cli.Verbs.Monitors;
using Fairlead.Cli.Verbs.Outcomes;
using Fairlead.Cli.Verbs.Predictions;
using Fairlead.Cli.Verbs.Receivers;
using Fairlead.Cli.Verbs.Rollouts;
using Fairlead.Cli.Verbs.Runs;
using Fairlead.Cli.Verbs.Schemas;
using Fairlead.Cli.Verbs.Series;
using Fairlead.Cli.Verbs.Serving;

namespace Fairlead.Cli;

/// <summary>The program's command line: its verbs in the order in which a person meets them.</summary>
public static class CommandLine
{
    /// <summary>Time that a verb has to stop after Ctrl-C before the process ends without it.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(5);

    /// <summary>All verbs and the options that each of them takes.</summary>
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Guides live traffic onto new machine-learning models.")
        {
            GlobalOptions.Server,
            GlobalOptions.Key,
            GlobalOptions.Authority,
            GlobalOptions.Json,
        };
        root.Add(DemoVerb.Create(terminal));
        root.Add(ServeVerb.Create(terminal));
        root.Add(ModelsVerb.Create(terminal));
        root.Add(DataVerb.Create(terminal));
        root.Add(LineageVerb.Create(terminal));
        root.Add(EndpointsVerb.Create(terminal));
        root.Add(RolloutsVerb.Create(terminal));
        root.Add(RunsVerb.Create(terminal));
        root.Add(ImportVerb.Create(terminal));
        root.Add(ValueVerb.Create(terminal));
        root.Add(WindowsVerb.Create(terminal));
        root.Add(DriftVerb.Create(terminal));
        root.Add(SkewVerb.Create(terminal));
        root.Add(QualityVerb.Create(terminal));
        root.Add(MonitorsVerb.Create(terminal));
        root.Add(SeriesVerb.Create(terminal));
        root.Add(CostVerb.Create(terminal));
        root.Add(SchemaVerb.Create(terminal));
        root.Add(AlertsVerb.Create(terminal));
        root.Add(ReceiversVerb.Create(terminal));
        root.Add(ApplyVerb.Create(terminal));
        root.Add(PredictVerb.Create(terminal));
        root.Add(OutcomesVerb.Create(terminal));
        root.Add(PredictionsVerb.Create(terminal));
        root.Add(KeysVerb.Create(terminal));
        root.Add(AuditVerb.Create(terminal));
        root.Add(StatusVerb.Create(terminal));
        root.Add(CompletionVerb.Create(terminal));
        root.Add(ProbeVerb.Create(terminal));
        root.Add(AnswerQueryVerb.Create(terminal));
        root.Add(VersionVerb.Create(terminal));
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new HelpAction { MaxWidth = terminal.Width };
        return root;
    }

    /// <summary>Parses and runs one command line; the result is one of <see cref="ExitCodes"/>.</summary>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellation = default)
    {
        var parsed = Create(terminal).Parse(arguments);
        if (parsed.Action is ParseErrorAction)
            return ExplainUsage(parsed, terminal);

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToStop,
        };
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    private static int ExplainUsage(ParseResult parsed, Terminal terminal)
    {
        var command = parsed.CommandResult.Command;
        string[] words = [.. Words(parsed.CommandResult)];
        var path = string.Join(' ', words.Prepend("fairlead"));

        // A group of verbs without a verb: show what there is.
        if (command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0)
        {
            var help = new InvocationConfiguration { Output = command is RootCommand ? terminal.Out : terminal.Error };
            Create(terminal).Parse([.. words, "--help"]).Invoke(help);
            return command is RootCommand ? ExitCodes.Ok : ExitCodes.Usage;
        }

        foreach (var error in parsed.Errors)
            terminal.Error.WriteLine($"{path}: {error.Message}");
        terminal.Error.WriteLine($"  See: {path} --help");
        return ExitCodes.Usage;
    }

    /// <summary>The words that lead to a verb, without the program's own name.</summary>
    private static IEnumerable<string> Words(CommandResult result) =>
        result.Parent is CommandResult parent ? Words(parent).Append(result.Command.Name) : [];
}
