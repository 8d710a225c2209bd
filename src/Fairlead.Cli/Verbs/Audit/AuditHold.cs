using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Places a legal hold on the audit log.</summary>
internal static class AuditHold
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "What the hold is called, such as a case" };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for the audit log",
            HelpName = "text",
            Required = true,
        };
        var since = Options.Of<string?>("--since", "when", "Hold entries from then on [default: all]");
        var subject = Options.Of<string?>("--subject", "path",
            "Hold only entries whose subject begins so, such as models/credit");
        return new Command("hold", "Place a legal hold: nothing from the oldest held entry on is removed")
        {
            name, reason, since, subject,
        }.Runs(terminal, async (call, cancellation) =>
        {
            var found = await call.Client.PutAuditHoldAsync(call.Value(name), new PutAuditHoldRequest
            {
                Reason = call.Value(reason),
                Since = Instants.Past(call.Value(since), terminal.Clock),
                Subject = call.Value(subject) ?? "",
            }, cancellation);
            call.Write(found, to => AuditRetention.Show(found, to));
        });
    }
}
