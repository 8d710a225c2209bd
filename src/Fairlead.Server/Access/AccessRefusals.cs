using Fairlead.Core.Access;
using Fairlead.Core.Refusals;

namespace Fairlead.Server.Access;

/// <summary>
/// The refusals of access control, in one place: they say what is missing and nothing about what exists.
/// </summary>
internal static class AccessRefusals
{
    public static Refusal NoKey { get; } = new(RefusalKind.Unauthenticated, "key_required",
        "This server asks for a key: send 'Authorization: Bearer KEY'.");

    public static Refusal BadKey { get; } = new(RefusalKind.Unauthenticated, "key_invalid",
        "The key is unknown, revoked or expired.");

    public static Refusal NotFromHere { get; } = new(RefusalKind.Forbidden, "protected_mode",
        "This server has no keys and answers callers on its own machine only; make a key to open it.");

    public static Refusal CrossOrigin { get; } = new(RefusalKind.Forbidden, "cross_origin",
        "This server has no keys and does not answer pages of other sites.");

    public static Refusal ConsoleCrossOrigin { get; } = new(RefusalKind.Forbidden, "cross_origin",
        "The console answers its own pages only. Behind a proxy, have it pass on the name that the browser asked for.");

    public static Refusal Unlisted { get; } = new(RefusalKind.Forbidden, "forbidden",
        "This address does not say what it demands of its callers, so nobody may use it.");

    public static Refusal Forbidden(Principal principal, Demand demand)
    {
        var about = (demand.Endpoint, demand.Model) switch
        {
            ({ Length: > 0 } endpoint, _) => $" for the endpoint '{endpoint}'",
            (_, { } model) => $" for the model '{model}'",
            _ => "",
        };
        var limited = principal.Endpoints.IsEmpty && principal.Models.IsEmpty ? "" : " with limits";
        return new Refusal(RefusalKind.Forbidden, "forbidden",
            $"This needs the role '{RoleNames.Of(demand.Role)}'{about}; the key '{principal.Name}' has the role "
            + $"'{RoleNames.Of(principal.Role)}'{limited}.");
    }
}

/// <summary>Roles as they are written.</summary>
internal static class RoleNames
{
    public static string Of(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Predictor => "predictor",
        Role.Operator => "operator",
        _ => "admin",
    };
}
