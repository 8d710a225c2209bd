using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Webhooks;

/// <summary>Web services that are told of events.</summary>
internal static class WebhooksVerb
{
    public static Command Create(Terminal terminal) => new("webhooks", "Tell web services of events")
    {
        WebhooksAdd.Create(terminal),
        WebhooksList.Create(terminal),
        WebhooksDeliveries.Create(terminal),
        WebhooksTest.Create(terminal),
        WebhooksRemove.Create(terminal),
    };

    internal static Argument<string> Name() => new("name") { Description = "The webhook" };
}
