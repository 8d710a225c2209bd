using Fairlead.Core.Refusals;

namespace Fairlead.Server;

/// <summary>What free text from a caller may be: PostgreSQL refuses NUL, and nothing may grow without bound.</summary>
internal static class TextRules
{
    public const int MaxReason = 2_000;
    public const int MaxDescription = 64_000;
    public const int MaxTags = 200;
    public const int MaxTagName = 250;
    public const int MaxTagValue = 5_000;

    public static Refusal? WhyNot(string field, string? text, int maxLength)
    {
        if (text is null)
            return null;
        if (text.Length > maxLength)
            return Fault(field, $"{field} has at most {maxLength} characters, this one has {text.Length}.");
        return text.Contains('\0') ? Fault(field, $"{field} must not contain the character U+0000.") : null;
    }

    public static IEnumerable<Refusal> WhyNotTags<T>(string field, IReadOnlyDictionary<string, T>? tags)
    {
        if (tags is null)
            yield break;
        if (tags.Count > MaxTags)
            yield return Fault(field, $"{field} has at most {MaxTags} entries, this one has {tags.Count}.");
        foreach (var (name, value) in tags)
        {
            if (name.Length == 0)
                yield return Fault(field, $"{field} must not have an empty name.");
            if (WhyNot($"{field}.{name}", name, MaxTagName) is { } badName)
                yield return badName;
            if (value is string text && WhyNot($"{field}.{name}", text, MaxTagValue) is { } badValue)
                yield return badValue;
        }
    }

    public static void ThrowIfAny(IEnumerable<Refusal?> faults)
    {
        if (faults.OfType<Refusal>().ToList() is { Count: > 0 } found)
            throw new RefusalException(found);
    }

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "invalid_text", message) { Field = field };
}
