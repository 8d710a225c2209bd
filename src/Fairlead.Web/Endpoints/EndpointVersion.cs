using Fairlead.Client.Api;

namespace Fairlead.Web.Endpoints;

/// <summary>Which version says how an endpoint is asked.</summary>
public static class EndpointVersion
{
    /// <summary>Stable's; where it has no model, that of any variant; null where none has one.</summary>
    public static (string Model, int Number)? Of(EndpointInfo endpoint)
    {
        var named = endpoint.Variants.OrderBy(variant => variant.Name != endpoint.Stable)
            .FirstOrDefault(variant => variant.Model is not null);
        return named is null ? null : (named.Model!, named.Version!.Value);
    }
}
