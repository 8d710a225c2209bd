using Fairlead.Client.Api;
using Fairlead.Web.Charts;

namespace Fairlead.Web.Endpoints;

/// <summary>Windows of an endpoint as lines, one a variant. Pure.</summary>
public static class EndpointSeries
{
    /// <summary>How far back one may look, by the word in the address.</summary>
    public static IReadOnlyList<(string Key, string Title)> Ranges { get; } =
        [("1h", "1 hour"), ("24h", "24 hours"), ("30d", "30 days")];

    /// <summary>The colour of versions that a variant has left behind.</summary>
    private const int Older = 6;

    private static readonly string[] Faults =
        ["not_ready", "overloaded", "deadline_exceeded", "model_failed", "internal"];

    public static TimeSpan LengthOf(string range) => range switch
    {
        "30d" => TimeSpan.FromDays(30),
        "24h" => TimeSpan.FromHours(24),
        _ => TimeSpan.FromHours(1),
    };

    public static string ByOf(string range) => range switch
    {
        "30d" => "day",
        "24h" => "hour",
        _ => "minute",
    };

    public static TimeSpan StepOf(string range) => range switch
    {
        "30d" => TimeSpan.FromDays(1),
        "24h" => TimeSpan.FromHours(1),
        _ => TimeSpan.FromMinutes(1),
    };

    /// <summary>Beginning and end of the axis of time.</summary>
    public static (double From, double To) Ends(WindowsInfo windows) =>
        (windows.From.ToUnixTimeSeconds(), windows.To.ToUnixTimeSeconds());

    public static double? PerSecond(WindowInfo window) =>
        (window.To - window.From).TotalSeconds is > 0 and var seconds ? window.Requests / seconds : null;

    /// <summary>Share of the requests that failed by the server's doing.</summary>
    public static double? FailedShare(WindowInfo window) => window.Requests == 0
        ? null
        : (double)Faults.Sum(fault => window.Ends.GetValueOrDefault(fault)) / window.Requests;

    /// <summary>
    /// A line for each variant; where it had several versions, one for each, the newest in the colour of the variant.
    /// Where a step is missing nothing was asked, and the line has a gap.
    /// </summary>
    public static IReadOnlyList<ChartSeries> Of(
        WindowsInfo windows, EndpointInfo endpoint, TimeSpan step, Func<WindowInfo, double?> figure) =>
    [
        .. windows.Windows.GroupBy(window => window.Variant).OrderBy(each => each.Key != endpoint.Stable)
            .ThenBy(each => each.Key, StringComparer.Ordinal)
            .SelectMany(variant => variant.GroupBy(window => window.Version)
                .OrderByDescending(version => version.Max(window => window.To))
                .Select((version, age) => new ChartSeries(
                    age == 0 ? variant.Key : $"{variant.Key}, {version.Key}",
                    WithGaps(version.OrderBy(window => window.From), step, figure),
                    age == 0 ? ArmTones.Of(endpoint, variant.Key) : Older))),
    ];

    private static List<ChartPoint> WithGaps(
        IEnumerable<WindowInfo> windows, TimeSpan step, Func<WindowInfo, double?> figure)
    {
        List<ChartPoint> points = [];
        DateTimeOffset? end = null;
        foreach (var window in windows)
        {
            if (end is { } before && window.From - before >= step)
                points.Add(new ChartPoint(Middle(before, before + step), null));
            points.Add(new ChartPoint(Middle(window.From, window.To), figure(window)));
            end = window.To;
        }

        return points;
    }

    private static double Middle(DateTimeOffset from, DateTimeOffset to) =>
        (from.ToUnixTimeMilliseconds() + to.ToUnixTimeMilliseconds()) / 2000d;
}
