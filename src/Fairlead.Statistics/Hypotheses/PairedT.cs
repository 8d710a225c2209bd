namespace Fairlead.Statistics.Hypotheses;

/// <summary>Student's paired t test: is the mean difference 0?</summary>
public static class PairedT
{
    /// <summary>
    /// Tests challenger − champion on the same requests, with n − 1 degrees of freedom; NaN below two pairs or when all
    /// differences are equal.
    /// </summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static EffectResult Test(ReadOnlySpan<double> champion, ReadOnlySpan<double> challenger, double alpha)
    {
        var differences = Moments.Of(WilcoxonSignedRank.Differences(champion, challenger));
        return Test(differences, alpha);
    }

    /// <summary>The same from the moments of the differences.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Test(Moments differences, double alpha)
    {
        Require.Level(alpha);
        return EffectResult.Of(
            differences.Mean, Math.Sqrt(differences.VarianceOfMean), differences.Count - 1, alpha);
    }

    /// <summary>The same from a mean difference and its standard error between clusters, such as buckets of units.
    /// </summary>
    /// <param name="mean">The mean difference.</param>
    /// <param name="error">Its standard error; NaN gives no test.</param>
    /// <param name="degrees">Clusters − 1.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult OfMean(double mean, double error, double degrees, double alpha)
    {
        Require.Level(alpha);
        return EffectResult.Of(mean, error, degrees, alpha);
    }
}
