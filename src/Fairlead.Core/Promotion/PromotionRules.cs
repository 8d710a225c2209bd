using Fairlead.Core.Models;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Promotion;

/// <summary>What a policy of promotion may ask. Pure.</summary>
public static class PromotionRules
{
    /// <summary>Most checks of a policy.</summary>
    public const int MaxChecks = 50;

    /// <summary>Most aliases, and most stages.</summary>
    public const int MaxTargets = 20;

    /// <summary>Most people who are asked.</summary>
    public const int MaxApprovals = 10;

    /// <summary>Longest time for approvals.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(90);

    /// <summary>The stages that there are.</summary>
    public static readonly string[] Stages = ["Staging", "Production", "Archived"];

    private static readonly double[] Timed = [0.5, 0.95, 0.99];

    /// <summary>Everything that is wrong with a policy.</summary>
    public static IReadOnlyList<Refusal> Check(PromotionPolicy policy)
    {
        var faults = new List<Refusal>();
        if (policy.Aliases.Length + policy.Stages.Length == 0)
            faults.Add(Fault("aliases", "A policy guards at least one alias or stage."));
        if (policy.Aliases.Length > MaxTargets || policy.Stages.Length > MaxTargets)
            faults.Add(Fault("aliases", $"A policy guards at most {MaxTargets} aliases."));
        for (var i = 0; i < policy.Aliases.Length; i++)
            CheckAlias(policy.Aliases[i], $"aliases[{i}]", faults);
        for (var i = 0; i < policy.Stages.Length; i++)
        {
            if (!Stages.Contains(policy.Stages[i]))
                faults.Add(Fault($"stages[{i}]", $"'{policy.Stages[i]}' is none of {string.Join(", ", Stages)}."));
        }

        if (policy.Checks.Length > MaxChecks)
            faults.Add(Fault("checks", $"A policy has at most {MaxChecks} checks."));
        for (var i = 0; i < policy.Checks.Length; i++)
            faults.AddRange(Check(policy.Checks[i], $"checks[{i}]"));
        foreach (var twice in policy.Checks.GroupBy(check => check.Name).Where(group => group.Count() > 1))
            faults.Add(Fault("checks", $"Two checks are named '{twice.Key}'."));
        if (policy.Approvals.Count is < 0 or > MaxApprovals)
            faults.Add(Fault("approvals.count", $"0 to {MaxApprovals} people approve."));
        if (policy.Approvals.Within <= TimeSpan.Zero || policy.Approvals.Within > LongestWait)
            faults.Add(Fault("approvals.within", $"Approvals have a time of up to {LongestWait.Days} days."));
        return faults;
    }

    private static IEnumerable<Refusal> Check(PromotionCheck check, string at)
    {
        if (check.Name.Length is 0 or > 200)
            yield return Fault($"{at}.name", "A check has a name of up to 200 characters.");
        switch (check)
        {
            case EvaluationCheck { Metric: QualityMetric.Bias }:
                yield return Fault($"{at}.metric", "A bias is neither better higher nor lower; check another figure.");
                break;
            case LimitCheck limit when !double.IsFinite(limit.Limit):
                yield return Fault(at, "The limit is a number.");
                break;
            case ChampionCheck champion:
                if (!double.IsFinite(champion.Margin))
                    yield return Fault($"{at}.margin", "The margin is a number.");
                if (!(champion.Alpha is > 0 and < 0.5))
                    yield return Fault($"{at}.alpha", "alpha lies between 0 and 0.5.");
                if (!PairedQuality.IsKnown(champion.Metric))
                {
                    yield return Fault($"{at}.metric",
                        $"There is no paired test of '{champion.Metric.Word()}'; check another figure.");
                }

                break;
            case LatencyCheck latency:
                if (!Timed.Contains(latency.Quantile))
                    yield return Fault($"{at}.latency", "p50, p95 or p99 is timed.");
                if (!(latency.Milliseconds > 0))
                    yield return Fault($"{at}.latency", "A budget of time is above 0 ms.");
                break;
            case SizeCheck { FileBytes: null, MemoryBytes: null }:
                yield return Fault($"{at}.size", "Say 'files', 'memory' or both, in bytes.");
                break;
            default:
                break;
        }
    }

    private static void CheckAlias(string alias, string at, List<Refusal> faults)
    {
        try
        {
            AliasName.Parse(alias);
        }
        catch (RefusalException refused)
        {
            faults.AddRange(refused.Refusals.Select(fault => fault with { Field = at }));
        }
    }

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "invalid_policy", message) { Field = field };
}
