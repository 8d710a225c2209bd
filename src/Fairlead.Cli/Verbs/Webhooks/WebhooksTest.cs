using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Sends a message to try a webhook.</summary>
internal static class WebhooksTest
{
    public static Command Create(Terminal terminal)
    {
        var name = WebhooksVerb.Name();
        return new Command("test", "Send a message to try a webhook") { name }
            .Runs(terminal, async (call, cancellation) =>
            {
                var end = await call.Client.TestWebhookAsync(call.Value(name), cancellation);
                call.Write(end, to => to.Out.WriteLine(Listing.Cell(
                    $"{call.Value(name)}: {(end.Delivered ? "delivered" : "not delivered")}. {end.Why}")));
                return end.Delivered ? ExitCodes.Ok : ExitCodes.Refused;
            });
    }
}
