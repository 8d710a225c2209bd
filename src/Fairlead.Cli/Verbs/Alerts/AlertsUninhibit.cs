using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Deletes an inhibition.</summary>
internal static class AlertsUninhibit
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The inhibition's name" };
        var reason = Options.Reason();
        return new Command("uninhibit", "Delete an inhibition") { name, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var rule = call.Value(name);
                await call.Client.DeleteInhibitionAsync(rule, call.Value(reason), cancellation);
                call.Write(new Done("deleted", rule), _ => call.Note($"Inhibition '{rule}' is deleted."));
            });
    }
}
