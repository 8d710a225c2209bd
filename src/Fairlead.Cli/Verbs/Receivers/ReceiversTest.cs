using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Receivers;

/// <summary>Sends a message to try a receiver; ends with an exit code of its own where nobody took it.</summary>
internal static class ReceiversTest
{
    public static Command Create(Terminal terminal)
    {
        var name = ReceiversVerb.Name();
        return new Command("test", "Send a message to try a receiver") { name }
            .Runs(terminal, async (call, cancellation) =>
            {
                var tried = await call.Client.TestReceiverAsync(call.Value(name), cancellation);
                if (!tried.IsDelivered)
                    throw new CliException(ExitCodes.Refused, $"Nothing was delivered. {tried.Why}");
                call.Write(tried, to => to.Out.WriteLine($"Delivered. {tried.Why}"));
            });
    }
}
