using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>Shows a monitor with what it found last.</summary>
internal static class MonitorsShow
{
    public static Command Create(Terminal terminal)
    {
        var name = MonitorsVerb.Name();
        return new Command("show", "Show a monitor with everything that it found last") { name }
            .Runs(terminal, async (call, cancellation) =>
            {
                var monitor = await call.Client.GetMonitorAsync(call.Value(name), cancellation);
                call.Write(monitor, to => Show(monitor, to));
            });
    }

    private static void Show(MonitorInfo monitor, Terminal to)
    {
        new Facts()
            .Add("monitor", monitor.Name)
            .Add("endpoint", monitor.Endpoint)
            .Add("kind", monitor.Kind)
            .Add("state", MonitorText.Words(monitor.State))
            .Add("description", monitor.Request.Description)
            .Add("severity", monitor.Request.Alert.Severity)
            .Add("looked", monitor.LookedAt)
            .Add("next", monitor.DueAt)
            .Write(to);
        if (monitor.Findings.Count == 0)
            return;

        to.Out.WriteLine();
        var findings = new Listing("what", "state", "value", "low", "high");
        foreach (var finding in monitor.Findings)
        {
            findings.Add(MonitorText.Subject(finding), MonitorText.Words(finding.State),
                MonitorText.Number(finding.Value), MonitorText.Number(finding.Low), MonitorText.Number(finding.High));
        }

        findings.Write(to);
        foreach (var finding in monitor.Findings.Where(each => each.State != "clear").DistinctBy(each => each.Why)
            .Take(MonitorText.MostSentences))
        {
            to.Out.WriteLine(finding.Why);
        }
    }
}
