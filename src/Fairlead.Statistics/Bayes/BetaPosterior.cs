using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bayes;

/// <summary>
/// What is believed about a proportion after counting: the distribution Beta(a, b). Both parameters above 0 and finite;
/// others throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public readonly record struct BetaPosterior
{
    /// <summary>Beta(a, b).</summary>
    public BetaPosterior(double a, double b)
    {
        if (!(a > 0) || !double.IsFinite(a))
            throw new ArgumentOutOfRangeException(nameof(a), a, "A parameter of the beta distribution is above 0.");
        if (!(b > 0) || !double.IsFinite(b))
            throw new ArgumentOutOfRangeException(nameof(b), b, "A parameter of the beta distribution is above 0.");
        (A, B) = (a, b);
    }

    /// <summary>Prior weight of successes plus the successes.</summary>
    public double A { get; }

    /// <summary>Prior weight of failures plus the failures.</summary>
    public double B { get; }

    /// <summary>The mean, a / (a + b).</summary>
    public double Mean => A / (A + B);

    /// <summary>The variance.</summary>
    public double Variance => Mean * (B / (A + B)) / (A + B + 1);

    /// <summary>After <paramref name="successes"/> out of <paramref name="trials"/> under a Beta(a, b) prior.</summary>
    public static BetaPosterior After(double successes, double trials, double priorA = 1, double priorB = 1)
    {
        if (!(successes >= 0) || !(successes <= trials))
            throw new ArgumentOutOfRangeException(
                nameof(successes), successes, $"Successes lie between 0 and the trials, {trials}.");
        return new BetaPosterior(priorA + successes, priorB + trials - successes);
    }

    /// <summary>After counting, under a Beta(a, b) prior.</summary>
    public static BetaPosterior After(Proportion counted, double priorA = 1, double priorB = 1) =>
        After(counted.Successes, counted.Trials, priorA, priorB);

    /// <summary>The interval between the quantiles α/2 and 1 − α/2.</summary>
    public (double Low, double High) Interval(double alpha = 0.05) =>
        (Beta.Inverse(A, B, alpha / 2), Beta.Inverse(A, B, 1 - alpha / 2));
}
