using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Lists silences, newest first.</summary>
internal static class AlertsSilences
{
    public static Command Create(Terminal terminal)
    {
        var all = new Option<bool>("--all") { Description = "Also those that are over" };
        return new Command("silences", "List the silences that are not over") { all }
            .Runs(terminal, async (call, cancellation) =>
            {
                var silences = await Pages.AllAsync(
                    page => call.Client.ListSilencesAsync(call.Value(all), page, cancellation));
                call.Write(silences, to => Show(silences.Items, to));
            });
    }

    private static void Show(IReadOnlyList<SilenceInfo> silences, Terminal to)
    {
        var list = new Listing("silence", "state", "matches", "from", "until", "by", "comment");
        foreach (var each in silences)
        {
            list.Add(each.Id, each.State, string.Join(", ", each.Matchers), each.StartsAt, each.EndsAt, each.Author,
                each.Comment);
        }

        list.Write(to, "There is no silence. One holds alerts back for a while: 'fairlead alerts silence --match "
            + "endpoint=NAME --for 8h --comment WHY'.");
    }
}
