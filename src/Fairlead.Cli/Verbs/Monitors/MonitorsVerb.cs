using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>Monitors: standing checks of endpoints. They are written by <c>fairlead apply</c>.</summary>
internal static class MonitorsVerb
{
    public static Command Create(Terminal terminal) => new("monitors", "See what the standing checks of endpoints find")
    {
        MonitorsList.Create(terminal),
        MonitorsShow.Create(terminal),
        MonitorsLooks.Create(terminal),
        MonitorsDelete.Create(terminal),
    };

    public static Argument<string> Name() => new("monitor") { Description = "The monitor" };
}
