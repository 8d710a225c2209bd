using Microsoft.AspNetCore.Components.Routing;

namespace Fairlead.Web.Layout;

/// <summary>A place that the navigation leads to.</summary>
/// <param name="Name">As it is shown.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Icon">Its picture, by a name that <c>Icon</c> knows.</param>
/// <param name="Role">The least role of those to whom it is offered.</param>
public sealed record Place(string Name, string Address, string Icon, string Role = "viewer")
{
    public NavLinkMatch Match => Address == "/" ? NavLinkMatch.All : NavLinkMatch.Prefix;
}

/// <summary>
/// Every place, in the order of the navigation. A page that is to be found from everywhere is added here.
/// </summary>
public static class Places
{
    public static IReadOnlyList<Place> All { get; } =
    [
        new("Overview", "/", "overview"),
        new("Rollouts", "/rollouts", "rollout"),
    ];
}
