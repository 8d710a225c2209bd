using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bandits;

/// <summary>
/// Policies that play by an index of each arm. All are functions of the totals alone and give weights that sum to 1;
/// arms of equal standing share alike. An arm that was never played comes before all others.
/// </summary>
public static class IndexPolicies
{
    /// <summary>
    /// ε-greedy: a share ε spread evenly over all arms, the rest to the arm with the greatest mean.
    /// <para>Source: R. Sutton, A. Barto, "Reinforcement Learning", section 2.2.</para>
    /// </summary>
    public static double[] EpsilonGreedy(IReadOnlyList<ArmTotals> arms, double epsilon)
    {
        if (epsilon is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "A share lies between 0 and 1.");
        var greedy = ToTheGreatest([.. arms.Select(arm => arm.Pulls > 0 ? arm.Mean : double.PositiveInfinity)]);
        return [.. greedy.Select(weight => epsilon / arms.Count + (1 - epsilon) * weight)];
    }

    /// <summary>
    /// The indices of UCB1 for rewards in [0, 1]: mean + √(c·ln t / n) with t plays in all; +∞ for an arm without
    /// plays.
    /// <para>Source: P. Auer, N. Cesa-Bianchi, P. Fischer, Mach. Learn. 47 (2002), c = 2.</para>
    /// </summary>
    public static double[] Ucb1(IReadOnlyList<ArmTotals> arms, double t, double c = 2) =>
        [.. arms.Select(arm => arm.Pulls > 0
            ? arm.Mean + Math.Sqrt(c * Math.Log(Math.Max(1, t)) / arm.Pulls)
            : double.PositiveInfinity)];

    /// <summary>
    /// The indices of KL-UCB for rewards in [0, 1]: the greatest q with n·d(mean, q) ≤ ln t + c·ln ln t, where d is the
    /// relative entropy of two coins; +∞ for an arm without plays.
    /// <para>Source: A. Garivier, O. Cappé, COLT 2011; c = 0 is what they advise.</para>
    /// </summary>
    public static double[] KlUcb(IReadOnlyList<ArmTotals> arms, double t, double c = 0)
    {
        var log = Math.Log(Math.Max(1, t));
        var budget = log + (c != 0 && log > 1 ? c * Math.Log(log) : 0);
        return [.. arms.Select(arm => arm.Pulls > 0 ? GreatestWithin(arm.Mean, budget / arm.Pulls)
            : double.PositiveInfinity)];
    }

    /// <summary>All weight to the greatest index, shared alike among equals; NaN never wins.</summary>
    public static double[] ToTheGreatest(IReadOnlyList<double> indices)
    {
        ArgumentOutOfRangeException.ThrowIfZero(indices.Count, nameof(indices));
        var greatest = indices.Where(index => !double.IsNaN(index)).DefaultIfEmpty(double.NaN).Max();
        var winners = indices.Select(index => double.IsNaN(greatest) || index == greatest).ToArray();
        return [.. winners.Select(wins => wins ? 1.0 / winners.Count(each => each) : 0)];
    }

    /// <summary>
    /// The constant of Lai and Robbins for coins with these chances: no policy that learns everywhere has a regret
    /// below Σ (p* − p)/d(p, p*) · ln T for large T. 0 when all are equal; infinite when the best never fails.
    /// <para>Source: T. Lai, H. Robbins, Adv. Appl. Math. 6 (1985).</para>
    /// </summary>
    public static double LaiRobbins(IReadOnlyList<double> chances)
    {
        var best = chances.Max();
        return chances.Where(p => p < best).Sum(p => (best - p) / RelativeEntropy(p, best));
    }

    /// <summary>d(p, q) = p ln(p/q) + (1 − p) ln((1 − p)/(1 − q)), +∞ where q excludes what p allows.</summary>
    public static double RelativeEntropy(double p, double q) => Term(p, q) + Term(1 - p, 1 - q);

    private static double Term(double p, double q) =>
        p == 0 ? 0 : q == 0 ? double.PositiveInfinity : p * Math.Log(p / q);

    private static double GreatestWithin(double mean, double budget)
    {
        if (mean >= 1 || budget <= 0)
            return Math.Min(1, mean);

        // d is convex in q with its minimum at the mean, and infinite at 1.
        var low = Math.Max(0, mean);
        return RootFinding.Bisect(q => q >= 1 ? double.MaxValue : RelativeEntropy(low, q) - budget, low, 1);
    }
}
