namespace Fairlead.Core.Access;

/// <summary>What a route asks of its caller.</summary>
/// <param name="Role">The least role.</param>
/// <param name="Endpoint">The endpoint that the request is about, if it is about one.</param>
/// <param name="Model">The model that the request is about, if it is about one.</param>
public readonly record struct Demand(Role Role, string? Endpoint = null, string? Model = null);

/// <summary>The one decision of access control. Pure.</summary>
public static class AccessPolicy
{
    /// <summary>Says whether a caller may do what a route demands.</summary>
    public static bool Allows(Principal principal, Demand demand) =>
        principal.Role >= demand.Role
        && (demand.Endpoint is null || principal.Endpoints.IsEmpty || principal.Endpoints.Contains(demand.Endpoint))
        && (demand.Model is null || principal.Models.IsEmpty || principal.Models.Contains(demand.Model));
}
