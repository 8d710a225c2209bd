namespace Fairlead.Core.Webhooks;

/// <summary>Which events a webhook wants. Pure.</summary>
public static class EventFilter
{
    /// <summary>What a webhook gets that says nothing: what happens to models and to those who rely on them.</summary>
    public static readonly IReadOnlyList<string> ByDefault =
        ["alias", "alert", "endpoint", "evaluation", "model", "promotion", "rollout", "version"];

    /// <summary>Whether an event is wanted.</summary>
    /// <param name="wanted">
    /// Each a whole event (<c>alias.set</c>), the events of a thing (<c>alias</c>), or <c>*</c> for all.
    /// </param>
    /// <param name="name">The event, such as <c>promotion.request</c>.</param>
    public static bool Wants(IReadOnlyList<string> wanted, string name) => wanted.Any(each =>
        each == "*" || each == name
        || name.Length > each.Length && name[each.Length] == '.' && name.StartsWith(each, StringComparison.Ordinal));

    /// <summary>Whether a word can be one of the wanted.</summary>
    public static bool IsWord(string? word) => word == "*" || word is { Length: > 0 and <= 100 }
        && word.All(c => char.IsAsciiLetterLower(c) || c is '.' or '-' or '_');
}
