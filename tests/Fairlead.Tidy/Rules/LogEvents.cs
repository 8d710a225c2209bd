using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// Operators search logs by event id: every log line has one, and no two lines of the product share one.
/// </summary>
internal static partial class LogEvents
{
    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var owners = new Dictionary<string, string>();
        foreach (var file in tree.Files.Where(file => file.IsWrittenCode && file.IsIn("src")))
        {
            foreach (Match line in Attribute().Matches(file.Text))
            {
                var number = file.Text.AsSpan(0, line.Index).Count('\n') + 1;
                var id = EventId().Match(line.Groups[1].Value).Groups[1].Value;
                if (id.Length == 0)
                    yield return new Violation(file.Path, number, "a log line needs an event id");
                else if (!owners.TryAdd(id, $"{file.Path}:{number}"))
                    yield return new Violation(file.Path, number, $"event id {id} is taken by {owners[id]}");
            }
        }
    }

    [GeneratedRegex(@"\[LoggerMessage\(((?:[^""\]]|""(?:[^""\\]|\\.)*"")*)\)\]")]
    private static partial Regex Attribute();

    // Named (EventId = 1101) or as the first argument.
    [GeneratedRegex(@"(?:EventId\s*[=:]\s*|^\s*)(\d+)")]
    private static partial Regex EventId();
}
