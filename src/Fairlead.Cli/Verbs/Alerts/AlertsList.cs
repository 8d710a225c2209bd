using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Lists alerts, newest first, with what holds them back.</summary>
internal static class AlertsList
{
    private const int DefaultLimit = 100;

    public static Command Create(Terminal terminal)
    {
        var state = Options.Of<string?>("--state", "state", "Only those in this state, such as firing");
        var endpoint = Options.Of<string?>("--endpoint", "name", "Only those of one endpoint");
        var monitor = Options.Of<string?>("--monitor", "name", "Only those of one monitor");
        var severity = Options.Of<string?>("--severity", "name", "Only those of one severity");
        var limit = new Option<int>("--limit")
        {
            Description = "Most alerts to show",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        return new Command("list", "List alerts, newest first") { state, endpoint, monitor, severity, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                if (call.Value(limit) < 1)
                    throw CliException.Usage("--limit is at least 1.");
                var filter = new AlertFilter
                {
                    State = call.Value(state),
                    Endpoint = call.Value(endpoint),
                    Monitor = call.Value(monitor),
                    Severity = call.Value(severity),
                };
                var alerts = await Pages.AllAsync(
                    page => call.Client.ListAlertsAsync(filter, page, cancellation), call.Value(limit));
                call.Write(alerts, to => Show(alerts.Items, filter, to));
            });
    }

    private static void Show(IReadOnlyList<AlertInfo> alerts, AlertFilter filter, Terminal to)
    {
        var list = new Listing(
            "alert", "state", "severity", "monitor", "endpoint", "about", "since", "why", "held back by");
        foreach (var alert in alerts)
        {
            list.Add(alert.Id, alert.State, alert.Severity, alert.Monitor, alert.Endpoint, AlertText.About(alert),
                alert.Since, alert.Why, AlertText.HeldBack(alert));
        }

        list.Write(to, filter == new AlertFilter()
            ? "There is no alert. Monitors make them: write one (kind: Monitor), give it to 'fairlead apply -f FILE', "
                + "and see 'fairlead monitors list'."
            : "No alert is like that; 'fairlead alerts list' shows all of them.");
    }
}
