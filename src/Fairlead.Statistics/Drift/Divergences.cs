using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>The unit of an information: bits with base two, nats with base e.</summary>
public enum LogBase
{
    /// <summary>Natural logarithms.</summary>
    Natural,

    /// <summary>Binary logarithms: the Jensen–Shannon divergence then lies in 0 to 1.</summary>
    Two,
}

/// <summary>
/// How far apart two distributions over the same cells are. Counts or shares are given; each side is divided by its
/// sum. A side without anything is no distribution: what compares it is 0, and it is for the caller to see that there
/// is nothing.
/// </summary>
public static class Divergences
{
    /// <summary>Σ p ln(p/q), S. Kullback, R. A. Leibler 1951: 0·ln 0 is 0, and a cell that only p has makes it
    /// ∞.</summary>
    public static double KullbackLeibler(
        ReadOnlySpan<double> p, ReadOnlySpan<double> q, LogBase logBase = LogBase.Natural)
    {
        var (a, b) = Shares(p, q);
        return Information(a, b) / Unit(logBase);
    }

    /// <summary>
    /// The Jensen–Shannon divergence, ½ KL(p, m) + ½ KL(q, m) with m the middle of both. J. Lin, IEEE Trans. Inf.
    /// Theory 37 (1991). At most ln 2 nats, one bit.
    /// </summary>
    public static double JensenShannon(
        ReadOnlySpan<double> p, ReadOnlySpan<double> q, LogBase logBase)
    {
        var (a, b) = Shares(p, q);
        var middle = new double[a.Length];
        for (var i = 0; i < a.Length; i++)
            middle[i] = (a[i] + b[i]) / 2;
        return Math.Max(0, (Information(a, middle) + Information(b, middle)) / 2) / Unit(logBase);
    }

    /// <summary>
    /// The Jensen–Shannon distance: the root of <see cref="JensenShannon"/>, which is a metric. Tools that show "JS"
    /// mean either, in either base.
    /// </summary>
    public static double JensenShannonDistance(
        ReadOnlySpan<double> p, ReadOnlySpan<double> q, LogBase logBase) => Math.Sqrt(JensenShannon(p, q, logBase));

    /// <summary>The Hellinger distance, √(½ Σ (√p − √q)²), 0 to 1.</summary>
    public static double Hellinger(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        var (a, b) = Shares(p, q);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            var difference = Math.Sqrt(a[i]) - Math.Sqrt(b[i]);
            sum += difference * difference;
        }

        return Math.Sqrt(sum / 2);
    }

    /// <summary>Total variation, ½ Σ |p − q|: the greatest difference of any set of cells, 0 to 1.</summary>
    public static double TotalVariation(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        var (a, b) = Shares(p, q);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += Math.Abs(a[i] - b[i]);
        return sum / 2;
    }

    /// <summary>The greatest difference of one cell, max |p − q|, 0 to 1.</summary>
    public static double LInfinity(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        var (a, b) = Shares(p, q);
        var most = 0.0;
        for (var i = 0; i < a.Length; i++)
            most = Math.Max(most, Math.Abs(a[i] - b[i]));
        return most;
    }

    /// <summary>
    /// The population stability index, Σ (q − p) ln(q/p), with shares below <paramref name="floor"/> taken for it and
    /// not divided anew. Symmetric, and finite for a floor above 0.
    /// </summary>
    /// <param name="p">The reference.</param>
    /// <param name="q">The current.</param>
    /// <param name="floor">What an empty cell counts as; it decides the value as soon as a cell is empty.</param>
    public static double PopulationStability(ReadOnlySpan<double> p, ReadOnlySpan<double> q, double floor)
    {
        Require.Positive(floor);
        var (a, b) = Shares(p, q);
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            var (x, y) = (Math.Max(a[i], floor), Math.Max(b[i], floor));
            sum += (y - x) * Math.Log(y / x);
        }

        return sum;
    }

    /// <summary>
    /// What the index exceeds with probability alpha without any drift, χ²(B − 1, 1 − α)·(1/N + 1/n): the index of
    /// small samples is large by chance alone.
    /// <para>Source: B. Yurdakul, "Statistical properties of population stability index" (2018). For cells that expect
    /// about five values or more.</para>
    /// </summary>
    public static double PopulationStabilityCritical(long reference, long current, int bins, double alpha)
    {
        Require.Level(alpha);
        ArgumentOutOfRangeException.ThrowIfLessThan(reference, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(current, 1);
        return bins < 2
            ? 0
            : ChiSquare.UpperQuantile(alpha, bins - 1) * (1.0 / reference + 1.0 / current);
    }

    /// <summary>Both sides divided by their sums.</summary>
    internal static (double[] P, double[] Q) Shares(ReadOnlySpan<double> p, ReadOnlySpan<double> q)
    {
        if (p.Length != q.Length)
            throw new ArgumentException($"There are {p.Length} cells here and {q.Length} there.", nameof(q));
        var (a, b) = (Sum(p), Sum(q));
        if (!(a > 0) || !(b > 0))
            return ([], []);
        var (first, second) = (p.ToArray(), q.ToArray());
        for (var i = 0; i < first.Length; i++)
        {
            first[i] /= a;
            second[i] /= b;
        }

        return (first, second);
    }

    private static double Sum(ReadOnlySpan<double> cells)
    {
        var sum = 0.0;
        foreach (var cell in cells)
        {
            Require.NotNegative(cell);
            sum += cell;
        }

        return sum;
    }

    private static double Information(double[] p, double[] q)
    {
        var sum = 0.0;
        for (var i = 0; i < p.Length; i++)
        {
            if (p[i] > 0)
                sum += q[i] > 0 ? p[i] * Math.Log(p[i] / q[i]) : double.PositiveInfinity;
        }

        return sum;
    }

    private static double Unit(LogBase logBase) => logBase == LogBase.Two ? Math.Log(2) : 1;
}
