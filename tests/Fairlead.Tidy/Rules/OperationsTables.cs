using System.Text.RegularExpressions;

namespace Fairlead.Tidy.Rules;

/// <summary>
/// The operators' document lists every metric and every log line of the program, and none that is gone.
/// </summary>
internal static partial class OperationsTables
{
    private const string Document = "docs/operations.md";

    public static IEnumerable<Violation> Check(SourceTree tree)
    {
        var code = tree.Files.Where(file => file.IsWrittenCode && file.IsIn("src")).ToList();
        var written = code.SelectMany(file => Metric().Matches(file.Text).Concat(LogId().Matches(file.Text)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);
        var document = tree.Files.SingleOrDefault(file => file.Path == Document);
        if (document is null)
        {
            if (written.Count > 0)
                yield return new Violation(Document, 0, "is missing; it lists the metrics and log lines");
            yield break;
        }

        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, line) in document.Lines.Index())
        {
            if (Row().Match(line) is not { Success: true } row)
                continue;
            listed.Add(row.Groups[1].Value);
            if (!written.Contains(row.Groups[1].Value))
                yield return new Violation(Document, index + 1, $"{row.Groups[1].Value} is nowhere in the code");
        }

        foreach (var name in written.Except(listed).Order(StringComparer.Ordinal))
            yield return new Violation(Document, 0, $"has no row for {name}");
    }

    [GeneratedRegex("(?:\\.Family\\(|Gauge\\(page, variants, )\"([a-z_]+)\"")]
    private static partial Regex Metric();

    [GeneratedRegex("\\[LoggerMessage\\((?:EventId = )?([0-9]+)")]
    private static partial Regex LogId();

    [GeneratedRegex("^\\| `?((?:fairlead|process)_[a-z_]+|[0-9]{4})`? \\|")]
    private static partial Regex Row();
}
