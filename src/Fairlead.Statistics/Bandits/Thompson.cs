using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Bandits;

/// <summary>
/// Thompson sampling: every arm is played with the probability of being the best. Computed as weights, those
/// probabilities come from quadrature and no chance is involved; drawn one decision at a time, each posterior is
/// sampled with the generator that is passed in.
/// <para>Source: W. Thompson, Biometrika 25 (1933).</para>
/// </summary>
public static class Thompson
{
    /// <summary>Points per standard deviation of the narrowest posterior.</summary>
    private const double PointsPerDeviation = 4;

    private const double Reach = 9;

    private const int MaxPoints = 40_000;

    /// <summary>P(each arm is the best), to about 1e-10; they sum to 1. At least one arm.</summary>
    public static double[] Weights(IReadOnlyList<BetaPosterior> arms)
    {
        ArgumentOutOfRangeException.ThrowIfZero(arms.Count, nameof(arms));
        var finest = arms.Min(LogitAxis.Deviation);
        return Normalised([.. arms.Select((arm, i) => LogitAxis.Expectation(arm, finest, (x, _) =>
        {
            var product = 1.0;
            for (var j = 0; j < arms.Count && product > 0; j++)
            {
                if (j != i)
                    product *= Beta.Regularized(arms[j].A, arms[j].B, x);
            }

            return product;
        }))]);
    }

    /// <summary>P(each arm is the best), to about 1e-10; they sum to 1. At least one arm.</summary>
    public static double[] Weights(IReadOnlyList<NormalPosterior> arms)
    {
        ArgumentOutOfRangeException.ThrowIfZero(arms.Count, nameof(arms));
        var finest = arms.Min(arm => arm.Deviation);
        return Normalised([.. arms.Select((_, i) => ProbabilityOfBest(arms, i, finest))]);
    }

    /// <summary>Chooses one arm by a draw from each posterior; of equal draws the first.</summary>
    public static int Choose(IReadOnlyList<BetaPosterior> arms, SplitMix64 generator) =>
        Greatest(arms.Count, i => DrawBeta(arms[i].A, arms[i].B, generator));

    /// <summary>Chooses one arm by a draw from each posterior; of equal draws the first.</summary>
    public static int Choose(IReadOnlyList<NormalPosterior> arms, SplitMix64 generator) =>
        Greatest(arms.Count, i => arms[i].Mean + arms[i].Deviation * generator.NextNormal());

    /// <summary>
    /// Top-two Thompson sampling: with probability <paramref name="leader"/> the arm that seems best is played, else
    /// the one that would be best if it were not. For finding the best arm soon rather than earning while searching:
    /// w_i = p_i·(β + (1 − β)·Σ_{j≠i} p_j / (1 − p_j)).
    /// <para>Source: D. Russo, "Simple Bayesian algorithms for best-arm identification", Oper. Res. 68 (2020).</para>
    /// </summary>
    /// <param name="best">P(each arm is the best), from <c>Weights</c>.</param>
    /// <param name="leader">β, between 0 and 1. Default one half.</param>
    public static double[] TopTwo(IReadOnlyList<double> best, double leader = 0.5)
    {
        if (leader is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(leader), leader, "A probability lies between 0 and 1.");
        if (best.Count == 1)
            return [1];

        // An arm that is certainly best has no challenger with a positive chance; its challengers share alike.
        var certain = Enumerable.Range(0, best.Count).Where(i => best[i] >= 1).ToList();
        if (certain.Count > 0)
            return [.. best.Select((_, i) => i == certain[0] ? leader : (1 - leader) / (best.Count - 1))];

        var odds = best.Select(p => p / Others(best, p)).ToArray();
        var all = odds.Sum();
        return Normalised([.. best.Select((p, i) => p * (leader + (1 - leader) * (all - odds[i])))]);
    }

    /// <summary>1 − p, taken as the sum of the others where p is so near 1 that the difference has no digits.</summary>
    private static double Others(IReadOnlyList<double> best, double p) =>
        p < 0.999 ? 1 - p : Math.Max(double.Epsilon, best.Sum() - p);

    private static double ProbabilityOfBest(IReadOnlyList<NormalPosterior> arms, int best, double finest)
    {
        var arm = arms[best];
        var range = 2 * Reach * arm.Deviation;
        var count = (int)Math.Min(MaxPoints, Math.Ceiling(range * PointsPerDeviation / finest) + 1);
        var (sum, mass) = (0.0, 0.0);
        for (var k = 0; k < count; k++)
        {
            var z = -Reach + 2 * Reach * k / (count - 1);
            var density = Normal.Pdf(z);
            mass += density;
            var product = density;
            for (var j = 0; j < arms.Count && product > 0; j++)
            {
                if (j != best)
                    product *= Normal.Cdf((arm.Mean + arm.Deviation * z - arms[j].Mean) / arms[j].Deviation);
            }

            sum += product;
        }

        return sum / mass;
    }

    private static double[] Normalised(double[] weights)
    {
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }

    private static int Greatest(int count, Func<int, double> draw)
    {
        ArgumentOutOfRangeException.ThrowIfZero(count);
        var (best, greatest) = (0, double.NegativeInfinity);
        for (var i = 0; i < count; i++)
        {
            var value = draw(i);
            if (value > greatest)
                (best, greatest) = (i, value);
        }

        return best;
    }

    /// <summary>ln(X / (1 − X)) of a beta draw: in the order of the draws, and distinct where X rounds to 1.</summary>
    private static double DrawBeta(double a, double b, SplitMix64 generator) =>
        LogGammaDraw(a, generator) - LogGammaDraw(b, generator);

    /// <summary>
    /// The logarithm of a gamma draw (G. Marsaglia, W. Tsang, ACM TOMS 26, 2000); below shape 1 by a draw of shape + 1
    /// and a power of a uniform one.
    /// </summary>
    private static double LogGammaDraw(double shape, SplitMix64 generator)
    {
        if (shape < 1)
            return LogGammaDraw(shape + 1, generator) + Math.Log(generator.NextDouble()) / shape;

        var d = shape - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = generator.NextNormal();
            var v = 1 + c * x;
            if (v <= 0)
                continue;
            var cube = v * v * v;
            if (Math.Log(generator.NextDouble()) < 0.5 * x * x + d - d * cube + d * Math.Log(cube))
                return Math.Log(d * cube);
        }
    }
}
