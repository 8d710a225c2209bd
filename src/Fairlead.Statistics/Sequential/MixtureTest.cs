namespace Fairlead.Statistics.Sequential;

/// <summary>One look of a mixture sequential probability ratio test.</summary>
/// <param name="LogLambda">ln Λ, the logarithm of the mixture likelihood ratio; above 0 speaks for an effect.</param>
/// <param name="PInstant">min(1, 1/Λ) of this look alone.</param>
/// <param name="Rejects">Λ has reached 1/α.</param>
/// <param name="Low">Lower end of the interval that holds at all looks.</param>
/// <param name="High">Upper end of it.</param>
public readonly record struct MixtureLook(double LogLambda, double PInstant, bool Rejects, double Low, double High);

/// <summary>
/// The mixture sequential probability ratio test for a normal estimate Δ of variance V, with effects N(0, τ) mixed
/// under the alternative: ln Λ = ½ ln(V/(V+τ)) + τΔ² / (2V(V+τ)). It is <see cref="NormalMixture"/> with the
/// variance 1/V, the sum Δ/V and ρ = 1/τ. The p-value valid at any time is the running minimum of min(1, 1/Λ).
/// <para>V &gt; 0 and τ &gt; 0; otherwise there is no decision: ln Λ = 0, p = 1 and an unbounded interval.</para>
/// <para>Source: R. Johari, P. Koomen, L. Pekelis, D. Walsh, KDD 2017 and Oper. Res. 70 (2022).</para>
/// </summary>
public static class MixtureTest
{
    /// <summary>The test at one look.</summary>
    /// <param name="delta">The estimate of the effect.</param>
    /// <param name="variance">Its variance V at this look.</param>
    /// <param name="tau">Variance of the effects expected; the square of the smallest one worth finding.</param>
    /// <param name="alpha">Error rate over all looks.</param>
    public static MixtureLook Look(double delta, double variance, double tau, double alpha)
    {
        if (!(variance > 0) || !(tau > 0) || !double.IsFinite(delta) || !double.IsFinite(1 / variance))
            return new MixtureLook(0, 1, false, double.NegativeInfinity, double.PositiveInfinity);

        var (v, rho) = (1 / variance, 1 / tau);
        var log = NormalMixture.LogMixture(delta / variance, v, rho);
        var half = variance * NormalMixture.Bound(v, rho, alpha);
        return new MixtureLook(log, Math.Exp(Math.Min(0, -log)), log >= -Math.Log(alpha), delta - half, delta + half);
    }

    /// <summary>The p-value valid at any time: it never rises.</summary>
    /// <param name="before">The running p-value before this look; 1 at the first.</param>
    /// <param name="look">This look.</param>
    public static double RunningP(double before, MixtureLook look) => Math.Min(before, look.PInstant);

    /// <summary>
    /// The critical z of a variant that Statsig documents: the mixture with τ = z²_{α/2}·(σ²_t + σ²_c)/(N_t + N_c) and
    /// α/2 inside the logarithm. For comparison only: with this τ the bound is one constant for any N at a given split,
    /// far too high early and, by the law of the iterated logarithm, crossed sooner or later by everything.
    /// </summary>
    public static (double Variance, double Tau, double Z) StatsigDocumented(
        double varianceTreatment, double varianceControl, double unitsTreatment, double unitsControl, double alpha)
    {
        var v = varianceTreatment / unitsTreatment + varianceControl / unitsControl;
        var z = Numerics.Normal.UpperQuantile(alpha / 2);
        var tau = z * z * (varianceTreatment + varianceControl) / (unitsTreatment + unitsControl);
        return (v, tau, Math.Sqrt(v) * NormalMixture.Bound(1 / v, 1 / tau, alpha / 2));
    }
}
