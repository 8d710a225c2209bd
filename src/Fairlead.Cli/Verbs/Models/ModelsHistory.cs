using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Shows where a model's aliases pointed, and who moved them.</summary>
internal static class ModelsHistory
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The model" };
        var alias = Options.Of<string?>("--alias", "alias", "Only this alias");
        var at = Options.Of<string?>("--at", "when",
            "Only where each alias pointed then, and who had moved it there: a day, an instant, or 2h for 2 hours ago");
        return new Command("history", "Show the moves of a model's aliases, newest first") { name, alias, at }
            .Runs(terminal, async (call, cancellation) =>
            {
                var then = Instants.Past(call.Value(at), terminal.Clock);
                var moves = await Pages.AllAsync(page => call.Client.ListAliasHistoryAsync(
                    call.Value(name), call.Value(alias), then, page, cancellation));
                call.Write(moves, to => Show(moves.Items, to));
            });
    }

    private static void Show(IReadOnlyList<AliasMove> moves, Terminal to)
    {
        var list = new Listing("alias", "version", "before", "when", "who", "reason");
        foreach (var move in moves)
            list.Add(move.Alias, (object?)move.Version ?? "removed", move.Before, move.When, move.Who, move.Reason);
        list.Write(to);
    }
}
