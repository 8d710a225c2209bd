using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// The two-sample Cramér–von Mises test: the squared difference of the distribution functions, averaged over the pooled
/// values; ties get mid-ranks.
/// <para>Sources: T. W. Anderson, Ann. Math. Stat. 33 (1962); W. J. Conover, "Practical Nonparametric Statistics"
/// (1999); Y. Xiao, A. Gordon, A. Yakovlev, J. Stat. Softw. 17 (2007) for the exact law, which is used up to <see
/// cref="LargestExact"/> values a side and counts ties as if there were none. Where a side has fewer than two values
/// there is nothing to compare (p = 1).</para>
/// </summary>
public static class CramerVonMises
{
    /// <summary>The most values a side for the exact law.</summary>
    public const int LargestExact = 20;

    /// <summary>The test on samples as they are.</summary>
    public static TestOutcome Test(ReadOnlySpan<double> reference, ReadOnlySpan<double> current) =>
        Test(QuantileView.OfSample(reference), QuantileView.OfSample(current));

    /// <summary>The test on sketches or samples.</summary>
    public static TestOutcome Test(QuantileView reference, QuantileView current)
    {
        var (nx, ny) = (reference.Count, current.Count);
        if (nx < 2 || ny < 2)
            return TestOutcome.Nothing;

        double n = nx, m = ny, total = n + m, pairs = n * m;
        var u = RankDistances(reference, current);
        var t = u / (pairs * total) - (4 * pairs - 1) / (6 * total);
        if (Math.Max(nx, ny) <= LargestExact)
            return new(t, Exact(u, (int)nx, (int)ny));

        var mean = (1 + 1 / total) / 6;
        var variance = (total + 1) * (4 * pairs * total - 3 * (n * n + m * m) - 2 * pairs)
            / (45 * total * total * 4 * pairs);
        var limit = 1.0 / 6 + (t - mean) / Math.Sqrt(45 * variance);
        return new(t, limit < 0.003 ? 1 : Math.Clamp(1 - LimitLaw(limit), 0, 1));
    }

    /// <summary>
    /// n Σ (rᵢ − i)² + m Σ (sⱼ − j)², with r and s the mid-ranks of the two sides among all. Within a group of ties the
    /// ranks r − i fall one by one, so the sum over it is known at once.
    /// </summary>
    private static double RankDistances(QuantileView reference, QuantileView current)
    {
        double sumX = 0, sumY = 0, beforeX = 0, beforeY = 0;
        var walk = new CdfWalk(reference, current);
        while (walk.MoveNext())
        {
            double upToX = reference.UpTo(walk.UpToX), upToY = current.UpTo(walk.UpToY);
            var (a, b) = (upToX - beforeX, upToY - beforeY);
            var rank = beforeX + beforeY + (a + b + 1) / 2;
            sumX += Squares(rank - beforeX, a);
            sumY += Squares(rank - beforeY, b);
            (beforeX, beforeY) = (upToX, upToY);
        }

        return reference.Count * sumX + current.Count * sumY;
    }

    /// <summary>Σ (start − k)² over k from 1 to count.</summary>
    private static double Squares(double start, double count)
    {
        var middle = start - (count + 1) / 2;
        return count * middle * middle + count * (count * count - 1) / 12;
    }

    private static double Exact(double u, int n, int m)
    {
        var common = Common(n, m);
        long lcm = (long)n / common * m, stepX = lcm / n, stepY = lcm / m;
        double pairs = (double)n * m;
        var reached = Math.Floor(lcm * (double)lcm * (n + m) * (6 * u - pairs * (4 * pairs - 1)) / (6 * pairs * pairs));

        // How many paths to (i, j) have which sum of squared differences on their way.
        var row = new Dictionary<long, double>[m + 1];
        for (var i = 0; i <= n; i++)
        {
            for (var j = 0; j <= m; j++)
            {
                var difference = i * stepX - j * stepY;
                var next = new Dictionary<long, double>();
                if (i + j == 0)
                    next[0] = 1;
                if (i > 0)
                    AddShifted(next, row[j], difference * difference);
                if (j > 0)
                    AddShifted(next, row[j - 1], difference * difference);
                row[j] = next;
            }
        }

        double tail = 0, all = 0;
        foreach (var (value, paths) in row[m])
        {
            all += paths;
            tail += value >= reached ? paths : 0;
        }

        return Math.Min(1, tail / all);
    }

    private static void AddShifted(Dictionary<long, double> into, Dictionary<long, double> from, long by)
    {
        foreach (var (value, paths) in from)
            into[value + by] = into.GetValueOrDefault(value + by) + paths;
    }

    private static int Common(int a, int b) => b == 0 ? a : Common(b, a % b);

    /// <summary>The law of ∫ of the squared Brownian bridge, Anderson and Darling's series (1952) in K of order
    /// ¼.</summary>
    private static double LimitLaw(double x)
    {
        var (sum, factor) = (0.0, Math.Exp(Gamma.Log(0.5)) / Math.Pow(Math.PI, 1.5));
        for (var k = 0; k < 100; k++)
        {
            var y = 4 * k + 1.0;
            var q = y * y / (16 * x);
            var term = factor * Math.Sqrt(y) * Math.Exp(-q) * BesselK(0.25, q) / Math.Sqrt(x);
            sum += term;
            if (term < 1e-17)
                break;
            factor *= (k + 0.5) / (k + 1);
        }

        return sum;
    }

    /// <summary>
    /// The modified Bessel function of the second kind, ∫₀^∞ e^(−x cosh t) cosh(νt) dt. The trapezoid rule converges
    /// faster than any power of its step, since all derivatives vanish at both ends.
    /// </summary>
    private static double BesselK(double order, double x)
    {
        const double step = 0.05;
        var sum = 0.5 * Math.Exp(-x);
        for (var i = 1; i < 400; i++)
        {
            var t = i * step;
            var term = Math.Exp(-x * Math.Cosh(t)) * Math.Cosh(order * t);
            sum += term;
            if (term < sum * 1e-18)
                break;
        }

        return sum * step;
    }
}
