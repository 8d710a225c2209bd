using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tracking.Search;

/// <summary>What is wrong with a filter or an order, with the words that clients of the protocol look for.</summary>
internal static class SearchRefusals
{
    private const int ShownCharacters = 80;

    public static RefusalException Clause(string filter, int at, string why) =>
        Filter($"Invalid clause(s) in filter string: {why}, at character {at + 1}: '{Around(filter, at)}'.");

    public static RefusalException Filter(string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_filter", message) { Field = "filter" });

    public static RefusalException Order(string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_order", message) { Field = "order_by" });

    /// <summary>What stands at a place, shortened; never half of a surrogate pair.</summary>
    private static string Around(string filter, int at)
    {
        var rest = filter[Math.Min(at, filter.Length)..];
        return rest.Length <= ShownCharacters ? rest : rest[..ShownCharacters].TrimEnd('\uD800', '\uFFFD') + "…";
    }
}
