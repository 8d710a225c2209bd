using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Lifts a legal hold.</summary>
internal static class AuditRelease
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The hold" };
        var reason = Options.Reason();
        return new Command("release", "Lift a legal hold") { name, reason }.Runs(terminal, async (call, cancellation) =>
        {
            await call.Client.DeleteAuditHoldAsync(call.Value(name), call.Value(reason), cancellation);
            call.Write(new Done("released", call.Value(name)),
                to => to.Out.WriteLine($"Released {call.Value(name)}."));
        });
    }
}
