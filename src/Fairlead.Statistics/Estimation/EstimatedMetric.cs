using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Estimation;

/// <summary>A metric that was estimated without labels.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="SamplingError">
/// Standard error that so many rows have by chance alone, learnt from the reference. It says nothing of an assumption
/// that does not hold.
/// </param>
/// <param name="Interval">Value ± z · error at level 1 − alpha, cut to what the metric can be.</param>
public readonly record struct EstimatedMetric(double Value, double SamplingError, Interval Interval)
{
    internal static EstimatedMetric Of(double value, double error, double alpha, double most)
    {
        Require.Level(alpha);
        return new(
            value, error,
            double.IsFinite(value) && error >= 0
                ? Interval.Around(value, Normal.UpperQuantile(alpha / 2) * error).Within(0, most)
                : Interval.Undefined);
    }
}
