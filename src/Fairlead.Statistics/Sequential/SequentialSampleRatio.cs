using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sequential;

/// <summary>What was counted while the arms had one set of weights.</summary>
/// <param name="Observed">Units of each arm.</param>
/// <param name="Shares">The share each arm should have; they are scaled to a sum of 1.</param>
public sealed record RatioPeriod(IReadOnlyList<long> Observed, IReadOnlyList<double> Shares);

/// <summary>
/// The test whether units reach the arms in the planned ratio, valid however often it is looked at. The Bayes factor
/// of a Dirichlet(c·θ₀) prior against the planned shares θ₀ is a martingale while the plan is kept, so it ever reaches
/// 1/α with probability at most α; min(1, 1/BF) at its running minimum is a p-value.
/// <para>
/// ln BF = ln Γ(c) − ln Γ(c+n) + Σ [ln Γ(cθᵢ + nᵢ) − ln Γ(cθᵢ) − nᵢ ln θᵢ]. Periods with different weights multiply:
/// expecting the present weights for what was counted under earlier ones would raise a false alarm at every step of a
/// ramp.
/// </para>
/// <para>
/// An arm with share 0 must stay empty: one unit there makes the factor infinite. No units give the factor 1.
/// </para>
/// <para>Source: M. Lindon, A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022.</para>
/// </summary>
public static class SequentialSampleRatio
{
    /// <summary>Weight of the prior: as if so many units had been seen in the planned ratio.</summary>
    public const double DefaultConcentration = 1000;

    /// <summary>ln of the Bayes factor over periods of constant weights.</summary>
    public static double LogBayesFactor(
        IEnumerable<RatioPeriod> periods, double concentration = DefaultConcentration) =>
        periods.Sum(period => LogBayesFactor(period.Observed, period.Shares, concentration));

    /// <summary>ln of the Bayes factor of counts under one set of weights.</summary>
    /// <param name="observed">Units of each arm, 0 or more.</param>
    /// <param name="shares">The planned share of each arm, 0 or more, with a positive sum.</param>
    /// <param name="concentration">Weight of the prior, above 0.</param>
    public static double LogBayesFactor(
        IReadOnlyList<long> observed, IReadOnlyList<double> shares, double concentration = DefaultConcentration)
    {
        Require.Positive(concentration);
        var sum = shares.Sum();
        if (observed.Count != shares.Count)
            throw new ArgumentException($"{observed.Count} counts for {shares.Count} shares.", nameof(observed));
        if (!(sum > 0) || !double.IsFinite(sum) || shares.Any(share => share < 0))
            throw new ArgumentException("Shares must be 0 or more and have a positive sum.", nameof(shares));

        var total = 0L;
        var log = 0.0;
        for (var i = 0; i < observed.Count; i++)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(observed[i], nameof(observed));
            if (observed[i] == 0)
                continue;
            if (shares[i] == 0)
                return double.PositiveInfinity;

            var share = shares[i] / sum;
            var prior = concentration * share;
            log += Gamma.Log(prior + observed[i]) - Gamma.Log(prior) - observed[i] * Math.Log(share);
            total += observed[i];
        }

        return log + Gamma.Log(concentration) - Gamma.Log(concentration + total);
    }

    /// <summary>The p-value of this look alone; the running minimum over the looks is valid at any time.</summary>
    public static double PValue(double logBayesFactor) => Math.Exp(Math.Min(0, -logBayesFactor));
}
