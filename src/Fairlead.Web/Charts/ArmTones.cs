using Fairlead.Client.Api;

namespace Fairlead.Web.Charts;

/// <summary>Colours of arms: the same arm has the same everywhere.</summary>
public static class ArmTones
{
    private const int Stable = 1;
    private const int Candidate = 2;
    private const int Others = 3;
    private const int Last = 6;

    /// <summary>Stable is the first colour, candidates follow in their order.</summary>
    public static int Of(EndpointInfo endpoint, string arm)
    {
        if (arm == endpoint.Stable)
            return Stable;
        var place = endpoint.Variants.Select(variant => variant.Name).Where(name => name != endpoint.Stable)
            .Order(StringComparer.Ordinal).ToList().IndexOf(arm);
        return place < 0 ? Last : Math.Min(Candidate + place, Last);
    }

    /// <summary>By what the arm is in a rollout.</summary>
    public static int OfRole(string role) => role switch
    {
        "stable" => Stable,
        "candidate" => Candidate,
        "control" => Others,
        _ => Last,
    };

    /// <summary>The parts of an endpoint's traffic, stable first.</summary>
    public static IReadOnlyList<ShareBar.Part> Parts(EndpointInfo endpoint)
    {
        var left = 1 - (endpoint.Holdout?.Share ?? 0);
        var parts = endpoint.Variants.OrderBy(variant => variant.Name != endpoint.Stable)
            .ThenBy(variant => variant.Name, StringComparer.Ordinal)
            .Select(variant => new ShareBar.Part(
                variant.Name, variant.Share * left, Of(endpoint, variant.Name), variant.Mirror)).ToList();
        if (endpoint.Holdout is { } holdout)
            parts.Add(new ShareBar.Part("held out", holdout.Share, Last));
        return parts;
    }
}
