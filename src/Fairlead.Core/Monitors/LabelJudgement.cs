using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Quality;
using Fairlead.Statistics;

namespace Fairlead.Core.Monitors;

/// <summary>Holds a figure of quality to what a monitor asks of it. Pure.</summary>
public static class LabelJudgement
{
    /// <summary>
    /// The alpha of the interval that an alarm must clear, so that no more false ones come in 30 days than are put up
    /// with, were the looks independent.
    /// </summary>
    public static double AlphaOf(MonitorSpec spec, LabelWatch watch, int groups) =>
        DriftPolicy.AlphaFor(watch.FalseAlarms, spec.Every, Math.Max(1, groups));

    /// <summary>
    /// What must hold: the limit, and no more than the drop below the version's own evaluation; the tighter counts.
    /// </summary>
    /// <param name="watch">The monitor.</param>
    /// <param name="evaluation">The version's own figure; null: it has none.</param>
    public static Limit LimitOf(LabelWatch watch, double? evaluation)
    {
        if (watch.Drop is not { } drop || evaluation is not { } before)
            return watch.Limit;
        return watch.Metric.LowerIsBetter()
            ? watch.Limit with { Max = Math.Min(watch.Limit.Max ?? double.PositiveInfinity, before + drop) }
            : watch.Limit with { Min = Math.Max(watch.Limit.Min ?? double.NegativeInfinity, before - drop) };
    }

    /// <summary>What a figure says.</summary>
    /// <param name="watch">The monitor.</param>
    /// <param name="value">The figure; null: it is not defined.</param>
    /// <param name="interval">Its interval at the level of the monitor.</param>
    /// <param name="rows">From how many rows.</param>
    /// <param name="evaluation">The version's own figure; null: it has none.</param>
    /// <param name="how">Words in front of the figure, such as <c>estimated</c>; empty: none.</param>
    public static AlertReading Read(
        LabelWatch watch, double? value, Interval interval, long rows, double? evaluation, string how = "")
    {
        var word = watch.Metric.Word();
        var what = how.Length > 0 ? $"{how} {word} of '{watch.Outcome}'" : $"{word} of '{watch.Outcome}'";
        if (watch.Drop is not null && evaluation is null && watch.Limit.IsEmpty)
        {
            return new(AlertSign.Failed, double.NaN,
                $"{what} has nothing to be held against: the version was registered without the figure "
                + $"'{watch.Evaluation ?? word}'");
        }

        var reading = LimitOf(watch, evaluation)
            .Read(what, value ?? double.NaN, interval, rows, watch.MinimumRows);
        return watch.Drop is null || reading.Sign is not (AlertSign.Breach or AlertSign.Clear) ? reading : reading with
        {
            Why = evaluation is { } before
                ? string.Create(CultureInfo.InvariantCulture, $"{reading.Why}; its evaluation had {before:0.####}")
                : $"{reading.Why}; only the limit counts, the version was registered without the figure "
                    + $"'{watch.Evaluation ?? word}'",
        };
    }
}
