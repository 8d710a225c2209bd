using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Metrics;

/// <summary>Where the interval of a metric comes from.</summary>
public enum IntervalMethod
{
    /// <summary>There is none: one row decides the figure, or too few rows were seen.</summary>
    None,

    /// <summary>Wilson's score interval of a share (<see cref="OneProportion.Wilson"/>).</summary>
    Wilson,

    /// <summary>Student's t on the mean of one loss a row.</summary>
    Mean,

    /// <summary>The normal law around the figure, its variance from the influence of each row (delta method).</summary>
    Delta,

    /// <summary>DeLong's structural components of an area under the ROC curve.</summary>
    DeLong,

    /// <summary>Percentiles over seeded resamples of the rows.</summary>
    Bootstrap,

    /// <summary>Of a greatest value: what the greatest of as many further rows is going to be at least.</summary>
    OrderStatistics,

    /// <summary>Of a calibration error: bounds that hold whatever its bins are off by.</summary>
    Bounds,
}

/// <summary>A metric with its uncertainty.</summary>
/// <param name="Value">The metric on the rows; NaN where they do not define it.</param>
/// <param name="StandardError">Its standard error; NaN where none can be told.</param>
/// <param name="Interval">Two-sided interval at level 1 − alpha.</param>
/// <param name="Method">How the interval was made.</param>
public readonly record struct MetricEstimate(
    double Value, double StandardError, Interval Interval, IntervalMethod Method)
{
    /// <summary>A figure without an interval.</summary>
    public static MetricEstimate Bare(double value) =>
        new(value, double.NaN, Interval.Undefined, IntervalMethod.None);

    internal static MetricEstimate OfShare(Proportion share, double alpha) => share.Trials == 0
        ? Bare(double.NaN)
        : new(share.Rate, Math.Sqrt(share.VarianceOfRate), OneProportion.Wilson(share, alpha), IntervalMethod.Wilson);

    internal static MetricEstimate OfMean(Moments losses, double alpha)
    {
        Require.Level(alpha);
        if (losses.Count < 2)
            return Bare(losses.Mean);
        var error = Math.Sqrt(losses.VarianceOfMean);
        var margin = StudentT.UpperQuantile(alpha / 2, losses.Count - 1) * error;
        return new(losses.Mean, error, Interval.Around(losses.Mean, margin), IntervalMethod.Mean);
    }

    /// <summary>The normal law, its interval cut to what the metric can be.</summary>
    internal static MetricEstimate OfVariance(
        double value, double variance, double alpha, double low, double high,
        IntervalMethod method = IntervalMethod.Delta)
    {
        Require.Level(alpha);
        if (!double.IsFinite(value) || !(variance >= 0))
            return Bare(value);
        var error = Math.Sqrt(variance);
        var interval = Interval.Around(value, Normal.UpperQuantile(alpha / 2) * error).Within(low, high);
        return new(value, error, interval, method);
    }
}
