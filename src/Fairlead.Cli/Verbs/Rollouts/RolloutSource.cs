using System.CommandLine;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>A rollout as a command line says it: a file, or an endpoint with candidates and a strategy.</summary>
internal sealed class RolloutSource
{
    private readonly Argument<string?> _endpoint = new("endpoint")
    {
        Description = "The endpoint to move, unless a file says it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _file = FileOption();

    private readonly Option<string[]> _candidates = new("--candidate")
    {
        Description = "The version to move to; of a model alone, its newest version (repeatable)",
        HelpName = "model[/n|@alias]",
    };

    private readonly Option<string?> _strategy = Options.Of<string?>("--strategy", "name",
        "all-at-once, blue-green, canary, conservative or control; files say the others [default: canary]");

    private readonly Option<string[]> _weights = new("--weight")
    {
        Description = "A rung of the ladder, such as 5% (repeatable)",
        HelpName = "share",
    };

    private readonly Option<TimeSpan?> _interval = Options.Duration("--interval", "Time on each rung, at least");
    private readonly Option<TimeSpan?> _bake = Options.Duration("--bake", "Time on the winner before it is stable");
    private readonly Option<TimeSpan?> _warm = Options.Duration("--keep-warm", "Time to keep the old version loaded");
    private readonly Option<string?> _alias = Options.Of<string?>("--alias", "alias", "An alias to move to the winner");

    public static Option<string?> FileOption() => new("--file", "-f")
    {
        Description = "A YAML or JSON document of kind Rollout; - reads standard input",
        HelpName = "file",
    };

    public Command AddTo(Command command)
    {
        command.Add(_endpoint);
        foreach (var option in (Option[])[_file, _candidates, _strategy, _weights, _interval, _bake, _warm, _alias])
            command.Add(option);
        return command;
    }

    /// <summary>Sends what the command line says, either as the document or as a request.</summary>
    public async Task<T> SendAsync<T>(
        Call call, Func<string, Task<T>> document, Func<RolloutRequest, Task<T>> request,
        CancellationToken cancellation)
    {
        if (call.Value(_file) is { } file)
        {
            return call.Value(_endpoint) is null && call.Value(_candidates).Length == 0
                ? await document(await ReadAsync(call, file, cancellation))
                : throw CliException.Usage("the file says the endpoint and the candidates; leave them out here.");
        }

        if (call.Value(_endpoint) is { } controlled && call.Value(_strategy) == "control")
            return await request(Control(call, controlled));
        if (call.Value(_endpoint) is not { } endpoint || call.Value(_candidates).Length == 0)
        {
            throw CliException.Usage("nothing says what to roll out.",
                "Write an endpoint and --candidate MODEL/N, or --file FILE.");
        }

        return await request(await RequestAsync(call, endpoint, cancellation));
    }

    public static async Task<string> ReadAsync(Call call, string file, CancellationToken cancellation)
    {
        if (file != "-")
        {
            return File.Exists(file)
                ? await File.ReadAllTextAsync(file, cancellation)
                : throw CliException.Usage($"the file {file} does not exist.");
        }

        using var input = new StreamReader(call.Terminal.OpenInput());
        return await input.ReadToEndAsync(cancellation);
    }

    /// <summary>A control group that is answered nothing; files say other answers.</summary>
    private RolloutRequest Control(Call call, string endpoint) =>
        call.Value(_candidates).Length == 0 && call.Value(_weights) is [var share]
            ? new RolloutRequest
            {
                Endpoint = endpoint,
                Strategy = "control",
                Holdout = new HoldoutRequest { Share = Shares([share])[0], Answer = "none" },
            }
            : throw CliException.Usage("a control group has one --weight and no --candidate.",
                "Write --strategy control --weight 5%.");

    private async Task<RolloutRequest> RequestAsync(Call call, string endpoint, CancellationToken cancellation)
    {
        var candidates = new List<CandidateRequest>();
        foreach (var text in call.Value(_candidates))
        {
            if (!VersionReference.TryParse(text, out var version))
                throw CliException.Usage($"'{text}' is no version: write NAME, NAME/3 or NAME@champion.");
            candidates.Add(new CandidateRequest
            {
                Model = version.Model,
                Version = await version.ResolveAsync(call.Client, cancellation),
            });
        }

        var options = new StrategyRequest
        {
            Weights = call.Value(_weights) is { Length: > 0 } rungs ? Shares(rungs) : null,
        };
        return new RolloutRequest
        {
            Endpoint = endpoint,
            Candidates = candidates,
            Strategy = call.Value(_strategy) ?? "canary",
            Options = call.Value(_interval) is { } interval ? options with { Interval = interval } : options,
            Bake = call.Value(_bake) ?? TimeSpan.Zero,
            KeepWarm = call.Value(_warm) ?? TimeSpan.Zero,
            Alias = call.Value(_alias),
        };
    }

    private static List<double> Shares(string[] rungs)
    {
        var shares = new List<double>();
        foreach (var text in rungs)
        {
            if (!ShareText.TryParse(text, out var share))
                throw CliException.Usage($"--weight '{text}': a share is written like 5% or 0.05.");
            shares.Add(share);
        }

        return shares;
    }
}
