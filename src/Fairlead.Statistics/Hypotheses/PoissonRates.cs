using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>Events that were counted over an exposure (requests, hours, bytes).</summary>
public readonly record struct EventRate
{
    /// <exception cref="ArgumentOutOfRangeException">The count is negative, or the exposure is not finite and above
    /// 0.</exception>
    public EventRate(long count, double exposure)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Require.Positive(exposure);
        Count = count;
        Exposure = exposure;
    }

    public long Count { get; }

    public double Exposure { get; }

    public double Rate => Count / Exposure;
}

/// <summary>What the exact conditional test says of two Poisson rates.</summary>
/// <param name="RateRatio">Treatment over control; NaN or infinite without an event in the control.</param>
/// <param name="P">Exact p-values, 1 without any event; "greater" means that the treatment has the higher rate.</param>
/// <param name="RatioInterval">Exact two-sided interval of the ratio, from 0 to ∞ without any event.</param>
public readonly record struct PoissonRatesResult(double RateRatio, PValues P, Interval RatioInterval);

/// <summary>
/// Exact comparison of two Poisson rates: given the sum of the counts, the treatment's count is binomial with share
/// p = t_t/(t_t + t_c) when the rates are equal.
/// <para>Source: J. Przyborowski, H. Wilenski, Biometrika 31 (1940). The two-sided p-value sums all counts that are no
/// likelier than the observed; the interval is Clopper and Pearson's, carried from the share to the ratio.</para>
/// </summary>
public static class PoissonRates
{
    /// <summary>Compares the rate of a treatment with that of a control.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static PoissonRatesResult Compare(EventRate control, EventRate treatment, double alpha)
    {
        Require.Level(alpha);
        var ratio = treatment.Rate / control.Rate;
        var total = control.Count + treatment.Count;
        if (total == 0)
            return new(ratio, new(1, 1, 1), new(0, double.PositiveInfinity));

        var share = treatment.Exposure / (treatment.Exposure + control.Exposure);
        var p = new PValues(
            Binomial.TwoSided(treatment.Count, total, share),
            Binomial.AtLeast(treatment.Count, total, share),
            Binomial.Cdf(treatment.Count, total, share));
        var shares = OneProportion.ClopperPearson(new(treatment.Count, total), alpha);
        var exposures = control.Exposure / treatment.Exposure;
        return new(
            ratio, p, new(shares.Low / (1 - shares.Low) * exposures, shares.High / (1 - shares.High) * exposures));
    }
}
