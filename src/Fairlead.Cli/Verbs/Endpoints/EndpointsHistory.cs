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
        return new Command("history", "Show the changes of an endpoint, newest first") { name }
            .Runs(terminal, async (call, cancellation) =>
            {
                var history = await Pages.AllAsync(
                    page => call.Client.ListEndpointHistoryAsync(call.Value(name), page, cancellation));
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
