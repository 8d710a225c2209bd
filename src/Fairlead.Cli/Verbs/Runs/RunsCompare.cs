using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Puts runs side by side.</summary>
internal static class RunsCompare
{
    private const int Width = 40;

    public static Command Create(Terminal terminal)
    {
        var ids = new Argument<string[]>("run")
        {
            Description = "The ids of two or more runs",
            Arity = new ArgumentArity(2, 20),
        };
        return new Command("compare", "Put runs side by side: parameters that differ, metrics, curves") { ids }
            .Runs(terminal, async (call, cancellation) =>
            {
                var compared = await call.Client.CompareRunsAsync(call.Value(ids), curves: true, cancellation);
                call.Write(compared, to => Show(compared, to));
            });
    }

    private static void Show(RunComparison compared, Terminal to)
    {
        var names = compared.Runs.Select(run => run.Name).ToList();
        if (compared.Parameters.Count > 0)
        {
            var parameters = new Listing(["parameter", .. names]);
            foreach (var parameter in compared.Parameters)
                parameters.Add([parameter.Name, .. parameter.Values]);
            parameters.Write(to);
        }

        to.Out.WriteLine($"{compared.EqualParameters} parameters are the same in all of them.");
        to.Out.WriteLine();
        var metrics = new Listing("metric", "run", "last", "lowest", "highest", "values", "over the steps");
        foreach (var metric in compared.Metrics)
        {
            for (var i = 0; i < names.Count; i++)
            {
                if (metric.Values[i] is not { } value)
                    continue;
                metrics.Add(metric.Name, names[i], RunsList.Text(value.Last), RunsList.Text(value.Lowest),
                    RunsList.Text(value.Highest), value.Count, Curve(value.Curve));
            }
        }

        metrics.Write(to);
    }

    /// <summary>A curve as wide as a column of a table may be.</summary>
    private static string Curve(IReadOnlyList<MetricValue> points)
    {
        var every = Math.Max(1, (points.Count + Width - 1) / Width);
        return Sparkline.Of([.. points.Where((_, i) => i % every == 0).Select(each => each.Value)]);
    }
}
