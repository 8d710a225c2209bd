using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Lists the runs of an experiment.</summary>
internal static class RunsList
{
    private const int ShownMetrics = 4;

    public static Command Create(Terminal terminal)
    {
        var (experiment, filter, order) = RunOptions.Which();
        var limit = new Option<int>("--limit")
        {
            Description = "Most runs",
            HelpName = "n",
            DefaultValueFactory = _ => 20,
        };
        return new Command("list", "List the runs of an experiment") { experiment, filter, order, limit }
            .Runs(terminal, async (call, cancellation) =>
            {
                var wanted = new RunFilter
                {
                    Experiment = call.Value(experiment),
                    Filter = call.Value(filter),
                    Order = call.Value(order),
                };
                var page = await Pages.AllAsync(
                    each => call.Client.ListRunsAsync(wanted, each, cancellation), call.Value(limit));
                call.Write(page, to => Show(page.Items, to));
            });
    }

    private static void Show(IReadOnlyList<RunInfo> runs, Terminal to)
    {
        var metrics = runs.SelectMany(run => run.Metrics.Keys).GroupBy(name => name, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key).Take(ShownMetrics).ToList();
        var list = new Listing(["run", "name", "status", "started", .. metrics]);
        foreach (var run in runs)
        {
            list.Add([run.Id, run.Name, run.Status, run.StartedAt,
                .. metrics.Select(name => run.Metrics.TryGetValue(name, out var value) ? Text(value.Value) : "")]);
        }

        list.Write(to, "There is no run here. Log one with MLflow's client (MLFLOW_TRACKING_URI is this server), or "
            + "look in another --experiment.");
    }

    /// <summary>A figure as a person reads it.</summary>
    internal static string Text(double? value) =>
        value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "NaN";
}

/// <summary>Which runs are wanted.</summary>
internal static class RunOptions
{
    public static (Option<string> Experiment, Option<string?> Filter, Option<string?> Order) Which() =>
    (
        new Option<string>("--experiment")
        {
            Description = "The experiment's id",
            HelpName = "id",
            DefaultValueFactory = _ => "0",
        },
        Options.Of<string?>("--filter", "filter", "Such as \"metrics.acc > 0.9 AND params.model = 'tree'\""),
        Options.Of<string?>("--order", "order", "Such as \"metrics.acc DESC\"; newest first by default")
    );
}
