using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>What is known of the difference treatment − control of two proportions.</summary>
/// <param name="Difference">p̂_t − p̂_c.</param>
/// <param name="Z">The pooled z statistic; above 0 when the treatment is higher. NaN when an arm is empty or when the
/// two arms together have no variation.</param>
/// <param name="P">p-values of <paramref name="Z"/>; "greater" means that the treatment is higher.</param>
/// <param name="StandardError">The unpooled standard error of the difference.</param>
/// <param name="Wald">p̂_t − p̂_c ± z·se; of width 0 at rates 0 and 1, so not the one to decide by.</param>
/// <param name="Newcombe">Newcombe's hybrid score interval; the one to show by default.</param>
/// <param name="AgrestiCaffo">Wald's interval after one more success and failure in each arm.</param>
/// <param name="RelativeLift">(p̂_t − p̂_c)/p̂_c; NaN or infinite at a control rate of 0.</param>
public readonly record struct TwoProportionsResult(
    double Difference,
    double Z,
    PValues P,
    double StandardError,
    Interval Wald,
    Interval Newcombe,
    Interval AgrestiCaffo,
    double RelativeLift);

/// <summary>
/// Comparison of two independent proportions in large samples. Below about ten events in an arm use
/// <see cref="FisherExact"/>.
/// <para>Test: z = (p̂_t − p̂_c)/√(p̄(1 − p̄)(1/n_t + 1/n_c)) with the pooled p̄ (Fleiss, Levin, Paik, "Statistical
/// Methods for Rates and Proportions", 2003). Intervals: R. G. Newcombe, Stat. Med. 17 (1998), method 10; A. Agresti,
/// B. Caffo, Am. Stat. 54 (2000).</para>
/// </summary>
public static class TwoProportions
{
    /// <summary>Compares a treatment with a control; intervals are two-sided at level 1 − alpha.</summary>
    /// <exception cref="ArgumentOutOfRangeException">alpha does not lie in (0, 1).</exception>
    public static TwoProportionsResult Compare(Proportion control, Proportion treatment, double alpha)
    {
        Require.Level(alpha);
        var difference = treatment.Rate - control.Rate;
        var pooled = (control + treatment).Rate;
        var z = difference / Math.Sqrt(pooled * (1 - pooled) * (1.0 / control.Trials + 1.0 / treatment.Trials));
        var error = Math.Sqrt(control.VarianceOfRate + treatment.VarianceOfRate);
        return new(
            difference,
            z,
            PValues.OfNormal(z),
            error,
            Interval.Around(difference, Normal.UpperQuantile(alpha / 2) * error),
            Newcombe(control, treatment, alpha),
            AgrestiCaffo(control, treatment, alpha),
            difference / control.Rate);
    }

    private static Interval Newcombe(Proportion control, Proportion treatment, double alpha)
    {
        var c = OneProportion.Wilson(control, alpha);
        var t = OneProportion.Wilson(treatment, alpha);
        var difference = treatment.Rate - control.Rate;
        return new(
            difference - Hypotenuse(treatment.Rate - t.Low, c.High - control.Rate),
            difference + Hypotenuse(t.High - treatment.Rate, control.Rate - c.Low));
    }

    private static Interval AgrestiCaffo(Proportion control, Proportion treatment, double alpha)
    {
        if (control.Trials == 0 || treatment.Trials == 0)
            return Interval.Undefined;
        var c = control + new Proportion(1, 2);
        var t = treatment + new Proportion(1, 2);
        return Interval.Around(
            t.Rate - c.Rate, Normal.UpperQuantile(alpha / 2) * Math.Sqrt(c.VarianceOfRate + t.VarianceOfRate));
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);
}
