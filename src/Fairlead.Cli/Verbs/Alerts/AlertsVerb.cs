using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>What monitors found, and what keeps it from people.</summary>
internal static class AlertsVerb
{
    public static Command Create(Terminal terminal) => new("alerts", "Show, look after and silence alerts")
    {
        AlertsList.Create(terminal),
        AlertsShow.Create(terminal),
        AlertsAck.Create(terminal),
        AlertsSilence.Create(terminal),
        AlertsSilences.Create(terminal),
        AlertsUnsilence.Create(terminal),
        AlertsInhibitions.Create(terminal),
        AlertsUninhibit.Create(terminal),
    };

    public static Argument<long> Id() => new("id") { Description = "The alert's number, from `alerts list`" };
}
