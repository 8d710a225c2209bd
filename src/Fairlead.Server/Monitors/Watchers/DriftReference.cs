using Fairlead.Client.Api;
using Fairlead.Server.Monitoring;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>What live traffic is held against, as it is written: <c>rolling:7d</c>.</summary>
internal static class DriftReference
{
    private const string Rolling = "rolling:";

    /// <summary>What is wrong with a reference; null: nothing.</summary>
    public static string? WhyNot(string text) =>
        text.StartsWith(Rolling, StringComparison.Ordinal)
            && DurationText.TryParse(text[Rolling.Length..], out var length)
            && length >= TimeSpan.FromMinutes(5) && length <= WindowLevel.Day.Life
            ? null
            : $"'{text}' is no reference; write 'rolling:7d' (5m to 730d).";

    /// <summary>The stretch before what is looked at.</summary>
    public static Stretch Before(string text, long minute)
    {
        _ = DurationText.TryParse(text[Rolling.Length..], out var length);
        return new Stretch(minute - (long)length.TotalMinutes, minute);
    }
}
