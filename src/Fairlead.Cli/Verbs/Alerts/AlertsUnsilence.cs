using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Ends a silence now.</summary>
internal static class AlertsUnsilence
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<long>("id") { Description = "The silence's number, from `alerts silences`" };
        var reason = Options.Reason();
        return new Command("unsilence", "End a silence now") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var number = call.Value(id);
                await call.Client.ExpireSilenceAsync(number, call.Value(reason), cancellation);
                call.Write(new Done("ended", number.ToString(CultureInfo.InvariantCulture)),
                    _ => call.Note($"Silence {number} is over."));
            });
    }
}
