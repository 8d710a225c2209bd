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
        var stated = spec.Variants.Sum(variant => (long)Math.Min(variant.Settings.MaxInFlight, bound));

        // Limits that together pass the endpoint's bound are lowered alike.
        var kept = Math.Min(1, bound / Math.Max(1.0, stated));
        var left = Math.Max(0, bound - stated);
        var weights = spec.Variants.Where(variant => variant.Settings.MaxInFlight == 0).Sum(variant => variant.Weight);
        var places = new int[spec.Variants.Length];
        for (var i = 0; i < places.Length; i++)
        {
            var variant = spec.Variants[i];
            places[i] = variant.Settings.MaxInFlight > 0
                ? Math.Max(1, (int)(Math.Min(variant.Settings.MaxInFlight, bound) * kept))
                : Math.Max(1, (int)(left * (weights > 0 ? variant.Weight / weights : 0)));
        }

        return places;
    }
}
