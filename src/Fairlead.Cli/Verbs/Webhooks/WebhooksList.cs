using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Lists webhooks with how they do.</summary>
internal static class WebhooksList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List webhooks with how they do").Runs(terminal, async (call, cancellation) =>
        {
            var webhooks = await Pages.AllAsync(page => call.Client.ListWebhooksAsync(page, cancellation));
            call.Write(webhooks, to => Show(webhooks.Items, to));
        });

    private static void Show(IReadOnlyList<WebhookInfo> webhooks, Terminal to)
    {
        var list = new Listing("webhook", "target", "signed", "events", "waiting", "dead", "failures", "next try");
        foreach (var webhook in webhooks)
        {
            list.Add(webhook.Name, webhook.Target, webhook.HasSecret, string.Join(", ", webhook.Events),
                webhook.Waiting, webhook.Dead, webhook.Failures, webhook.NotBefore);
        }

        list.Write(to);
    }
}
