using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>Deletes a monitor.</summary>
internal static class MonitorsDelete
{
    public static Command Create(Terminal terminal)
    {
        var name = MonitorsVerb.Name();
        var reason = Options.Reason();
        return new Command("delete", "Delete a monitor; its alerts end") { name, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var monitor = call.Value(name);
                await call.Client.DeleteMonitorAsync(monitor, call.Value(reason), cancellation);
                call.Write(new Done("deleted", monitor), _ => call.Note($"{monitor} is deleted."));
            });
    }
}
