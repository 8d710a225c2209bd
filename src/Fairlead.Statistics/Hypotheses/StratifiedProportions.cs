using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>Both arms in one stratum: a phase of a rollout, during which the weights did not change.</summary>
public readonly record struct Stratum(Proportion Control, Proportion Treatment);

/// <summary>An effect that was estimated inside strata and then put together.</summary>
/// <param name="OddsRatio">Mantel–Haenszel odds ratio, treatment over control; NaN when no stratum informs.</param>
/// <param name="CmhStatistic">Cochran–Mantel–Haenszel statistic without continuity correction, chi-square with one
/// degree.</param>
/// <param name="CmhP">Its two-sided p-value; NaN when no stratum informs.</param>
/// <param name="Difference">Inverse-variance mean of the differences within strata.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="WithinDifferences">The difference of each stratum, in the order given; NaN where an arm is
/// empty.</param>
public sealed record StratifiedResult(
    double OddsRatio,
    double CmhStatistic,
    double CmhP,
    double Difference,
    double StandardError,
    IReadOnlyList<double> WithinDifferences);

/// <summary>
/// Two proportions across phases with different weights. Pooling such phases invents effects (Simpson's paradox); here
/// each arm is only ever compared with the other arm of the same phase.
/// <para>Sources: N. Mantel, W. Haenszel, J. Natl. Cancer Inst. 22 (1959); W. G. Cochran, Biometrics 10 (1954). Strata
/// with an empty arm inform nothing; strata without variation have no inverse-variance weight.</para>
/// </summary>
public static class StratifiedProportions
{
    /// <summary>Compares treatment with control across strata.</summary>
    public static StratifiedResult Compare(IReadOnlyList<Stratum> strata)
    {
        ArgumentNullException.ThrowIfNull(strata);
        double top = 0, bottom = 0, excess = 0, variance = 0, weights = 0, weighted = 0;
        foreach (var (control, treatment) in strata)
        {
            double nt = treatment.Trials, nc = control.Trials, n = nt + nc;
            if (nt == 0 || nc == 0)
                continue;

            double successes = treatment.Successes + control.Successes;
            top += treatment.Successes * (double)control.Failures / n;
            bottom += treatment.Failures * (double)control.Successes / n;
            excess += treatment.Successes - nt * successes / n;
            variance += nt * nc * successes * (n - successes) / (n * n * (n - 1));

            var within = treatment.VarianceOfRate + control.VarianceOfRate;
            if (within > 0)
            {
                weights += 1 / within;
                weighted += (treatment.Rate - control.Rate) / within;
            }
        }

        var statistic = excess * excess / variance;
        return new(
            top / bottom,
            statistic,
            ChiSquare.UpperTail(statistic, 1),
            weighted / weights,
            Math.Sqrt(1 / weights),
            [.. strata.Select(stratum => stratum.Treatment.Rate - stratum.Control.Rate)]);
    }
}
