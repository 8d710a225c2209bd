using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Receivers;

/// <summary>Shows a receiver and its times.</summary>
internal static class ReceiversShow
{
    public static Command Create(Terminal terminal)
    {
        var name = ReceiversVerb.Name();
        return new Command("show", "Show a receiver without its secrets") { name }
            .Runs(terminal, async (call, cancellation) =>
            {
                var receiver = await call.Client.GetReceiverAsync(call.Value(name), cancellation);
                call.Write(receiver, to => Show(receiver, to));
            });
    }

    private static void Show(ReceiverInfo receiver, Terminal to)
    {
        var settings = receiver.Settings;
        to.Out.WriteLine(Listing.Cell($"{receiver.Name}  {receiver.Type}, {receiver.Target}"));
        if (receiver.HasSecret)
            to.Out.WriteLine("  has a secret, which nobody is shown");
        to.Out.WriteLine(Listing.Cell($"  tells together what shares {string.Join(", ", settings.GroupBy)}"));
        to.Out.WriteLine($"  waits {DurationText.Format(settings.GroupWait)} for others, "
            + $"tells at most every {DurationText.Format(settings.GroupInterval)}, "
            + $"again after {DurationText.Format(settings.RepeatInterval)}");
        to.Out.WriteLine(settings.SendResolved ? "  tells the end too" : "  does not tell the end");
    }
}
