using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Alerts as people read them.</summary>
internal static class AlertText
{
    /// <summary>The labels that have no column of their own.</summary>
    public static string About(AlertInfo alert) => string.Join(", ", alert.Labels
        .Where(label => label.Key is not ("monitor" or "endpoint" or "severity"))
        .Select(label => $"{label.Key}={label.Value}"));

    /// <summary>Why nobody is told of it; empty where nothing holds it back.</summary>
    public static string HeldBack(AlertInfo alert) => string.Join("; ", new[]
    {
        alert.SilencedBy.Count > 0 ? $"silence {string.Join(", ", alert.SilencedBy)}" : "",
        alert.InhibitedBy.Count > 0 ? $"{alert.InhibitedBy.Count} other(s) fire" : "",
        alert.Ack is { } ack ? $"{ack.By} looks after it" : "",
    }.Where(text => text.Length > 0));
}
