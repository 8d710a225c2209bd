using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Series;

/// <summary>
/// Centre and scale of a few values among which some may be wild: the median and the median absolute deviation. Where
/// more than half the values are equal that deviation is 0 and the mean absolute deviation takes its place; where all
/// are equal the scale is 0.
/// <para>Source: B. Iglewicz, D. C. Hoaglin, "How to detect and handle outliers" (1993): z = 0.6745 (x − median)/MAD,
/// and (x − median)/(1.253314 · mean absolute deviation).</para>
/// </summary>
/// <param name="Count">Number of values.</param>
/// <param name="Median">Their median.</param>
/// <param name="Mad">Median of the distances from it.</param>
/// <param name="MeanDeviation">Mean of the distances from it.</param>
public readonly record struct RobustScale(int Count, double Median, double Mad, double MeanDeviation)
{
    // The upper quartile of the standard normal, and √(π/2): what the two deviations are of a normal's own.
    private const double NormalPerMad = 0.6744897501960817;
    private const double NormalPerMean = 1.2533141373155003;

    /// <summary>An estimate of the standard deviation of normal values.</summary>
    public double Deviation => Mad > 0 ? Mad / NormalPerMad : MeanDeviation * NormalPerMean;

    /// <summary>The scale of values; NaN without any.</summary>
    public static RobustScale Of(ReadOnlySpan<double> values)
    {
        var median = Quantiles.Of(values, 0.5);
        var distances = new double[values.Length];
        for (var i = 0; i < distances.Length; i++)
            distances[i] = Math.Abs(values[i] - median);
        return new(values.Length, median, Quantiles.Of(distances, 0.5), Moments.Of(distances).Mean);
    }

    /// <summary>Distance of a value from the median in deviations; of equal values it is 0 at their value and infinite
    /// elsewhere; without values it is NaN.</summary>
    public double Z(double value) => Deviation == 0 && value == Median ? 0 : (value - Median) / Deviation;
}
