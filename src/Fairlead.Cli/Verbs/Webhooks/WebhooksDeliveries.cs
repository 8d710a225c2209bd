using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Lists messages to a webhook.</summary>
internal static class WebhooksDeliveries
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var name = WebhooksVerb.Name();
        var limit = new Option<int>("--limit")
        {
            Description = "Most messages to show",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        return new Command("deliveries", "List messages to a webhook, newest first") { name, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                var deliveries = await Pages.AllAsync(
                    page => call.Client.ListWebhookDeliveriesAsync(call.Value(name), page, cancellation),
                    call.Value(limit));
                call.Write(deliveries, to => Show(deliveries.Items, to));
            });
    }

    private static void Show(IReadOnlyList<WebhookDeliveryInfo> deliveries, Terminal to)
    {
        var list = new Listing("message", "event", "status", "attempts", "since", "ended", "last attempt");
        foreach (var each in deliveries)
            list.Add(each.Token, each.Event, each.Status, each.Attempts, each.CreatedAt, each.EndedAt, each.Why);
        list.Write(to);
    }
}
