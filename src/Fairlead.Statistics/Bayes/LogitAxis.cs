using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bayes;

/// <summary>
/// Integrals over proportions on the axis y = ln(x / (1 − x)). A beta density there is smooth on the whole line and
/// falls off exponentially at both ends for any parameters, so the plain sum over equally spaced points converges
/// faster than any power of their distance, even where the density on [0, 1] has poles.
/// </summary>
internal static class LogitAxis
{
    /// <summary>Points per standard deviation of the narrowest feature.</summary>
    private const double PointsPerDeviation = 4;

    /// <summary>Widest step: the logistic function has poles at ±iπ.</summary>
    private const double WidestStep = 0.2;

    /// <summary>Densities this far (in logarithms) below the mode are left out.</summary>
    private const double Negligible = 40;

    private const int MaxPoints = 40_000;

    /// <summary>Σ f(x, 1 − x) · density(x) over the distribution of <paramref name="weight"/>.</summary>
    /// <param name="weight">The distribution to integrate over.</param>
    /// <param name="finest">The smallest deviation on this axis of anything inside <paramref name="f"/>.</param>
    /// <param name="f">The function of x and 1 − x.</param>
    public static double Expectation(BetaPosterior weight, double finest, Func<double, double, double> f)
    {
        double LogDensity(double y) => -weight.A * SoftPlus(-y) - weight.B * SoftPlus(y);

        var mode = Math.Log(weight.A / weight.B);
        var top = LogDensity(mode);
        var low = Edge(LogDensity, mode, -1, top);
        var high = Edge(LogDensity, mode, 1, top);
        var step = Math.Min(WidestStep, Math.Min(finest, Deviation(weight)) / PointsPerDeviation);
        var count = (int)Math.Min(MaxPoints, Math.Ceiling((high - low) / step) + 1);
        step = (high - low) / (count - 1);

        // The sum of the density itself is the constant, to the same accuracy, so no gamma functions are needed.
        var (sum, mass) = (0.0, 0.0);
        for (var i = 0; i < count; i++)
        {
            var y = low + i * step;
            var density = Math.Exp(LogDensity(y) - top);
            mass += density;
            if (density > 0)
                sum += density * f(Logistic(y), Logistic(-y));
        }

        return sum / mass;
    }

    /// <summary>About the standard deviation on this axis: √(1/a + 1/b).</summary>
    public static double Deviation(BetaPosterior posterior) => Math.Sqrt(1 / posterior.A + 1 / posterior.B);

    private static double Logistic(double y) => 1 / (1 + Math.Exp(-y));

    /// <summary>ln(1 + eʸ).</summary>
    private static double SoftPlus(double y) =>
        y > 0 ? y + Elementary.LogOnePlus(Math.Exp(-y)) : Elementary.LogOnePlus(Math.Exp(y));

    /// <summary>The point on one side at which the density has become negligible.</summary>
    private static double Edge(Func<double, double> logDensity, double mode, int direction, double top)
    {
        var distance = 1e-6;
        while (logDensity(mode + direction * distance) > top - Negligible)
            distance *= 1.25;
        return mode + direction * distance;
    }
}
