using System.Globalization;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs;

/// <summary>Points in time as people write them: a day, an instant, or a distance from now.</summary>
internal static class Instants
{
    /// <summary>Reads <c>2h</c> as two hours ago.</summary>
    public static DateTimeOffset? Past(string? text, TimeProvider clock) => Read(text, clock, -1);

    /// <summary>Reads <c>90d</c> as ninety days from now.</summary>
    public static DateTimeOffset? Future(string? text, TimeProvider clock) => Read(text, clock, 1);

    private static DateTimeOffset? Read(string? text, TimeProvider clock, int direction)
    {
        if (text is null)
            return null;
        if (DurationText.TryParse(text, out var distance))
            return clock.GetUtcNow() + direction * distance;
        var culture = CultureInfo.InvariantCulture;
        if (DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out var instant))
            return instant;
        throw CliException.Usage($"'{text}' is no time.",
            "Write a day (2026-12-31), an instant (2026-12-31T12:00Z) or a distance from now (12h, 90d).");
    }
}
