using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Drift;

/// <summary>How the p-value of the Kolmogorov–Smirnov statistic is found.</summary>
public enum KolmogorovMethod
{
    /// <summary>Exact up to <see cref="KolmogorovSmirnov.LargestExact"/> values a side, else asymptotic.</summary>
    Auto,

    /// <summary>All orders of the pooled values counted as if none were equal; with ties it is too large.</summary>
    Exact,

    /// <summary>All orders of the pooled values counted, differences compared only between distinct values: exact with
    /// ties too. E. Schröer, D. Trenkler, Comput. Stat. Data Anal. 20 (1995).</summary>
    ExactWithTies,

    /// <summary>The law of one sample of nm/(n + m) values; with ties it is too large.</summary>
    Asymptotic,
}

/// <summary>
/// The two-sample Kolmogorov–Smirnov test: the greatest difference between the distribution functions F of the
/// reference and G of the current.
/// <para>Sources: N. V. Smirnov 1939; J. L. Hodges, Ark. Mat. 3 (1958) for counting paths; the one-sided asymptotic
/// form with its correction is Hodges's too. Where a side is empty there is nothing to compare (p = 1).</para>
/// </summary>
public static class KolmogorovSmirnov
{
    /// <summary>The most values a side for which <see cref="KolmogorovMethod.Auto"/> counts orders.</summary>
    public const int LargestExact = 10_000;

    /// <summary>The test on samples as they are.</summary>
    public static TestOutcome Test(
        ReadOnlySpan<double> reference, ReadOnlySpan<double> current,
        Alternative alternative = Alternative.TwoSided, KolmogorovMethod method = KolmogorovMethod.Auto)
    {
        var (x, y) = (QuantileView.OfSample(reference), QuantileView.OfSample(current));
        if (x.Count == 0 || y.Count == 0)
            return TestOutcome.Nothing;
        var d = Statistic(x, y, alternative);
        var exact = method is KolmogorovMethod.Exact or KolmogorovMethod.ExactWithTies
            || (method == KolmogorovMethod.Auto && Math.Max(x.Count, y.Count) <= LargestExact);
        if (!exact)
            return new(d, Asymptotic(d, x.Count, y.Count, alternative));
        var ends = method == KolmogorovMethod.ExactWithTies ? GroupEnds(x, y) : null;
        return new(d, Exact(d, x.Count, y.Count, alternative, ends));
    }

    /// <summary>
    /// The test on sketches or samples, by the asymptotic law. What the sketches may err by is not in it: a difference
    /// is sure only as far as it exceeds the sum of both <see cref="QuantileView.UniformError"/>.
    /// </summary>
    public static TestOutcome Test(
        QuantileView reference, QuantileView current, Alternative alternative = Alternative.TwoSided)
    {
        if (reference.Count == 0 || current.Count == 0)
            return TestOutcome.Nothing;
        var d = Statistic(reference, current, alternative);
        return new(d, Asymptotic(d, reference.Count, current.Count, alternative));
    }

    /// <summary>The greatest difference, 0 to 1: |F − G|, F − G or G − F by the alternative.</summary>
    public static double Statistic(
        QuantileView reference, QuantileView current, Alternative alternative = Alternative.TwoSided)
    {
        if (reference.Count == 0 || current.Count == 0)
            return 0;
        var (above, below) = (0.0, 0.0);
        var walk = new CdfWalk(reference, current);
        while (walk.MoveNext())
        {
            var difference = Transport.Share(reference, walk.UpToX) - Transport.Share(current, walk.UpToY);
            above = Math.Max(above, difference);
            below = Math.Max(below, -difference);
        }

        return alternative switch
        {
            Alternative.Greater => above,
            Alternative.Less => below,
            _ => Math.Max(above, below),
        };
    }

    /// <summary>The asymptotic p-value of a difference d between n and m values.</summary>
    public static double Asymptotic(double d, long n, long m, Alternative alternative = Alternative.TwoSided)
    {
        var (large, small) = ((double)Math.Max(n, m), (double)Math.Min(n, m));
        var effective = large * small / (large + small);
        if (alternative == Alternative.TwoSided)
            return KolmogorovLaw.UpperTail(Math.Max(1, (long)Math.Round(effective, MidpointRounding.ToEven)), d);
        var z = Math.Sqrt(effective) * d;
        return Math.Exp(-2 * z * z - 2 * z * (large + 2 * small) / Math.Sqrt(large * small * (large + small)) / 3);
    }

    /// <summary>
    /// The share of the orders of n + m values in which the difference reaches d somewhere. A path to (i, j) came by i
    /// with probability i/(i + j); no term is negative, so the tail keeps its digits.
    /// </summary>
    private static double Exact(double d, long n, long m, Alternative alternative, HashSet<long>? ends)
    {
        if (d <= 0)
            return 1;
        var common = Common(n, m);
        var (stepX, stepY) = (m / common, n / common);
        var reached = (long)Math.Round(d * (n / common * m), MidpointRounding.ToEven);
        var touched = new double[m + 1];
        for (long i = 0; i <= n; i++)
        {
            for (long j = 0; j <= m; j++)
            {
                var difference = i * stepX - j * stepY;
                var outside = alternative switch
                {
                    Alternative.Greater => difference >= reached,
                    Alternative.Less => -difference >= reached,
                    _ => Math.Abs(difference) >= reached,
                };
                if (outside && (ends is null || ends.Contains(i + j)))
                    touched[j] = 1;
                else if (i + j == 0)
                    touched[j] = 0;
                else
                    touched[j] = ((i > 0 ? touched[j] * i : 0) + (j > 0 ? touched[j - 1] * j : 0)) / (i + j);
            }
        }

        return Math.Min(1, touched[m]);
    }

    /// <summary>After how many pooled values a group of equal ones ends.</summary>
    private static HashSet<long> GroupEnds(QuantileView x, QuantileView y)
    {
        var ends = new HashSet<long>();
        var walk = new CdfWalk(x, y);
        while (walk.MoveNext())
            ends.Add(walk.UpToX + walk.UpToY);
        return ends;
    }

    private static long Common(long a, long b)
    {
        while (b != 0)
            (a, b) = (b, a % b);
        return a;
    }
}
