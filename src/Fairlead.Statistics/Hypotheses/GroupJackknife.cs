namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// The delete-a-group jackknife: the standard error of any smooth figure from what it is without one of g groups of
/// the rows each time. For figures that are no means, such as F1 or the area under a curve of precision.
/// <para>v = (g − 1)/g · Σ(θ₋ᵢ − θ̄)² with g − 1 degrees of freedom. Source: J. Shao, D. Tu, "The Jackknife and
/// Bootstrap" (1995), section 2.3. Not consistent for quantiles.</para>
/// </summary>
public static class GroupJackknife
{
    /// <summary>The effect with its interval and p-values; NaN below two groups.</summary>
    /// <param name="whole">The effect over all rows.</param>
    /// <param name="without">The effect without each group; groups are of nearly the same size.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static EffectResult Of(double whole, ReadOnlySpan<double> without, double alpha)
    {
        Require.Level(alpha);
        var spread = Moments.Of(without);
        double groups = without.Length;
        var error = Math.Sqrt((groups - 1) * (groups - 1) / groups * spread.Variance);
        return EffectResult.Of(whole, error, groups - 1, alpha);
    }
}
