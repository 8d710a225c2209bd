using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Drift;

/// <summary>
/// The Epps–Singleton test: compares the characteristic functions at two points, 0.4 and 0.8 half interquartile ranges;
/// finds differences of spread and shape, of discrete values too.
/// <para>Sources: T. W. Epps, K. J. Singleton, J. Stat. Comput. Simul. 26 (1986); S. J. Goerg, J. Kaiser, Stata J. 9
/// (2009), with their correction below 25 values. Where a side has fewer than five values, or the quartiles of the
/// pooled values agree, there is nothing to compare (statistic 0, p = 1).</para>
/// </summary>
public static class EppsSingleton
{
    /// <summary>Compares two samples of finite values.</summary>
    public static TestOutcome Test(ReadOnlySpan<double> reference, ReadOnlySpan<double> current)
    {
        if (reference.Length < 5 || current.Length < 5)
            return TestOutcome.Nothing;
        double[] pooled = [.. reference, .. current];
        Array.Sort(pooled);
        var half = (Quantiles.OfSorted(pooled, 0.75) - Quantiles.OfSorted(pooled, 0.25)) / 2;
        if (!(half > 0))
            return TestOutcome.Nothing;

        var (meanX, covarianceX) = Describe(reference, half);
        var (meanY, covarianceY) = Describe(current, half);
        double nx = reference.Length, ny = current.Length, n = nx + ny;
        var covariance = new double[16];
        for (var i = 0; i < 16; i++)
            covariance[i] = n / nx * covarianceX[i] + n / ny * covarianceY[i];

        // Wald's statistic in the directions that vary.
        var (values, vectors) = SymmetricMatrix.Eigen(covariance);
        var (w, rank) = (0.0, 0);
        for (; rank < 4 && values[rank] > values[0] * 1e-15; rank++)
        {
            var along = 0.0;
            for (var i = 0; i < 4; i++)
                along += vectors[rank][i] * (meanX[i] - meanY[i]);
            w += n * along * along / values[rank];
        }

        if (Math.Max(nx, ny) < 25)
            w *= 1 / (1 + Math.Pow(n, -0.45) + 10.1 * (Math.Pow(nx, -1.7) + Math.Pow(ny, -1.7)));
        return rank == 0 ? TestOutcome.Nothing : new(w, ChiSquare.UpperTail(w, rank));
    }

    /// <summary>Mean and covariance (divided by n) of cos and sin at both points.</summary>
    private static (double[] Mean, double[] Covariance) Describe(ReadOnlySpan<double> values, double scale)
    {
        var (mean, covariance) = (new double[4], new double[16]);
        Span<double> row = stackalloc double[4];
        foreach (var value in values)
        {
            Fill(row, value / scale);
            for (var i = 0; i < 4; i++)
                mean[i] += row[i] / values.Length;
        }

        foreach (var value in values)
        {
            Fill(row, value / scale);
            for (var i = 0; i < 16; i++)
                covariance[i] += (row[i / 4] - mean[i / 4]) * (row[i % 4] - mean[i % 4]) / values.Length;
        }

        return (mean, covariance);
    }

    private static void Fill(Span<double> row, double scaled)
    {
        (row[2], row[0]) = Math.SinCos(0.4 * scaled);
        (row[3], row[1]) = Math.SinCos(0.8 * scaled);
    }
}
