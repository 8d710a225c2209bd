using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Shows or sets how long the audit log is kept.</summary>
internal static class AuditRetention
{
    public static Command Create(Terminal terminal)
    {
        var days = new Option<int?>("--days") { Description = "Keep entries so many days", HelpName = "n" };
        var forever = new Option<bool>("--for-ever") { Description = "Keep entries for ever, as from the start" };
        var reason = Options.Reason();
        return new Command("retention", "Show how long the audit log is kept and what is held, or set it")
        {
            days, forever, reason,
        }.Runs(terminal, async (call, cancellation) =>
        {
            if (call.Value(days) is not null && call.Value(forever))
                throw CliException.Usage("give either --days or --for-ever.");
            var found = call.Value(days) is null && !call.Value(forever)
                ? await call.Client.GetAuditRetentionAsync(cancellation)
                : await call.Client.PutAuditRetentionAsync(new PutAuditRetentionRequest
                {
                    Days = call.Value(days),
                    Reason = call.Value(reason),
                }, cancellation);
            call.Write(found, to => Show(found, to));
        });
    }

    public static void Show(AuditRetentionInfo found, Terminal to)
    {
        new Facts()
            .Add("kept", found.Days is { } days ? $"{days} days" : "for ever")
            .Add("removed up to", found.RemovedUpTo == 0 ? null : $"link {found.RemovedUpTo}")
            .Write(to);
        if (found.Holds.Count == 0)
            return;
        to.Out.WriteLine();
        var list = new Listing("hold", "since", "subject", "by", "when", "reason");
        foreach (var hold in found.Holds)
            list.Add(hold.Name, hold.Since, hold.Subject, hold.Who, hold.When, hold.Reason);
        list.Write(to);
    }
}
