using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>Lists the datasets.</summary>
internal static class DataList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List the datasets").Runs(terminal, async (call, cancellation) =>
        {
            var datasets = await Pages.AllAsync(page => call.Client.ListDatasetsAsync(page, cancellation));
            call.Write(datasets, to =>
            {
                var list = new Listing("dataset", "versions", "latest", "changed");
                foreach (var dataset in datasets.Items)
                    list.Add(dataset.Name, dataset.VersionCount, dataset.LatestVersion, dataset.ChangedAt);
                list.Write(to, "There is no dataset yet. Register one: 'fairlead data register NAME FILE'; the "
                    + "file stays where it is.");
            });
        });
}
