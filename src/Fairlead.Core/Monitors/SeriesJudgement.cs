using System.Globalization;
using Fairlead.Core.Alerts;
using Fairlead.Statistics;
using Fairlead.Statistics.Series;

namespace Fairlead.Core.Monitors;

/// <summary>Holds the newest step of a series against its past. Pure.</summary>
public static class SeriesJudgement
{
    /// <summary>The fewest values of the same hours.</summary>
    private const int Fewest = 4;

    private const double ForecastAlpha = 0.001;

    /// <summary>Judges the last of the points.</summary>
    /// <param name="watch">What it is held against.</param>
    /// <param name="points">A point for each complete step, the oldest first; a step without values is NaN.</param>
    public static SeriesReading Judge(SeriesWatch watch, IReadOnlyList<SeriesPoint> points)
    {
        var last = points[^1] with { At = points[^1].At.ToOffset(watch.Offset) };
        return watch.Rule switch
        {
            SeriesRule.Limit => FixedLimit.Compare(
                last.Value, watch.Limit.Min ?? double.NegativeInfinity, watch.Limit.Max ?? double.PositiveInfinity),
            SeriesRule.Forecast => Forecasted(watch, points, last),
            var rule => SameHours.Compare(
                points.Take(points.Count - 1), last,
                rule == SeriesRule.SameHours ? LikeHours.OfDay : LikeHours.OfWeek, watch.History, BandRule.Robust,
                watch.Deviations, Fewest),
        };
    }

    /// <summary>What a judged value says to an alert.</summary>
    public static AlertReading Read(SeriesWatch watch, SeriesReading reading, DateTimeOffset at)
    {
        var what = string.Create(CultureInfo.InvariantCulture, $"{watch.Series} {reading.Value:0.######} at {at:u}");
        if (reading.Verdict == SeriesVerdict.InsufficientData)
        {
            return new(AlertSign.NoData, reading.Value, string.Create(CultureInfo.InvariantCulture,
                $"{what}: {reading.History} values to hold it against are too few ({reading.Method})"));
        }

        var bounds = string.Create(CultureInfo.InvariantCulture,
            $"{reading.Bounds.Low:0.######} to {reading.Bounds.High:0.######} ({reading.Method})");
        return reading.Verdict == SeriesVerdict.Normal || (watch.Only is { } only && reading.Verdict != only)
            ? new(AlertSign.Clear, reading.Value, $"{what}, expected {bounds}")
            : new(AlertSign.Breach, reading.Value,
                $"{what} is {(reading.Verdict == SeriesVerdict.High ? "above" : "below")} what was expected, {bounds}");
    }

    private static SeriesReading Forecasted(SeriesWatch watch, IReadOnlyList<SeriesPoint> points, SeriesPoint last)
    {
        // A gap takes the value before it: the forecast needs even steps, and one step that is missing is no reason to
        // say nothing for two seasons.
        var past = new List<double>();
        foreach (var point in points.Take(points.Count - 1))
        {
            if (double.IsFinite(point.Value))
                past.Add(point.Value);
            else if (past.Count > 0)
                past.Add(past[^1]);
        }

        var season = (int)Math.Round((watch.Step < TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : TimeSpan.FromDays(7))
            / watch.Step);
        const string Method = "Holt–Winters forecast, bounds at 99.9 %";
        if (Forecast.HoltWinters([.. past], Math.Max(1, season), 1) is not [var step, ..])
            return new(SeriesVerdict.InsufficientData, last.Value, double.NaN, Interval.Undefined, past.Count, Method);
        var bounds = step.Bounds(ForecastAlpha);
        var verdict = !double.IsFinite(last.Value) || double.IsNaN(bounds.Low) ? SeriesVerdict.InsufficientData
            : last.Value > bounds.High ? SeriesVerdict.High
            : last.Value < bounds.Low ? SeriesVerdict.Low
            : SeriesVerdict.Normal;
        return new(verdict, last.Value, step.Expected, bounds, past.Count, Method);
    }
}
