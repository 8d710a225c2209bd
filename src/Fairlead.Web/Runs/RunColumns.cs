using System.Globalization;
using Fairlead.Client.Api;

namespace Fairlead.Web.Runs;

/// <summary>Which columns a table of runs has: what most runs have, metrics first. Pure.</summary>
public sealed record RunColumns
{
    /// <summary>Columns of each kind; a table that is wider is read by nobody.</summary>
    private const int Most = 6;

    private const int MostAxes = 8;

    public IReadOnlyList<string> Metrics { get; private init; } = [];

    public IReadOnlyList<string> Parameters { get; private init; } = [];

    /// <summary>Metrics and parameters that have no column.</summary>
    public int Hidden { get; private init; }

    /// <summary>Axes of the plot of parameters against results: parameters that differ, then metrics.</summary>
    public IReadOnlyList<ParallelAxis> Axes { get; private init; } = [];

    public static RunColumns Of(IReadOnlyList<RunInfo> runs)
    {
        var metrics = Common(runs, run => run.Metrics.Keys.Where(name => !name.StartsWith("system/", default)));
        var parameters = Common(runs, run => run.Parameters.Keys);
        var differing = parameters
            .Where(name => runs.Select(run => run.Parameters.GetValueOrDefault(name)).Distinct().Skip(1).Any())
            .ToList();
        var shown = (Metrics: metrics.Take(Most).ToList(), Parameters: differing
            .Concat(parameters.Except(differing)).Take(Most).ToList());
        return new RunColumns
        {
            Metrics = shown.Metrics,
            Parameters = shown.Parameters,
            Hidden = metrics.Count + parameters.Count - shown.Metrics.Count - shown.Parameters.Count,
            Axes = [.. differing.Take(MostAxes - 2).Select(name => Axis(name, runs))
                .Concat(metrics.Take(2).Select(name => MetricAxis(name, runs)))],
        };
    }

    /// <summary>Where each run meets the axes, 0 at the bottom; null where it has no value.</summary>
    public static IReadOnlyList<ParallelLine> Lines(IReadOnlyList<RunInfo> runs, IReadOnlyList<ParallelAxis> axes) =>
        [.. runs.Select(run => new ParallelLine(run.Name, [.. axes.Select(axis => axis.At(run))]))];

    private static List<string> Common(IReadOnlyList<RunInfo> runs, Func<RunInfo, IEnumerable<string>> names) =>
        [.. runs.SelectMany(names).GroupBy(name => name, StringComparer.Ordinal)
            .OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => same.Key)];

    private static ParallelAxis Axis(string name, IReadOnlyList<RunInfo> runs)
    {
        var texts = runs.Select(run => run.Parameters.GetValueOrDefault(name)).OfType<string>().Distinct().ToList();
        return texts.TrueForAll(text => Number(text) is not null)
            ? ParallelAxis.OfNumbers(name, texts.Select(text => Number(text)!.Value),
                run => run.Parameters.TryGetValue(name, out var text) ? Number(text) : null)
            : ParallelAxis.OfTexts(name, texts, run => run.Parameters.GetValueOrDefault(name));
    }

    private static ParallelAxis MetricAxis(string name, IReadOnlyList<RunInfo> runs) => ParallelAxis.OfNumbers(
        name, runs.Select(run => run.Metrics.GetValueOrDefault(name)?.Value).OfType<double>(),
        run => run.Metrics.GetValueOrDefault(name)?.Value);

    private static double? Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}

/// <summary>An axis of a plot of parallel coordinates.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Marks">Words beside it, with their place, 0 at the bottom and 1 at the top.</param>
/// <param name="At">Where a run meets it; null: it has no value.</param>
public sealed record ParallelAxis(
    string Name, IReadOnlyList<(string Text, double At)> Marks, Func<RunInfo, double?> At)
{
    private const int MostTexts = 12;

    public static ParallelAxis OfNumbers(string name, IEnumerable<double> values, Func<RunInfo, double?> of)
    {
        var scale = Charts.Scale.Of(values, 3);
        return new ParallelAxis(name,
            [.. scale.Ticks.Select(tick => (Components.Words.Number(tick), scale.At(tick)))],
            run => of(run) is { } value ? scale.At(value) : null);
    }

    public static ParallelAxis OfTexts(string name, IEnumerable<string> texts, Func<RunInfo, string?> of)
    {
        var places = texts.Order(StringComparer.Ordinal).ToList();
        double Place(string text) => places.Count < 2
            ? 0.5
            : Math.Max(0, places.IndexOf(text)) / (double)(places.Count - 1);
        var every = Math.Max(1, (places.Count + MostTexts - 1) / MostTexts);
        return new ParallelAxis(name,
            [.. places.Where((_, i) => i % every == 0).Select(text => (text, Place(text)))],
            run => of(run) is { } text ? Place(text) : null);
    }
}

/// <summary>A run in a plot of parallel coordinates.</summary>
/// <param name="Name">The run's name.</param>
/// <param name="At">Where it meets each axis.</param>
public sealed record ParallelLine(string Name, IReadOnlyList<double?> At);
