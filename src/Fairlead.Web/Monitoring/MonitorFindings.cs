using Fairlead.Client.Api;
using Fairlead.Web.Charts;

namespace Fairlead.Web.Monitoring;

/// <summary>What monitors found: in which order it is shown, of what it is, and as lines over time. Pure.</summary>
public static class MonitorFindings
{
    private const int MostLines = 6;

    /// <summary>The gravest first.</summary>
    public static int Of(string state) => state switch
    {
        "breach" => 0,
        "failed" => 1,
        "insufficient_data" or "new" => 2,
        _ => 3,
    };

    /// <summary>What tells a finding from the others, in words.</summary>
    public static string Subject(MonitorFindingInfo finding) => string.Join(", ", finding.Subject
        .OrderBy(each => each.Key, StringComparer.Ordinal).Select(each => $"{each.Key} {each.Value}"));

    /// <summary>
    /// The figures of each subject look by look, with their intervals; those that are gravest now, where they are many.
    /// </summary>
    public static IReadOnlyList<ChartSeries> Lines(IReadOnlyList<MonitorLookInfo> looks)
    {
        var newest = looks.Count == 0 ? [] : looks.MaxBy(look => look.At)!.Findings;
        var subjects = newest.Where(finding => finding.Value is not null)
            .OrderBy(finding => Of(finding.State)).Select(Subject).Distinct().Take(MostLines).ToList();
        var ordered = looks.OrderBy(look => look.At).ToList();
        return [.. subjects.Select((subject, i) => new ChartSeries(subject.Length == 0 ? "figure" : subject,
            [.. ordered.Select(look => (look.At, Found: look.Findings.FirstOrDefault(each => Subject(each) == subject)))
                .Select(each => new ChartPoint(each.At.ToUnixTimeMilliseconds() / 1000.0, each.Found?.Value,
                    each.Found?.Low, each.Found?.High))], i + 1))];
    }
}
