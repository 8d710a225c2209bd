using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Lists which alerts make others not worth telling.</summary>
internal static class AlertsInhibitions
{
    public static Command Create(Terminal terminal) =>
        new Command("inhibitions", "List which alerts make others not worth telling; `apply` makes them")
            .Runs(terminal, async (call, cancellation) =>
            {
                var rules = await Pages.AllAsync(page => call.Client.ListInhibitionsAsync(page, cancellation));
                call.Write(rules, to => Show(rules.Items, to));
            });

    private static void Show(IReadOnlyList<InhibitionInfo> rules, Terminal to)
    {
        var list = new Listing("name", "while these fire", "these are held back", "with the same", "changed");
        foreach (var (name, settings, changed) in rules.Select(rule => (rule.Name, rule.Settings, rule.ChangedAt)))
        {
            list.Add(name, string.Join(", ", settings.Source), string.Join(", ", settings.Target),
                string.Join(", ", settings.Equal), changed);
        }

        list.Write(to, "There is no inhibition. One holds alerts back while graver ones fire: write it "
            + "(kind: Inhibition) and give it to 'fairlead apply -f FILE'.");
    }
}
