using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Shows who changed what, when and why; <c>--json</c> adds how things were before and after.</summary>
internal static class AuditVerb
{
    private const int DefaultLimit = 50;

    public static Command Create(Terminal terminal)
    {
        var who = new Option<string?>("--who") { Description = "Only changes by this key", HelpName = "name" };
        var what = new Option<string?>("--what") { Description = "Only this kind, such as endpoint.put", HelpName = "kind" };
        var subject = new Option<string?>("--subject")
        {
            Description = "Only changes of this thing, such as endpoints/credit",
            HelpName = "path",
        };
        var since = Instant("--since", "Only changes from then on");
        var until = Instant("--until", "Only changes before then");
        var limit = new Option<int>("--limit")
        {
            Description = "At most so many, the newest",
            HelpName = "n",
            DefaultValueFactory = _ => DefaultLimit,
        };
        var command = new Command("audit", "Show the audit log, newest first") { who, what, subject, since, until, limit };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var filter = new AuditFilter
            {
                Who = call.Value(who),
                What = call.Value(what),
                Subject = call.Value(subject),
                Since = Read(call.Value(since), terminal.Clock),
                Until = Read(call.Value(until), terminal.Clock),
            };
            if (call.Value(limit) < 1)
                throw CliException.Usage("--limit is at least 1.");
            var entries = await Pages.AllAsync(
                page => call.Client.ListAuditAsync(filter, page, cancellation), call.Value(limit));
            call.Write(entries, to => Show(entries.Items, to));
        });
    }

    private static Option<string?> Instant(string name, string description) =>
        new(name) { Description = $"{description}: 2026-01-31, 2026-01-31T12:00Z, or 2h for two hours ago", HelpName = "when" };

    private static DateTimeOffset? Read(string? text, TimeProvider clock)
    {
        if (text is null)
            return null;
        if (DurationText.TryParse(text, out var ago))
            return clock.GetUtcNow() - ago;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw CliException.Usage($"'{text}' is no time.", "Write 2026-01-31, 2026-01-31T12:00Z, or 2h for two hours ago.");
    }

    private static void Show(IReadOnlyList<AuditEntry> entries, Terminal to)
    {
        var list = new Listing("when", "who", "what", "subject", "reason");
        foreach (var entry in entries)
            list.Add(entry.When, entry.Who, entry.What, entry.Subject, entry.Reason);
        list.Write(to);
    }
}
