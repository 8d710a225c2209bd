using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Makes or changes a webhook.</summary>
internal static class WebhooksAdd
{
    private const string SecretVariable = "FAIRLEAD_WEBHOOK_SECRET";

    public static Command Create(Terminal terminal)
    {
        var name = WebhooksVerb.Name();
        var url = Options.Of<string?>("--url", "url", "Where to [default: as it is]");
        var secret = Options.Of<string?>(
            "--secret", "text", $"What messages are signed with [default: ${SecretVariable}, or as it is]");
        var events = new Option<string[]>("--event")
        {
            Description = "An event (alias.set), those of a thing (alias), or * (repeatable)",
            HelpName = "event",
        };
        var reason = Options.Reason();
        return new Command("add", "Make or change a webhook; it is told of what happens from then on")
        { name, url, secret, events, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var webhook = await call.Client.PutWebhookAsync(call.Value(name), new WebhookRequest
                {
                    Url = call.Value(url),
                    Secret = call.Value(secret) ?? terminal.Environment(SecretVariable),
                    Events = call.Value(events) ?? [],
                    Reason = call.Value(reason),
                }, cancellation);
                call.Write(webhook, to => new Facts()
                    .Add("webhook", webhook.Name)
                    .Add("target", webhook.Target)
                    .Add("signed", webhook.HasSecret)
                    .Add("events", string.Join(", ", webhook.Events))
                    .Write(to));
            });
    }
}
