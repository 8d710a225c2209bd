using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>Lists the monitors.</summary>
internal static class MonitorsList
{
    public static Command Create(Terminal terminal)
    {
        var endpoint = Options.Of<string?>("--endpoint", "name", "Only those of one endpoint");
        return new Command("list", "List the monitors") { endpoint }.Runs(terminal, async (call, cancellation) =>
        {
            var monitors = await Pages.AllAsync(
                page => call.Client.ListMonitorsAsync(call.Value(endpoint), page, cancellation));
            call.Write(monitors, to =>
            {
                var list = new Listing("monitor", "endpoint", "kind", "state", "looked", "next");
                foreach (var monitor in monitors.Items)
                {
                    list.Add(monitor.Name, monitor.Endpoint, monitor.Kind, MonitorText.Words(monitor.State),
                        monitor.LookedAt, monitor.DueAt);
                }

                list.Write(to, "There is no monitor yet. Write one (kind: Monitor) and give it to "
                    + "'fairlead apply -f FILE'.");
            });
        });
    }
}
