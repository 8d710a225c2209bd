using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs.Audit;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Shows who changed what, when and why; <c>--json</c> adds how things were before and after.</summary>
internal static class AuditVerb
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var who = Options.Of<string?>("--who", "name", "Only changes by this key");
        var what = Options.Of<string?>("--what", "kind", "Only this kind, such as endpoint.put");
        var subject = Options.Of<string?>("--subject", "path", "Only changes of this thing, such as endpoints/credit");
        var since = Options.Of<string?>("--since", "when", "Only changes from then on: a day, or 2h for 2 hours ago");
        var until = Options.Of<string?>("--until", "when", "Only changes before then");
        var limit = new Option<int>("--limit")
        {
            Description = "At most so many, the newest",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var command = new Command("audit", "Show the audit log, newest first")
        {
            who, what, subject, since, until, limit,
            AuditHead.Create(terminal), AuditVerify.Create(terminal), AuditExport.Create(terminal),
            AuditRetention.Create(terminal), AuditHold.Create(terminal), AuditRelease.Create(terminal),
        };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var filter = new AuditFilter
            {
                Who = call.Value(who),
                What = call.Value(what),
                Subject = call.Value(subject),
                Since = Instants.Past(call.Value(since), terminal.Clock),
                Until = Instants.Past(call.Value(until), terminal.Clock),
            };
            if (call.Value(limit) < 1)
                throw CliException.Usage("--limit is at least 1.");
            var entries = await Pages.AllAsync(
                page => call.Client.ListAuditAsync(filter, page, cancellation), call.Value(limit));
            call.Write(entries, to => Show(entries.Items, to));
        });
    }

    private static void Show(IReadOnlyList<AuditEntry> entries, Terminal to)
    {
        var list = new Listing("when", "who", "what", "subject", "reason");
        foreach (var entry in entries)
            list.Add(entry.When, entry.Who, entry.What, entry.Subject, entry.Reason);
        list.Write(to);
    }
}
