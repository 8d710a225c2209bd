using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bayes;

/// <summary>
/// Two proportions compared by their beta posteriors. These figures say what to believe now; a rule that stops when
/// they pass a limit is as wrong as any repeated look (P(B &gt; A) above 0.95 or below 0.05, looked at daily for a
/// month, errs in nearly half of all A/A tests).
/// <para>
/// P(B &gt; A) = ∫ f_B(x) F_A(x) dx, and the expected loss of an arm is what is given up on average if the other is
/// better; both by quadrature to about 1e-10, for any positive parameters, whole or not.
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
        var over = LogitAxis.Deviation(a) < LogitAxis.Deviation(b) ? a : b;
        double Mean(Func<double, double> f) => LogitAxis.Expectation(over, LogitAxis.Deviation(over), (x, _) => f(x));

        return over == a
            ? new BetaBinomialTest(
                Math.Min(1, Mean(x => Beta.RegularizedUpper(b.A, b.B, x))),
                Mean(x => ExpectedAbove(b, x)), Mean(x => ExpectedBelow(b, x)))
            : new BetaBinomialTest(
                Math.Min(1, Mean(x => Beta.Regularized(a.A, a.B, x))),
                Mean(x => ExpectedBelow(a, x)), Mean(x => ExpectedAbove(a, x)));
    }

    /// <summary>E[(X − x)⁺] = μ·S⁺(x) − x·S(x), where S⁺ is the upper tail of Beta(a + 1, b).</summary>
    private static double ExpectedAbove(BetaPosterior p, double x) => Math.Max(0,
        p.Mean * Beta.RegularizedUpper(p.A + 1, p.B, x) - x * Beta.RegularizedUpper(p.A, p.B, x));

    /// <summary>E[(x − X)⁺] = x·F(x) − μ·F⁺(x), where F⁺ belongs to Beta(a + 1, b).</summary>
    private static double ExpectedBelow(BetaPosterior p, double x) => Math.Max(0,
        x * Beta.Regularized(p.A, p.B, x) - p.Mean * Beta.Regularized(p.A + 1, p.B, x));
}
