using Fairlead.Client.Api;
using Fairlead.Web.Charts;

namespace Fairlead.Web.Runs;

/// <summary>Metrics over the steps of a run, as charts draw them. Pure.</summary>
public static class RunCurves
{
    /// <summary>A metric over its steps; where all were logged at one step, over the order of their coming.</summary>
    public static ChartSeries Series(string name, MetricSummary metric, int tone = 1)
    {
        var stepped = metric.Curve.Select(value => value.Step).Distinct().Skip(1).Any();
        return new ChartSeries(
            name, [.. metric.Curve.Select((value, i) => new ChartPoint(stepped ? value.Step : i, value.Value))], tone);
    }
}
