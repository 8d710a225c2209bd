using Fairlead.Client.Api;
using Fairlead.Core.Endpoints;
using Fairlead.Server.Apply;

namespace Fairlead.Server.Endpoints;

/// <summary>Documents of <c>kind: Endpoint</c>: an endpoint as its owner writes it.</summary>
internal static class EndpointApply
{
    public static DocumentKind Kind { get; } = new("Endpoint", 1, members =>
    {
        var name = DocumentKind.TakeName(members);
        var request = DocumentKind.Decode<PutEndpointRequest>(members);
        return write => ApplyAsync(write, name, request);
    });

    private static async Task<AppliedDocument> ApplyAsync(WriteScope write, string name, PutEndpointRequest request)
    {
        var change = await EndpointWrites.PutAsync(write, EndpointName.Parse(name), request);
        return new AppliedDocument
        {
            Kind = Kind.Name,
            Name = name,
            Outcome = change.Before is null ? "created" : change.Changed ? "changed" : "unchanged",
            Differences = change.Changed
                ? Differences.Between(change.Before is null ? null : Written(change.Before), Written(change.After))
                : [],
            Generation = change.Row.Generation,
        };
    }

    /// <summary>An endpoint as a document would say it.</summary>
    private static PutEndpointRequest Written(EndpointSpec spec) => EndpointViews.Spec(spec).AsRequest();
}
