using System.Collections.Immutable;
using Fairlead.Core.Refusals;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Checks;

/// <summary>Says whether checks may be as they are written. Pure.</summary>
public static class CheckRules
{
    /// <summary>Adds the faults of a list of checks.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="at">Where the list stands in the document.</param>
    /// <param name="faults">Receives the faults.</param>
    public static void Check(ImmutableArray<Check> checks, string at, List<Refusal> faults)
    {
        if (checks.IsDefault)
            return;
        if (checks.Length > RolloutRules.MaxChecks)
            faults.Add(Fault("too_many_checks", at, $"There are at most {RolloutRules.MaxChecks} checks in a list."));
        for (var i = 0; i < checks.Length; i++)
        {
            if (checks[..i].Any(earlier => earlier.Name == checks[i].Name))
                faults.Add(Fault("duplicate_check", $"{at}[{i}].name", $"There are two checks '{checks[i].Name}'."));
            CheckOne(checks[i], $"{at}[{i}]", faults);
        }
    }

    private static void CheckOne(Check check, string at, List<Refusal> faults)
    {
        if (check.Name.Length is 0 or > 100 || check.Name.Contains('/', StringComparison.Ordinal))
            faults.Add(Fault("invalid_name", $"{at}.name", "A check has a name of 1 to 100 characters without '/'."));
        if (check.MinimumSamples < 2)
            faults.Add(Fault("invalid_samples", $"{at}.minimumSamples", "At least 2 samples are needed."));
        if (check.MinimumDuration < TimeSpan.Zero || check.Patience < TimeSpan.Zero || check.LabelDelay < TimeSpan.Zero)
            faults.Add(Fault("invalid_duration", at, "Durations are not negative."));
        if (check.By is not null && check.Metric.IsExternal)
            faults.Add(Fault("invalid_by", $"{at}.by", $"'{check.Metric}' cannot be looked at by a field."));
        switch (check.Rule)
        {
            case LimitRule limit:
                if (!double.IsFinite(limit.Limit))
                    faults.Add(Fault("invalid_limit", $"{at}.limit", "A limit is a number."));
                if (!(limit.Alpha is >= 0 and < 0.5))
                    faults.Add(Fault("invalid_alpha", $"{at}.alpha", "alpha is 0 (the bare figure) to below 0.5."));
                break;
            case CompareRule compare:
                CheckCompare(check, compare, at, faults);
                break;
            default:
                faults.Add(Fault("no_rule", at,
                    "A check needs a rule: 'atMost', 'atLeast', or a comparison with stable."));
                break;
        }
    }

    private static void CheckCompare(Check check, CompareRule rule, string at, List<Refusal> faults)
    {
        if (check.Metric.IsExternal || check.Metric.Kind is MetricKind.Disagreement or MetricKind.ShadowDifference)
        {
            faults.Add(Fault("not_comparable", $"{at}.metric",
                $"'{check.Metric}' is one number without a counterpart of stable; use 'atMost' or 'atLeast'."));
        }

        if (!double.IsFinite(rule.Margin))
            faults.Add(Fault("invalid_margin", $"{at}.margin", "A margin is a number."));
        if (!(rule.Alpha is > 0 and < 0.5))
            faults.Add(Fault("invalid_alpha", $"{at}.alpha", "alpha is above 0 and below 0.5."));
        if (rule.PlannedSamples < check.MinimumSamples)
        {
            faults.Add(Fault("invalid_samples", $"{at}.plannedSamples",
                "plannedSamples is at least minimumSamples."));
        }

        if (rule.Looks is < 1 or > 100)
            faults.Add(Fault("invalid_looks", $"{at}.looks", "1 to 100 looks are planned."));
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
