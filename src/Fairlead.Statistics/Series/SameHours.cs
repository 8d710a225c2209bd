namespace Fairlead.Statistics.Series;

/// <summary>A value of a series at its time.</summary>
public readonly record struct SeriesPoint(DateTimeOffset At, double Value);

/// <summary>Which values of the past are like a moment.</summary>
public enum LikeHours
{
    /// <summary>The same hour of any day.</summary>
    OfDay,

    /// <summary>The same hour of the same day of the week.</summary>
    OfWeek,
}

/// <summary>How the bounds around a moving average are made.</summary>
public enum BandRule
{
    /// <summary>Median ± k robust deviations (<see cref="RobustScale"/>); one wild day does not move it.</summary>
    Robust,

    /// <summary>Mean ± k sample deviations.</summary>
    Mean,
}

/// <summary>
/// A value against the same hours (and days) of the weeks before. A day of the week has few predecessors, so the fewest
/// that count are set by the caller and fewer are "insufficient data". Values that are not finite are no history.
/// </summary>
public static class SameHours
{
    /// <summary>Compares a value.</summary>
    /// <param name="history">The past in any order; what is not before the point, or too old, is passed over.</param>
    /// <param name="point">The value to be judged. Hours and days are those of its own offset.</param>
    /// <param name="like">Which hours.</param>
    /// <param name="reach">How far back the history counts.</param>
    /// <param name="rule">How the bounds are made.</param>
    /// <param name="deviations">How wide they are, above 0.</param>
    /// <param name="fewest">The fewest like values, 3 or more.</param>
    public static SeriesReading Compare(
        IEnumerable<SeriesPoint> history, SeriesPoint point, LikeHours like, TimeSpan reach, BandRule rule,
        double deviations = 3, int fewest = 5)
    {
        Require.Positive(deviations);
        ArgumentOutOfRangeException.ThrowIfLessThan(fewest, 3);
        var at = point.At;
        double[] alike = [.. history
            .Where(past => past.At < at && past.At >= at - reach && double.IsFinite(past.Value))
            .Select(past => past with { At = past.At.ToOffset(at.Offset) })
            .Where(past => past.At.Hour == at.Hour
                && (like == LikeHours.OfDay || past.At.DayOfWeek == at.DayOfWeek))
            .Select(past => past.Value)];
        var hours = like == LikeHours.OfDay ? "the same hour of earlier days"
            : "the same hour and day of earlier weeks";
        var method = rule == BandRule.Robust
            ? $"median of {hours} ± robust deviations" : $"mean of {hours} ± deviations";
        if (alike.Length < fewest)
            return SeriesReading.Insufficient(point.Value, alike.Length, method);

        if (rule == BandRule.Robust)
        {
            var scale = RobustScale.Of(alike);
            return SeriesReading.Of(
                point.Value, scale.Median, Interval.Around(scale.Median, deviations * scale.Deviation),
                alike.Length, method);
        }

        var moments = Moments.Of(alike);
        return SeriesReading.Of(
            point.Value, moments.Mean, Interval.Around(moments.Mean, deviations * Math.Sqrt(moments.Variance)),
            alike.Length, method);
    }
}

/// <summary>A value against limits that somebody set.</summary>
public static class FixedLimit
{
    /// <summary>Compares a value; a side without a limit is infinite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is NaN, or the lower is above the upper.</exception>
    public static SeriesReading Compare(
        double value, double low = double.NegativeInfinity, double high = double.PositiveInfinity)
    {
        if (!(low <= high))
            throw new ArgumentOutOfRangeException(nameof(low), low, $"Must not be above {high}.");
        return SeriesReading.Of(value, double.NaN, new(low, high), 0, "a fixed limit");
    }
}
