using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Shows the changes of an endpoint; they are kept after it is deleted.</summary>
internal static class EndpointsHistory
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The endpoint" };
        var at = Options.Of<string?>("--at", "when",
            "Only what it was then, and who had made it so: a day, an instant, or 2h for 2 hours ago");
        return new Command("history", "Show the changes of an endpoint, newest first") { name, at }
            .Runs(terminal, async (call, cancellation) =>
            {
                var then = Instants.Past(call.Value(at), terminal.Clock);
                var history = await Pages.AllAsync(
                    page => call.Client.ListEndpointHistoryAsync(call.Value(name), page, then, cancellation));
                call.Write(history, to => Show(history.Items, to));
            });
    }

    private static void Show(IReadOnlyList<EndpointHistoryEntry> history, Terminal to)
    {
        var list = new Listing("generation", "when", "who", "change", "traffic", "reason");
        foreach (var entry in history)
        {
            var traffic = entry.Endpoint is null ? "" : EndpointsList.Traffic(entry.Endpoint);
            list.Add(entry.Generation, entry.When, entry.Who, entry.Change, traffic, entry.Reason);
        }

        list.Write(to);
    }
}
