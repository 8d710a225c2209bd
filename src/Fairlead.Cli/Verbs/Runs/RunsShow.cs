using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Shows a run with its parameters, metrics and note.</summary>
internal static class RunsShow
{
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
        if (run.Metrics.Count > 0)
        {
            to.Out.WriteLine();
            var metrics = new Listing("metric", "last", "step", "at");
            foreach (var (name, value) in run.Metrics)
                metrics.Add(name, RunsList.Text(value.Value), value.Step, value.At);
            metrics.Write(to);
        }

        if (run.Tags.Count > 0)
            Write(to, "tag", run.Tags.Select(each => (each.Key, each.Value)));
        if (run.Note.Length > 0)
        {
            to.Out.WriteLine();
            foreach (var line in run.Note.Split('\n'))
                to.Out.WriteLine(Listing.Cell(line.TrimEnd('\r')));
        }
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
