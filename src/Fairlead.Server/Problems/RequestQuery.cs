using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Core.Refusals;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Problems;

/// <summary>
/// Reads query parameters and route values strictly: what cannot be read is refused, not taken for a default.
/// </summary>
internal static class RequestQuery
{
    public static string? Text(HttpContext context, string name)
    {
        var values = context.Request.Query[name];
        return values.Count switch
        {
            0 => null,
            1 => Checked(name, values[0]),
            _ => throw Fault(name, $"'{name}' is given {values.Count} times."),
        };
    }

    public static bool Flag(HttpContext context, string name) => Text(context, name) switch
    {
        null or "false" => false,
        "true" or "" => true,
        _ => throw Fault(name, $"'{name}' is 'true' or 'false'."),
    };

    public static long? Number(HttpContext context, string name) => Text(context, name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw Fault(name, $"'{name}' is a whole number from 0 on."),
    };

    public static DateTimeOffset? Instant(HttpContext context, string name) => Text(context, name) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) => instant,
        _ => throw Fault(name, $"'{name}' is an instant such as 2026-01-31T12:00:00Z."),
    };

    public static TimeSpan? Duration(HttpContext context, string name) => Text(context, name) switch
    {
        null => null,
        var text when DurationText.TryParse(text, out var duration) => duration,
        _ => throw Fault(name, $"'{name}' is a duration such as 30s."),
    };

    /// <summary>A route value that is in the route's pattern. A slash in it comes encoded, as nothing else does.
    /// </summary>
    public static string Route(HttpContext context, string name) => Checked(
        name, ((string)context.Request.RouteValues[name]!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));

    /// <summary>A version number in the route; one that is none names nothing.</summary>
    public static int RouteNumber(HttpContext context, string name)
    {
        var text = Route(context, name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw Fault(name, $"'{text}' is not a number from 1 on.");
    }

    private static string Checked(string name, string? text) =>
        text is null || text.Contains('\0') ? throw Fault(name, $"'{name}' cannot be read.") : text;

    private static RefusalException Fault(string name, string message) =>
        new(new Refusal(RefusalKind.Invalid, "invalid_parameter", message) { Field = name });
}
