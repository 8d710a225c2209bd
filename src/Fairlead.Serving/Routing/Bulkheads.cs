using Fairlead.Core.Endpoints;

namespace Fairlead.Serving.Routing;

/// <summary>Divides an endpoint's bound among its variants.</summary>
public static class Bulkheads
{
    /// <summary>
    /// The places of each variant: its own limit where it states one, and a share of what is left by weight where
    /// it does not, at least one. Together they do not exceed the endpoint's bound (as far as everyone's one place
    /// allows), so that a variant that has become slow can never take the places of the others.
    /// </summary>
    public static int[] Divide(EndpointSpec spec)
    {
        var bound = spec.Limits.MaxInFlight;
        var arms = spec.Arms;
        var stated = arms.Sum(arm => (long)Math.Min(arm.Settings.MaxInFlight, bound));

        // Limits that together pass the endpoint's bound are lowered alike.
        var kept = Math.Min(1, bound / Math.Max(1.0, stated));
        var left = Math.Max(0, bound - stated);
        var weights = arms.Where(arm => arm.Settings.MaxInFlight == 0).Sum(arm => Weight(spec, arm));
        var places = new int[arms.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var variant = arms[i];
            places[i] = variant.Settings.MaxInFlight > 0
                ? Math.Max(1, (int)(Math.Min(variant.Settings.MaxInFlight, bound) * kept))
                : Math.Max(1, (int)(left * (weights > 0 ? Weight(spec, variant) / weights : 0)));
        }

        return places;
    }

    /// <summary>The holdout has a share of all units, which is this much beside the weights of the others.</summary>
    private static double Weight(EndpointSpec spec, VariantSpec arm) =>
        spec.Holdout is { } holdout && ReferenceEquals(arm, holdout.Arm)
            ? spec.Variants.Sum(variant => variant.Weight) * holdout.Share / (1 - holdout.Share)
            : arm.Weight;
}
