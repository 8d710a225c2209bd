using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bayes;

/// <summary>
/// Two proportions compared by their beta posteriors. These figures say what to believe now; a rule that stops when they
/// pass a limit is as wrong as any repeated look (`P(B > A) > 0.95` looked at daily for a month errs in half of all
/// A/A tests).
/// <para>
/// P(B &gt; A) = ∫ f_B(x) F_A(x) dx, and the expected loss of an arm is what is given up on average if the other is
/// better; both by quadrature to about 1e-12, for any positive parameters, whole or not.
/// </para>
/// <para>Source: C. Stucchio, "Bayesian A/B testing at VWO", 2015; A. Gelman et al., "Bayesian Data Analysis".</para>
/// </summary>
/// <param name="ProbabilityBBetter">P(B &gt; A).</param>
/// <param name="LossOfA">E[max(B − A, 0)]: expected loss of choosing A.</param>
/// <param name="LossOfB">E[max(A − B, 0)]: expected loss of choosing B.</param>
public readonly record struct BetaBinomialTest(double ProbabilityBBetter, double LossOfA, double LossOfB)
{
    /// <summary>Compares B with A.</summary>
    public static BetaBinomialTest Compare(BetaPosterior a, BetaPosterior b)
    {
        // Integrated over the narrower of the two, so that the other is smooth on its scale.
        if (LogitAxis.Deviation(a) < LogitAxis.Deviation(b))
        {
            var turned = Compare(b, a);
            return new BetaBinomialTest(1 - turned.ProbabilityBBetter, turned.LossOfB, turned.LossOfA);
        }

        var finest = LogitAxis.Deviation(b);
        var better = LogitAxis.Expectation(b, finest, (x, _) => Beta.Regularized(a.A, a.B, x));

        // E[(x − A)⁺] = x·F(x) − μ·F⁺(x), where F⁺ belongs to Beta(a + 1, b); likewise for the other side.
        var lossOfA = LogitAxis.Expectation(b, finest, (x, _) => Math.Max(0,
            x * Beta.Regularized(a.A, a.B, x) - a.Mean * Beta.Regularized(a.A + 1, a.B, x)));
        var lossOfB = LogitAxis.Expectation(b, finest, (x, _) => Math.Max(0,
            a.Mean * Beta.RegularizedUpper(a.A + 1, a.B, x) - x * Beta.RegularizedUpper(a.A, a.B, x)));
        return new BetaBinomialTest(better, lossOfA, lossOfB);
    }
}
