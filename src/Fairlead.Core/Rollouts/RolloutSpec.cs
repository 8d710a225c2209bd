using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Rollouts;

/// <summary>Turns the traffic that a rollout wants into the endpoint as it is stored and served. Pure.</summary>
public static class RolloutSpec
{
    /// <summary>
    /// The endpoint with the arms of a routing; its unit, limits and everything else that no rollout changes stay.
    /// Requests without a unit follow the arm that has everything, and otherwise go to stable.
    /// </summary>
    public static EndpointSpec Of(RolloutPlan plan, RolloutRouting routing, EndpointSpec before)
    {
        var whole = routing.Arms.FirstOrDefault(arm => arm.Weight >= 1);
        return before with
        {
            Variants = [.. routing.Arms.Select(arm => new VariantSpec(arm.Name, arm.Version, arm.Weight)
            {
                Settings = SettingsOf(plan, arm),
                Mirror = arm.Mirror,
            })],
            Observe = routing.Exposes ? Observation.Of(plan) : null,
            ReturnsTo = routing.Exposes ? plan.Stable : null,
            Stable = whole.Weight >= 1 ? whole.Name : plan.Stable,

            // A plan that brings a holdout found none there.
            Holdout = plan.Holdout is null ? before.Holdout : routing.HoldsOut ? plan.Holdout : null,
        };
    }

    /// <summary>
    /// The one variant of an endpoint that a rollout may begin on; null when there are several.
    /// </summary>
    public static VariantSpec? OneVariant(EndpointSpec spec) =>
        spec.Variants is [{ Weight: > 0 } only] ? only : null;

    /// <summary>A winner that became stable keeps the settings that it was judged with.</summary>
    private static VariantSettings SettingsOf(RolloutPlan plan, ArmShare arm)
    {
        if (arm.Version == plan.StableVersion)
            return plan.StableSettings;
        var candidate = plan.Find(arm.Name) ?? plan.Candidates.FirstOrDefault(each => each.Version == arm.Version);
        return candidate?.Settings ?? plan.StableSettings;
    }
}
