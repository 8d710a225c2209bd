using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>An estimated effect with its t statistic.</summary>
/// <param name="Estimate">The effect.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="T">Estimate / standard error; NaN without variation, which is no evidence either way.</param>
/// <param name="Degrees">Welch–Satterthwaite degrees of freedom.</param>
/// <param name="P">p-values of <paramref name="T"/>; "greater" means an effect above 0.</param>
/// <param name="Interval">Two-sided interval at level 1 − alpha.</param>
public readonly record struct EffectResult(
    double Estimate, double StandardError, double T, double Degrees, PValues P, Interval Interval)
{
    /// <summary>An effect whose variance is the sum of those of two independent means.</summary>
    /// <param name="estimate">The effect.</param>
    /// <param name="error">Its standard error.</param>
    /// <param name="degrees">Degrees of freedom of the error.</param>
    /// <param name="alpha">One less the level of the interval.</param>
    internal static EffectResult Of(double estimate, double error, double degrees, double alpha)
    {
        if (!(error > 0) || !(degrees > 0))
            return new(estimate, error, double.NaN, degrees, PValues.Undefined, Interval.Undefined);

        var t = estimate / error;
        var margin = StudentT.UpperQuantile(alpha / 2, degrees) * error;
        return new(estimate, error, t, degrees, PValues.OfStudentT(t, degrees), Interval.Around(estimate, margin));
    }

    /// <summary>
    /// Degrees of freedom of the sum of two independent variances of a mean, (a + b)²/(a²/(n₁ − 1) + b²/(n₂ − 1)).
    /// <para>Source: B. L. Welch, Biometrika 34 (1947).</para>
    /// </summary>
    internal static double WelchDegrees(double a, long n1, double b, long n2) =>
        (a + b) * (a + b) / (a * a / (n1 - 1) + b * b / (n2 - 1));
}
