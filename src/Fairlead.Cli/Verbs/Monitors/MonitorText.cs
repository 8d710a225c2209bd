using System.Globalization;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Monitors;

/// <summary>What monitors found, in words.</summary>
internal static class MonitorText
{
    /// <summary>Most sentences below a table.</summary>
    public const int MostSentences = 10;

    public static string Words(string state) => state.Replace('_', ' ');

    /// <summary>Such as <c>stable m/3 age missing</c>; <c>all</c> where nothing tells it apart.</summary>
    public static string Subject(MonitorFindingInfo finding)
    {
        string[] first = ["variant", "version", "column", "aspect", "segment"];
        var words = first.Select(finding.Subject.GetValueOrDefault).OfType<string>()
            .Concat(finding.Subject.Where(part => !first.Contains(part.Key)).Select(part => $"{part.Key} {part.Value}"))
            .ToList();
        return words.Count == 0 ? "all" : string.Join(' ', words);
    }

    public static string Number(double? value) =>
        value is { } number ? number.ToString("0.######", CultureInfo.InvariantCulture) : "";
}
