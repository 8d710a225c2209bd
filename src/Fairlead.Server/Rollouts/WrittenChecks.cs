using System.Collections.Immutable;
using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Rollouts;

/// <summary>Turns checks as they are written into checks as they are decided by. Pure.</summary>
internal static class WrittenChecks
{
    private const double GateAlpha = 0.05;
    private const double GuardAlpha = 0.0025;
    private const double LimitAlpha = 0.01;
    private const long DefaultPlannedSamples = 10_000;

    /// <summary>
    /// Where the sequence of a guard is tightest: early, for harm that is worth a rollback shows in some hundred
    /// requests. What it costs later is little (bench/Fairlead.RollbackTime).
    /// </summary>
    private const long GuardPlannedSamples = 1000;
    private const int DefaultLooks = 5;

    /// <summary>
    /// The guards of a plan that says nothing of guards: errors no worse by 0.2 percentage points, compute time per row
    /// no worse by half.
    /// </summary>
    public static ImmutableArray<Check> DefaultGuards { get; } =
    [
        new Check
        {
            Name = "errors",
            Metric = new Metric(MetricKind.ErrorRate),
            Rule = new CompareRule(
                LowerIsBetter: true, 0.002, Relative: false, Horizon.Anytime, GuardAlpha, GuardPlannedSamples),
        },
        new Check
        {
            Name = "compute",
            Metric = new Metric(MetricKind.Compute, Quantile: 0.95),
            Rule = new CompareRule(
                LowerIsBetter: true, 0.5, Relative: true, Horizon.Anytime, GuardAlpha, GuardPlannedSamples),
        },
    ];

    /// <summary>Reads a list of checks; throws with every fault.</summary>
    /// <param name="checks">As written.</param>
    /// <param name="at">Where the list stands.</param>
    /// <param name="isGuards">Guards are looked at at any time; gates at a few planned looks.</param>
    public static ImmutableArray<Check> Read(IReadOnlyList<CheckRequest?> checks, string at, bool isGuards)
    {
        var faults = new List<Refusal>();
        var read = ImmutableArray.CreateBuilder<Check>();
        for (var i = 0; i < checks.Count; i++)
        {
            try
            {
                read.Add(One(checks[i] ?? throw Fault("invalid_json", "", "A check is an object."), isGuards));
            }
            catch (RefusalException refused)
            {
                faults.AddRange(refused.Refusals.Select(fault => fault with
                {
                    Field = string.IsNullOrEmpty(fault.Field) ? $"{at}[{i}]" : $"{at}[{i}].{fault.Field}",
                }));
            }
        }

        return faults.Count == 0 ? read.ToImmutable() : throw new RefusalException(faults);
    }

    private static Check One(CheckRequest check, bool isGuards)
    {
        var metric = Metric.Parse(check.Metric);
        return new Check
        {
            Name = check.Name,
            Metric = metric,
            Rule = Rule(check, metric, isGuards),
            By = check.By,
            MinimumSamples = check.MinimumSamples,
            MinimumDuration = check.MinimumDuration,
            Patience = check.Patience,
            OnNoData = check.OnNoData switch
            {
                "hold" => NoDataPolicy.Hold,
                "fail" => NoDataPolicy.Fail,
                "pass" => NoDataPolicy.Pass,
                _ => throw Fault("invalid_policy", "onNoData", "Write 'hold', 'fail' or 'pass'."),
            },
            LabelDelay = check.LabelDelay,
            DryRun = check.DryRun,
        };
    }

    private static CheckRule Rule(CheckRequest check, Metric metric, bool isGuards)
    {
        var compares = check.Better is not null || check.Margin is not null || check.Relative is not null
            || check.Horizon is not null || check.PlannedSamples is not null || check.Looks is not null;
        var limit = check.AtMost ?? check.AtLeast;
        if (limit is null && !compares)
        {
            throw Fault("no_rule", "", $"The check '{check.Name}' has no rule, and would say nothing: write 'atMost' "
                + "or 'atLeast', or compare with stable by 'margin'.");
        }

        if (limit is not null && (compares || (check.AtMost is not null && check.AtLeast is not null)))
        {
            throw Fault("two_rules", "", $"The check '{check.Name}' has more than one rule: write either 'atMost' or "
                + "'atLeast' or a comparison.");
        }

        if (limit is { } bound)
            return new LimitRule(bound, check.AtMost is not null, check.Alpha ?? (isGuards ? GuardAlpha : LimitAlpha));
        return new CompareRule(
            check.Better switch
            {
                null => metric.LowerIsBetter,
                "lower" => true,
                "higher" => false,
                _ => throw Fault("invalid_direction", "better", "Write 'lower' or 'higher'."),
            },
            check.Margin ?? 0,
            check.Relative ?? false,
            check.Horizon switch
            {
                null => isGuards ? Horizon.Anytime : Horizon.Scheduled,
                "scheduled" => Horizon.Scheduled,
                "anytime" => Horizon.Anytime,
                "fixed" => Horizon.Fixed,
                _ => throw Fault("invalid_horizon", "horizon", "Write 'scheduled', 'anytime' or 'fixed'."),
            },
            check.Alpha ?? (isGuards ? GuardAlpha : GateAlpha),
            check.PlannedSamples
                ?? Math.Max(isGuards ? GuardPlannedSamples : DefaultPlannedSamples, check.MinimumSamples),
            check.Looks ?? DefaultLooks);
    }

    private static RefusalException Fault(string code, string field, string message) =>
        new(new Refusal(RefusalKind.Invalid, code, message) { Field = field });
}
