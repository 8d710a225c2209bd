using Fairlead.Client.Api;

namespace Fairlead.Web.Administration;

/// <summary>What is looked for in the audit log, as one line of text. Pure.</summary>
public static class AuditQuery
{
    /// <summary>
    /// Reads words of the form <c>who:</c>, <c>what:</c> and <c>subject:</c>. A word without a name is a subject where
    /// it has a slash, what was done where it has a dot, else who did it.
    /// </summary>
    /// <param name="text">The line; null: everything.</param>
    /// <param name="since">From the beginning of this day on.</param>
    /// <param name="zone">Whose day.</param>
    public static AuditFilter Parse(string? text, DateOnly? since, TimeZoneInfo zone)
    {
        string? who = null, what = null, subject = null;
        foreach (var word in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (After(word, "who:") is { } person)
                who = person;
            else if (After(word, "what:") is { } deed)
                what = deed;
            else if (After(word, "subject:") is { } thing)
                subject = thing;
            else if (word.Contains('/', StringComparison.Ordinal))
                subject = word;
            else if (word.Contains('.', StringComparison.Ordinal))
                what = word;
            else
                who = word;
        }

        DateTimeOffset? from = null;
        if (since is { } day)
        {
            var midnight = day.ToDateTime(TimeOnly.MinValue);
            from = new DateTimeOffset(midnight, zone.GetUtcOffset(midnight));
        }

        return new AuditFilter { Who = who, What = what, Subject = subject, Since = from };
    }

    private static string? After(string word, string name) =>
        word.StartsWith(name, StringComparison.Ordinal) && word.Length > name.Length ? word[name.Length..] : null;
}
