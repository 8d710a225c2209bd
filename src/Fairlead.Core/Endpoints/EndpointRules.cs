using Fairlead.Core.Controls;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Endpoints;

/// <summary>
/// Says whether an endpoint may be as it is written. Pure; every fault is reported, not only the first.
/// </summary>
public static class EndpointRules
{
    /// <summary>Most variants of one endpoint.</summary>
    public const int MaxVariants = 64;

    /// <summary>Finds the faults of a specification; an empty list means that it is good.</summary>
    public static IReadOnlyList<Refusal> Check(EndpointSpec spec)
    {
        var faults = new List<Refusal>();
        CheckVariants(spec, faults);
        CheckHoldout(spec, faults);
        CheckLimits(spec.Limits, faults);
        if (spec.Value is { } value)
            faults.AddRange(ValueSpec.Check(value, "value"));
        if (spec.Log is { } log)
            faults.AddRange(LogSpec.Check(log, "log"));
        if (spec.Schema is { } schema)
            faults.AddRange(SchemaSpec.Check(schema, "schema"));
        if (spec.Signature is { } signature)
            faults.AddRange(SignatureRule.Check(signature));
        return faults;
    }

    private static void CheckVariants(EndpointSpec spec, List<Refusal> faults)
    {
        if (spec.Variants.IsDefaultOrEmpty)
        {
            faults.Add(Fault("no_variants", "variants", "An endpoint needs at least one variant."));
            return;
        }

        if (spec.Variants.Length > MaxVariants)
            faults.Add(Fault("too_many_variants", "variants", $"An endpoint has at most {MaxVariants} variants."));
        if (!spec.Variants.Any(variant => variant.Weight > 0))
            faults.Add(Fault("no_weight", "variants", "At least one variant needs a weight above 0."));
        var stable = spec.Variants.FirstOrDefault(variant => variant.Name == spec.Stable);
        if (stable is null)
        {
            faults.Add(Fault("unknown_stable", "stable",
                $"The stable variant '{spec.Stable}' is not one of the endpoint's variants."));
        }
        else if (stable.Control is not null)
        {
            faults.Add(Fault("stable_without_model", "stable",
                $"The stable variant '{spec.Stable}' has no model. Stable answers callers without a unit, is what "
                + "rollouts go back to, and says what requests look like; name a variant with a version as 'stable'."));
        }

        for (var i = 0; i < spec.Variants.Length; i++)
        {
            var (variant, at) = (spec.Variants[i], $"variants[{i}]");
            if (spec.Variants.Take(i).Any(earlier => earlier.Name == variant.Name))
                faults.Add(Fault("duplicate_variant", $"{at}.name", $"There are two variants named '{variant.Name}'."));
            CheckVariant(variant, at, faults);
        }
    }

    private static void CheckHoldout(EndpointSpec spec, List<Refusal> faults)
    {
        if (spec.Holdout is not { } holdout)
            return;
        if (!(holdout.Share > 0 && holdout.Share <= HoldoutSpec.MaxShare))
        {
            faults.Add(Fault("invalid_share", "holdout.share",
                $"A holdout is more than 0 and at most {HoldoutSpec.MaxShare * 100:0} % of the units."));
        }

        if (!spec.Variants.IsDefaultOrEmpty && spec.Variants.Any(variant => variant.Name == HoldoutSpec.Name))
        {
            faults.Add(Fault("duplicate_variant", "holdout",
                $"The arm of the holdout is named '{HoldoutSpec.Name}'; give the variant another name."));
        }

        CheckVariant(holdout.Arm, "holdout", faults);
    }

    private static void CheckVariant(VariantSpec variant, string at, List<Refusal> faults)
    {
        if (!(variant.Weight >= 0 && variant.Weight <= 1e9))
            faults.Add(Fault("invalid_weight", $"{at}.weight", "A weight is a number from 0 to 1,000,000,000."));
        if (!(variant.Mirror >= 0 && variant.Mirror <= 1))
            faults.Add(Fault("invalid_mirror", $"{at}.mirror", "A share to mirror is 0 to 1."));
        if (variant.Version is { Number: < 1 })
            faults.Add(Fault("invalid_version", $"{at}.version", "Versions are numbered from 1."));
        if (variant.Version is null == variant.Control is null)
        {
            faults.Add(Fault("version_or_answer", at,
                "A variant has either a version of a model or an 'answer' (none, constant or rule)."));
        }

        if (variant.Control is { } answer)
        {
            faults.AddRange(ControlRules.Check(answer, at));
            if (variant.Mirror > 0)
                faults.Add(Fault("invalid_mirror", $"{at}.mirror", "An arm without a model gets no copies."));
        }

        var settings = variant.Settings;
        if (settings.Batching.MaxRows is < 1 or > BatchSettings.LimitMaxRows)
        {
            faults.Add(Fault("invalid_batching", $"{at}.batching.maxRows",
                $"maxRows is 1 to {BatchSettings.LimitMaxRows}."));
        }

        if (settings.Batching.MaxDelay < TimeSpan.Zero || settings.Batching.MaxDelay > BatchSettings.LimitMaxDelay)
            faults.Add(Fault("invalid_batching", $"{at}.batching.maxDelay", "maxDelay is 0 to 1 s."));
        if (settings.Batching.PreferredRows.Any(rows => rows < 1 || rows > settings.Batching.MaxRows))
            faults.Add(Fault("invalid_batching", $"{at}.batching.preferredRows", "Preferred sizes are 1 to maxRows."));
        if (settings.ThreadsPerRun is < 0 or > 1024)
            faults.Add(Fault("invalid_threads", $"{at}.threadsPerRun", "threadsPerRun is 0 (planned) to 1,024."));
        if (settings.MaxInFlight is < 0 or > 1_000_000)
            faults.Add(Fault("invalid_limits", $"{at}.maxInFlight", "maxInFlight is 0 (the endpoint's) to 1,000,000."));
    }

    private static void CheckLimits(EndpointLimits limits, List<Refusal> faults)
    {
        if (limits.MaxInFlight is < 1 or > 1_000_000)
            faults.Add(Fault("invalid_limits", "limits.maxInFlight", "maxInFlight is 1 to 1,000,000."));
        if (limits.Timeout < TimeSpan.FromMilliseconds(1) || limits.Timeout > TimeSpan.FromMinutes(10))
            faults.Add(Fault("invalid_limits", "limits.timeout", "timeout is 1 ms to 10 min."));
    }

    private static Refusal Fault(string code, string field, string message) =>
        new(RefusalKind.Invalid, code, message) { Field = field };
}
