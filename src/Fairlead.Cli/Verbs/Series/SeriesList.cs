using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Series;

/// <summary>Lists the series that callers post.</summary>
internal static class SeriesList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List the series that are posted").Runs(terminal, async (call, cancellation) =>
        {
            var series = await Pages.AllAsync(page => call.Client.ListSeriesAsync(page, cancellation));
            call.Write(series, to =>
            {
                var list = new Listing("series", "points", "first", "last");
                foreach (var each in series.Items)
                    list.Add(each.Name, each.Points, each.First, each.Last);
                list.Write(to, "There is no series yet. Post one: 'fairlead series post NAME --value NUMBER'.");
            });
        });
}
