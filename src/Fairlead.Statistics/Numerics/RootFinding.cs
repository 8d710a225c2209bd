namespace Fairlead.Statistics.Numerics;

/// <summary>
/// Roots of continuous functions inside a bracket, with fixed tolerances and a fixed bound on the steps, so that the
/// same call gives the same bits everywhere. NaN when the ends of the bracket have the same sign or a value is NaN.
/// </summary>
public static class RootFinding
{
    /// <summary>Steps after which the best point so far is returned.</summary>
    private const int MaxSteps = 200;

    /// <summary>
    /// Brent's method (R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 4).
    /// </summary>
    /// <param name="f">The function; its values at both ends must differ in sign, or one of them be 0.</param>
    /// <param name="low">One end of the bracket.</param>
    /// <param name="high">The other end.</param>
    /// <param name="tolerance">Absolute tolerance of the root; the spacing of doubles there is added to it.</param>
    public static double Brent(Func<double, double> f, double low, double high, double tolerance = 1e-12)
    {
        ArgumentNullException.ThrowIfNull(f);
        double a = low, b = high, fa = f(a), fb = f(b);
        if (fa == 0)
            return a;
        if (fb == 0)
            return b;
        if (!(fa < 0 && fb > 0 || fa > 0 && fb < 0))
            return double.NaN;

        double c = a, fc = fa, step = b - a, before = step;
        for (var i = 0; i < MaxSteps; i++)
        {
            if (fb > 0 == fc > 0)
            {
                (c, fc) = (a, fa);
                step = before = b - a;
            }

            if (Math.Abs(fc) < Math.Abs(fb))
            {
                (a, b, c) = (b, c, b);
                (fa, fb, fc) = (fb, fc, fb);
            }

            var close = 2 * double.Epsilon + 2.3e-16 * Math.Abs(b) + 0.5 * tolerance;
            var half = 0.5 * (c - b);
            if (Math.Abs(half) <= close || fb == 0)
                return b;

            (step, before) = Math.Abs(before) >= close && Math.Abs(fa) > Math.Abs(fb)
                ? Interpolate(a, b, c, fa, fb, fc, half, close, step, before)
                : (half, half);
            (a, fa) = (b, fb);
            b += Math.Abs(step) > close ? step : Math.CopySign(close, half);
            fb = f(b);
            if (double.IsNaN(fb))
                return double.NaN;
        }

        return b;
    }

    /// <summary>
    /// Bisection to the last bit: the smallest double at which a monotone function has reached the sign that it has at
    /// <paramref name="high"/>. Slower than <see cref="Brent"/> and indifferent to kinks and jumps.
    /// </summary>
    public static double Bisect(Func<double, double> f, double low, double high)
    {
        ArgumentNullException.ThrowIfNull(f);
        var atLow = f(low);
        var atHigh = f(high);
        if (atLow == 0)
            return low;
        if (!(atLow < 0 && atHigh >= 0 || atLow > 0 && atHigh <= 0))
            return double.NaN;

        var rising = atLow < 0;
        for (var i = 0; i < 2100; i++)
        {
            var middle = low + 0.5 * (high - low);
            if (middle == low || middle == high)
                return high;
            var value = f(middle);
            if (double.IsNaN(value))
                return double.NaN;
            if (rising ? value < 0 : value > 0)
                low = middle;
            else
                high = middle;
        }

        return high;
    }

    /// <summary>
    /// The step by the secant or the inverse parabola, or half the bracket when that would go astray.
    /// </summary>
    private static (double Step, double Before) Interpolate(
        double a, double b, double c, double fa, double fb, double fc, double half, double close, double step,
        double before)
    {
        double p, q;
        var s = fb / fa;
        if (a == c)
        {
            p = 2 * half * s;
            q = 1 - s;
        }
        else
        {
            var r = fb / fc;
            var t = fa / fc;
            p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
            q = (t - 1) * (r - 1) * (s - 1);
        }

        if (p > 0)
            q = -q;
        p = Math.Abs(p);
        return 2 * p < Math.Min(3 * half * q - Math.Abs(close * q), Math.Abs(before * q))
            ? (p / q, step)
            : (half, half);
    }
}
