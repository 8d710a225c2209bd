using Fairlead.Client.Api;
using Fairlead.Web.Components;

namespace Fairlead.Web.Models;

/// <summary>A figure of two versions.</summary>
/// <param name="Name">Metric or parameter.</param>
/// <param name="Left">Of the first, as it is shown.</param>
/// <param name="Right">Of the second, as it is shown.</param>
/// <param name="Difference">Right less left, of metrics that both have; else nothing.</param>
public sealed record ComparedFigure(string Name, string Left, string Right, string Difference);

/// <summary>Two versions side by side: all metrics, and the parameters that differ. Pure.</summary>
public static class VersionComparison
{
    private const string Absent = "–";

    public static IReadOnlyList<ComparedFigure> Of(VersionInfo left, VersionInfo right) =>
        [.. Names(left.Metrics.Keys, right.Metrics.Keys).Select(name => OfMetric(name, left, right)),
            .. Names(left.Parameters.Keys, right.Parameters.Keys).Select(name => new ComparedFigure(
                    name, left.Parameters.GetValueOrDefault(name, Absent),
                    right.Parameters.GetValueOrDefault(name, Absent), ""))
                .Where(figure => figure.Left != figure.Right)];

    private static ComparedFigure OfMetric(string name, VersionInfo left, VersionInfo right)
    {
        double? a = left.Metrics.TryGetValue(name, out var first) ? first : null;
        double? b = right.Metrics.TryGetValue(name, out var second) ? second : null;
        var difference = b - a;
        return new ComparedFigure(name, Words.Number(a), Words.Number(b),
            difference is { } gap ? (gap > 0 ? "+" : "") + Words.Number(gap) : "");
    }

    private static IEnumerable<string> Names(IEnumerable<string> left, IEnumerable<string> right) =>
        left.Union(right).Order(StringComparer.Ordinal);
}
