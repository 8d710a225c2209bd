using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Removes a webhook.</summary>
internal static class WebhooksRemove
{
    public static Command Create(Terminal terminal)
    {
        var name = WebhooksVerb.Name();
        var reason = Options.Reason();
        return new Command("remove", "Remove a webhook; what waits for it is dropped") { name, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                await call.Client.DeleteWebhookAsync(call.Value(name), call.Value(reason), cancellation);
                call.Note($"{call.Value(name)} is removed.");
            });
    }
}
