namespace Fairlead.Statistics.Series;

/// <summary>How a value of a series looks beside what was expected.</summary>
public enum SeriesVerdict
{
    /// <summary>There is too little history, or the value is no finite number. Never taken for normal.</summary>
    InsufficientData,

    /// <summary>Inside the bounds.</summary>
    Normal,

    /// <summary>Above the upper bound.</summary>
    High,

    /// <summary>Below the lower bound.</summary>
    Low,
}

/// <summary>A value of a series beside what was expected of it.</summary>
/// <param name="Verdict">How it looks.</param>
/// <param name="Value">The value.</param>
/// <param name="Expected">What was expected; NaN where nothing can be said.</param>
/// <param name="Bounds">Between what it counts as normal, ends included; an end may be infinite.</param>
/// <param name="History">From how many values that was learnt.</param>
/// <param name="Method">How, in words to be shown beside the number.</param>
public readonly record struct SeriesReading(
    SeriesVerdict Verdict, double Value, double Expected, Interval Bounds, int History, string Method)
{
    internal static SeriesReading Insufficient(double value, int history, string method) =>
        new(SeriesVerdict.InsufficientData, value, double.NaN, Interval.Undefined, history, method);

    internal static SeriesReading Of(double value, double expected, Interval bounds, int history, string method)
    {
        if (!double.IsFinite(value) || double.IsNaN(bounds.Low) || double.IsNaN(bounds.High))
            return Insufficient(value, history, method);
        var verdict = value > bounds.High ? SeriesVerdict.High
            : value < bounds.Low ? SeriesVerdict.Low
            : SeriesVerdict.Normal;
        return new(verdict, value, expected, bounds, history, method);
    }
}
