using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>Shows what a monitor found over time.</summary>
internal static class MonitorsLooks
{
    private const int Shown = 60;

    public static Command Create(Terminal terminal)
    {
        var name = MonitorsVerb.Name();
        var from = Options.Of<string?>("--from", "when", "Only from this moment on, such as 24h");
        var limit = new Option<int>("--limit")
        {
            Description = "Most looks to show, the newest",
            HelpName = "n",
            DefaultValueFactory = _ => Shown,
        };
        return new Command("looks", "Show what a monitor found, look by look, as a line for each thing")
        { name, from, limit }.Runs(terminal, async (call, cancellation) =>
        {
            var since = Instants.Past(call.Value(from), terminal.Clock);
            var looks = await Pages.AllAsync(page => call.Client.ListMonitorLooksAsync(
                call.Value(name), since, page, cancellation), call.Value(limit));
            call.Write(looks, to => Show(looks.Items, to));
        });
    }

    private static void Show(IReadOnlyList<MonitorLookInfo> newest, Terminal to)
    {
        if (newest.Count == 0)
        {
            to.Out.WriteLine("It has not looked in this time.");
            return;
        }

        var looks = newest.Reverse().ToList();
        to.Out.WriteLine($"{looks[0].At:u} to {looks[^1].At:u}, {looks.Count} looks");
        var list = new Listing("what", "over time", "last", "state");
        foreach (var subject in newest.SelectMany(look => look.Findings.Select(MonitorText.Subject)).Distinct())
        {
            var line = looks.ConvertAll(
                look => look.Findings.FirstOrDefault(each => MonitorText.Subject(each) == subject));
            var last = line.FindLast(each => each is not null)!;
            list.Add(subject, Sparkline.Of(line.ConvertAll(each => each?.Value)), MonitorText.Number(last.Value),
                MonitorText.Words(last.State));
        }

        list.Write(to);
    }
}
