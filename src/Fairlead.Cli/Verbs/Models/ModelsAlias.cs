using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Moves or removes an alias by compare-and-swap.</summary>
internal static class ModelsAlias
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The model" };
        var alias = new Argument<string>("alias") { Description = "The alias, such as champion" };
        var version = new Argument<int?>("version")
        {
            Description = "The version to point to",
            HelpName = "n",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var expected = new Option<int?>("--expected")
        {
            Description = "Refuse unless it points to this version now; 0: unless it does not exist "
                + "[default: whatever it points to]",
            HelpName = "n",
        };
        var remove = new Option<bool>("--remove") { Description = "Remove the alias instead" };
        var reason = Options.Reason();
        var command = new Command("alias", "Point an alias to a version, or remove it")
        { name, alias, version, expected, remove, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var (model, pointer) = (call.Value(name), call.Value(alias));
            if (call.Value(remove) == call.Value(version) is not null)
                throw CliException.Usage("say either which version the alias shall point to, or --remove.");
            if (call.Value(remove))
            {
                await call.Client.DeleteAliasAsync(
                    model, pointer, call.Value(expected), call.Value(reason), cancellation);
                call.Write(new Done("removed", $"{model}@{pointer}"), _ => call.Note($"{model}@{pointer} is removed."));
                return;
            }

            var now = call.Value(expected) ?? await PresentAsync(call, model, pointer, cancellation);
            var moved = await call.Client.SetAliasAsync(model, pointer, new SetAliasRequest
            {
                Version = call.Value(version)!.Value,
                Expected = now == 0 ? null : now,
                Reason = call.Value(reason),
            }, cancellation);
            var from = now == 0 ? "" : $" (was {model}/{now})";
            call.Write(moved, _ => call.Note($"{model}@{pointer} points to {model}/{moved.Version}{from}."));
        });
    }

    /// <summary>Where the alias points; 0: it does not exist.</summary>
    private static async Task<int> PresentAsync(
        Call call, string model, string alias, CancellationToken cancellation) =>
        (await call.Client.GetModelAsync(model, cancellation)).Aliases.GetValueOrDefault(alias);
}
