namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// One judged metric of a canary: its verdict, the groups it belongs to and whether it fails the whole.
/// </summary>
public sealed record ScoredMetric(MetricLabel Label, IReadOnlyList<string> Groups, bool Critical);

/// <summary>What becomes of a canary.</summary>
public enum CanaryClass
{
    Fail,
    Marginal,
    Pass,
}

/// <summary>The score of a canary, 0 to 100, and its class.</summary>
public readonly record struct CanaryScore(double Score, CanaryClass Class);

/// <summary>
/// Kayenta's weighted score. A group scores 100 times the share of its metrics with data that pass; a group without
/// data scores 100. Groups without a declared weight share what the declared ones leave of 100. Two rules come first: a
/// critical metric that does not pass gives 0, and so does a canary half or more of whose metrics have no data.
/// <para>Source: Kayenta's published judge.</para>
/// </summary>
public static class KayentaScore
{
    /// <summary>Scores a canary.</summary>
    /// <param name="metrics">The judged metrics.</param>
    /// <param name="weights">Declared weights of groups, in percent.</param>
    /// <param name="pass">Score from which on the canary passes.</param>
    /// <param name="marginal">Score from which on it is marginal.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or the weights sum to more than
    /// 100.</exception>
    public static CanaryScore Of(
        IReadOnlyList<ScoredMetric> metrics, IReadOnlyDictionary<string, double> weights, double pass, double marginal)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(weights);
        var declared = weights.Values.Sum();
        if (weights.Values.Any(weight => !(weight >= 0)) || declared > 100 + 1e-9)
        {
            throw new ArgumentOutOfRangeException(
                nameof(weights), declared, "Weights must not be negative, nor exceed 100 in sum.");
        }

        var silent = metrics.Count(metric => metric.Label == MetricLabel.NoData);
        if (metrics.Any(metric => metric.Critical && metric.Label != MetricLabel.Pass) || 2 * silent >= metrics.Count)
            return new(0, CanaryClass.Fail);

        var groups = metrics.SelectMany(metric => metric.Groups).Distinct().ToArray();
        var undeclared = groups.Count(group => !weights.ContainsKey(group));
        var score = groups.Sum(group => GroupScore(metrics, group)
            * (weights.TryGetValue(group, out var weight) ? weight : (100 - declared) / undeclared) / 100);
        return new(score, Class(score));

        CanaryClass Class(double value) =>
            value >= pass ? CanaryClass.Pass : value >= marginal ? CanaryClass.Marginal : CanaryClass.Fail;
    }

    private static double GroupScore(IReadOnlyList<ScoredMetric> metrics, string group)
    {
        var judged = metrics
            .Where(metric => metric.Groups.Contains(group) && metric.Label != MetricLabel.NoData).ToArray();
        var passed = judged.Count(metric => metric.Label == MetricLabel.Pass);
        return judged.Length == 0 ? 100 : 100.0 * passed / judged.Length;
    }
}
