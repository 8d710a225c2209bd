using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Receivers;

/// <summary>Deletes a receiver.</summary>
internal static class ReceiversDelete
{
    public static Command Create(Terminal terminal)
    {
        var name = ReceiversVerb.Name();
        var reason = Options.Reason();
        return new Command("delete", "Delete a receiver; what waits for it is dropped") { name, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var receiver = call.Value(name);
                await call.Client.DeleteReceiverAsync(receiver, call.Value(reason), cancellation);
                call.Write(new Done("deleted", receiver), _ => call.Note($"Receiver '{receiver}' is deleted."));
            });
    }
}
