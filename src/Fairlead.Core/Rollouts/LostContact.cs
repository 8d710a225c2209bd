using Fairlead.Core.Endpoints;

namespace Fairlead.Core.Rollouts;

/// <summary>
/// What a replica does with an endpoint when nobody can tell it to go back any more. Pure. Its routing stays: callers
/// must be answered. But an endpoint in the middle of a rollout exposes callers to a candidate that only the controller
/// could take back, so after a grace it goes back to stable there.
/// </summary>
public static class LostContact
{
    /// <summary>Default of the grace.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(60);

    /// <summary>Whether a replica that heard nothing of its database for so long counts as cut off.</summary>
    public static bool IsLost(TimeSpan silence, TimeSpan grace) => silence >= grace;

    /// <summary>
    /// The endpoint with everything on the arm that its rollout goes back to; null when no rollout exposes anybody, and
    /// the endpoint stays as it is. Every arm stays loaded, so that the way back is one swap; the holdout stays what it
    /// is, for no rollout moves it.
    /// </summary>
    public static EndpointSpec? WithoutController(EndpointSpec spec)
    {
        if (spec.ReturnsTo is not { } stable || spec.Variants.All(variant => variant.Name != stable))
            return null;

        return spec with
        {
            // An arm that only got copies goes on getting them: nobody meets its answers.
            Variants = [.. spec.Variants.Select(variant => variant with
            {
                Weight = variant.Name == stable ? 1 : 0,
                Mirror = variant.Weight > 0 ? 0 : variant.Mirror,
            })],
            Stable = stable,
            Observe = null,
        };
    }
}
