using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Series;

/// <summary>One forecast value.</summary>
/// <param name="Ahead">How many steps ahead, from 1.</param>
/// <param name="Expected">The forecast.</param>
/// <param name="Deviation">Standard deviation of its error.</param>
public readonly record struct ForecastStep(int Ahead, double Expected, double Deviation)
{
    /// <summary>Bounds at level 1 − alpha under normal errors.</summary>
    public Interval Bounds(double alpha)
    {
        Require.Level(alpha);
        return Interval.Around(Expected, Normal.UpperQuantile(alpha / 2) * Deviation);
    }
}

/// <summary>
/// Forecasts of an evenly spaced series with a season, with bounds. Both need two whole seasons; with less they answer
/// null, which is "insufficient data" and never "normal".
/// </summary>
public static class Forecast
{
    /// <summary>Steps of the search for each smoothing parameter.</summary>
    private static readonly double[] Grid = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.8];

    /// <summary>
    /// The seasonal naive forecast: the value one season before; of an error of deviation σ, h steps ahead it has
    /// σ √(⌊(h − 1)/m⌋ + 1).
    /// <para>Source: R. J. Hyndman, G. Athanasopoulos, "Forecasting: Principles and Practice", 5.5.</para>
    /// </summary>
    /// <param name="values">The past, oldest first, finite.</param>
    /// <param name="season">Its length in steps, 1 or more.</param>
    /// <param name="steps">How many steps ahead.</param>
    public static IReadOnlyList<ForecastStep>? SeasonalNaive(ReadOnlySpan<double> values, int season, int steps)
    {
        if (!IsEnough(values, season, steps))
            return null;
        Moments errors = default;
        for (var i = season; i < values.Length; i++)
            errors += Moments.Of(values[i] - values[i - season]);
        var sigma = Math.Sqrt(errors.SumYY.Value / errors.Count);
        var last = values[^season..].ToArray();
        return [.. Enumerable.Range(1, steps).Select(h => new ForecastStep(
            h, last[(h - 1) % season], sigma * Math.Sqrt((h - 1) / season + 1)))];
    }

    /// <summary>
    /// Additive smoothing of level, trend and season (Holt–Winters), its three parameters from a grid by the least sum
    /// of squared one-step errors. The error h steps ahead has variance σ²(1 + Σ_{j&lt;h} c_j²), c_j = α(1 + jβ) + γ
    /// where j is a multiple of the season.
    /// <para>Source: P. R. Winters, Manag. Sci. 6 (1960); variance from R. J. Hyndman et al., "Forecasting with
    /// exponential smoothing" (2008), table 6.1, model ETS(A,A,A).</para>
    /// </summary>
    /// <inheritdoc cref="SeasonalNaive"/>
    public static IReadOnlyList<ForecastStep>? HoltWinters(ReadOnlySpan<double> values, int season, int steps)
    {
        if (!IsEnough(values, season, steps) || season < 2)
            return null;
        var series = values.ToArray();
        var best = Grid.SelectMany(alpha => Grid.SelectMany(beta => Grid.Select(gamma =>
                new Smoothing(alpha, alpha * beta, gamma * (1 - alpha), season))))
            .MinBy(each => each.Run(series).SquaredError)!;
        var (end, error) = best.Run(series);
        var sigma = Math.Sqrt(error / Math.Max(1, series.Length - season - 3));
        var spread = 1.0;
        var forecast = new ForecastStep[steps];
        for (var h = 1; h <= steps; h++)
        {
            forecast[h - 1] = new(h, end.At(h), sigma * Math.Sqrt(spread));
            var weight = best.Alpha + best.Beta * h + (h % season == 0 ? best.Gamma : 0);
            spread += weight * weight;
        }

        return forecast;
    }

    private static bool IsEnough(ReadOnlySpan<double> values, int season, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(season, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                throw new ArgumentException("A value of the past is not finite.", nameof(values));
        }

        return values.Length >= 2 * season && values.Length > season + 3;
    }

    /// <summary>One set of parameters in the form of error correction: level += trend + αe, trend += βe, season +=
    /// γe.</summary>
    private sealed record Smoothing(double Alpha, double Beta, double Gamma, int Season)
    {
        internal (State End, double SquaredError) Run(double[] values)
        {
            // Start: the mean of the first season, the mean rise to the second, and the first season's shape.
            var first = values.Take(Season).Average();
            var second = values.Skip(Season).Take(Season).Average();
            var trend = (second - first) / Season;
            var level = first + trend * (Season - 1) / 2.0;
            double[] shape = [.. values.Take(Season).Select((value, i) =>
                value - (first + trend * (i - (Season - 1) / 2.0)))];

            var squares = 0.0;
            for (var i = Season; i < values.Length; i++)
            {
                ref var part = ref shape[i % Season];
                var error = values[i] - (level + trend + part);
                level += trend + Alpha * error;
                trend += Beta * error;
                part += Gamma * error;
                squares += error * error;
            }

            return (new(level, trend, shape, values.Length), squares);
        }
    }

    private sealed record State(double Level, double Trend, double[] Shape, int Length)
    {
        internal double At(int ahead) => Level + ahead * Trend + Shape[(Length + ahead - 1) % Shape.Length];
    }
}
