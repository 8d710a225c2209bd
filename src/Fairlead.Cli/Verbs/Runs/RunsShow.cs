using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Shows a run with its parameters, metrics and note.</summary>
internal static class RunsShow
{
    /// <summary>What MLflow's clients put before the metrics of the machine.</summary>
    private const string SystemPrefix = "system/";

    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("run") { Description = "The run's id" };
        return new Command("show", "Show a run with its parameters, metrics and note") { id }
            .Runs(terminal, async (call, cancellation) =>
            {
                var run = await call.Client.GetRunAsync(call.Value(id), cancellation);
                call.Write(run, to => Show(run, to));
            });
    }

    private static void Show(RunInfo run, Terminal to)
    {
        new Facts()
            .Add("run", run.Id)
            .Add("name", run.Name)
            .Add("experiment", run.Experiment)
            .Add("user", run.User)
            .Add("status", run.Deleted ? $"{run.Status}, deleted" : run.Status)
            .Add("started", run.StartedAt)
            .Add("ended", run.EndedAt)
            .Add("artifacts", run.ArtifactUri)
            .Write(to);
        if (run.Parameters.Count > 0)
            Write(to, "parameter", run.Parameters.Select(each => (each.Key, each.Value)));
        // Clients log how the machine was doing under a name of their own; it is no metric of the model.
        var bySystem = run.Metrics.ToLookup(each => each.Key.StartsWith(SystemPrefix, StringComparison.Ordinal));
        Write(to, "metric", bySystem[false].Select(each => (each.Key, each.Value)));
        Write(to, "system metric", bySystem[true].Select(each => (each.Key[SystemPrefix.Length..], each.Value)));
        if (run.Tags.Count > 0)
            Write(to, "tag", run.Tags.Select(each => (each.Key, each.Value)));
        if (run.Note.Length > 0)
        {
            to.Out.WriteLine();
            foreach (var line in run.Note.Split('\n'))
                to.Out.WriteLine(Listing.Cell(line.TrimEnd('\r')));
        }
    }

    private static void Write(Terminal to, string what, IEnumerable<(string Name, MetricValue Value)> metrics)
    {
        var list = new Listing(what, "last", "step", "at");
        var any = false;
        foreach (var (name, value) in metrics)
        {
            any = true;
            list.Add(name, RunsList.Text(value.Value), value.Step, value.At);
        }

        if (!any)
            return;
        to.Out.WriteLine();
        list.Write(to);
    }

    private static void Write(Terminal to, string what, IEnumerable<(string Name, string Value)> pairs)
    {
        to.Out.WriteLine();
        var list = new Listing(what, "value");
        foreach (var (name, value) in pairs)
            list.Add(name, value);
        list.Write(to);
    }
}
